import * as vscode from 'vscode';
import type { BuildStatus } from '../../../server/src/build-protocol.ts';
import { isOver, progressText } from '../builds/build-text.ts';
import { openEngine, openProvenance } from '../builds/open-engine.ts';
import { startBuild } from '../builds/start-build.ts';
import type { Command, CommandContext } from './command.ts';

/** From the view's row, else the only one, else the one that the user picks. */
export const cancelBuild: Command = {
  id: 'tensorrt.cancelBuild',
  run: async (context, node) => {
    const { active } = context.builds;
    const build = buildOf(context, node) ?? (active.length > 1 ? await pick(context, active) : active[0]);
    if (build !== undefined) await context.builds.cancel(build);
  },
};

export const clearFinishedBuilds: Command = {
  id: 'tensorrt.clearFinishedBuilds',
  run: ({ builds }) => builds.clearFinished(),
};

export const showBuildLog: Command = {
  id: 'tensorrt.showBuildLog',
  run: ({ output }) => output.builds.show(true),
};

/** A click on a row: the engine, or why there is none. */
export const openBuild: Command = {
  id: 'tensorrt.openBuild',
  run: async (context, node) => {
    const build = buildOf(context, node);
    if (build === undefined) return;
    const engine = engineOf(build);
    if (engine === undefined) context.output.builds.show(true);
    else await openEngine(engine);
  },
};

export const openBuiltEngine = forEngine('tensorrt.openBuiltEngine', openEngine);

export const showProvenance = forEngine('tensorrt.showProvenance', openProvenance);

export const revealEngine = forEngine('tensorrt.revealEngine', async (engine) => {
  const isInside = vscode.workspace.getWorkspaceFolder(engine) !== undefined;
  await vscode.commands.executeCommand(isInside ? 'revealInExplorer' : 'revealFileInOS', engine);
});

export const openBuildConfig: Command = {
  id: 'tensorrt.openBuildConfig',
  run: async (context, node) => {
    const build = buildOf(context, node);
    if (build !== undefined) await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(build.uri));
  },
};

export const buildAgain: Command = {
  id: 'tensorrt.buildAgain',
  run: async (context, node) => {
    const build = buildOf(context, node);
    if (build === undefined) return;
    const force = build.state === 'up-to-date' || build.state === 'succeeded';
    await startBuild(context, vscode.Uri.parse(build.uri, true), { builds: [build.build], force });
  },
};

function forEngine(id: string, run: (engine: vscode.Uri) => Promise<void>): Command {
  return {
    id,
    run: async (context, node) => {
      const build = buildOf(context, node);
      const engine = build && engineOf(build);
      if (engine !== undefined) await run(engine);
    },
  };
}

/** As it is now; what a row was drawn from may be old. */
function buildOf({ builds }: CommandContext, node: unknown): BuildStatus | undefined {
  if (typeof node !== 'object' || node === null || !('build' in node)) return undefined;
  const { build } = node;
  return typeof build === 'object' && build !== null && 'id' in build
    ? builds.all.find(({ id }) => id === build.id)
    : undefined;
}

function engineOf(build: BuildStatus): vscode.Uri | undefined {
  return build.engineUri !== undefined && isOver(build) ? vscode.Uri.parse(build.engineUri, true) : undefined;
}

async function pick(
  { builds: queue }: CommandContext,
  builds: readonly BuildStatus[],
): Promise<BuildStatus | undefined> {
  const picked = await vscode.window.showQuickPick(
    builds.map((build) => ({
      label: build.title,
      description: progressText(build, queue.elapsedOf(build)),
      build,
    })),
    { title: 'Cancel Build', placeHolder: 'Which build?' },
  );
  return picked?.build;
}
