import * as vscode from 'vscode';
import type { ActivePhase } from '../../../native-bridge/src/build-protocol.ts';
import type { BuildState, BuildStatus } from '../../../server/src/build-protocol.ts';
import type { BuildQueue } from './build-queue.ts';
import { descriptionText, elapsedText, phaseText } from './build-text.ts';

/** A build; under a running one, TensorRT's phases, each inside the one before. */
export type BuildNode =
  | { readonly kind: 'build'; readonly build: BuildStatus }
  | { readonly kind: 'phase'; readonly build: BuildStatus; readonly depth: number };

const icons: Record<BuildState, vscode.ThemeIcon> = {
  waiting: new vscode.ThemeIcon('clock'),
  running: new vscode.ThemeIcon('loading~spin'),
  succeeded: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  'up-to-date': new vscode.ThemeIcon('pass'),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  cancelled: new vscode.ThemeIcon('circle-slash'),
};

/** The view *TensorRT Builds*. It is there once something was built. */
export function registerBuildsView(queue: BuildQueue): vscode.Disposable {
  const changed = new vscode.EventEmitter<BuildNode | undefined>();
  const view = vscode.window.createTreeView<BuildNode>('tensorrt.builds', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (node) => childrenOf(node, queue),
      getTreeItem: (node) =>
        node.kind === 'build' ? buildItem(node.build, queue) : phaseItem(node.build, node.depth),
    },
  });
  return vscode.Disposable.from(
    view,
    changed,
    queue.onDidChange(() => {
      const { all, active } = queue;
      void vscode.commands.executeCommand('setContext', 'tensorrt.hasBuilds', all.length > 0);
      void vscode.commands.executeCommand('setContext', 'tensorrt.isBuilding', active.length > 0);
      view.badge =
        active.length === 0
          ? undefined
          : { value: active.length, tooltip: `${active.length} running or waiting` };
      if (view.visible) changed.fire(undefined);
    }),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) changed.fire(undefined);
    }),
  );
}

function childrenOf(node: BuildNode | undefined, queue: BuildQueue): BuildNode[] {
  if (node === undefined) return queue.all.map((build) => ({ kind: 'build', build }));
  const depth = node.kind === 'build' ? 0 : node.depth + 1;
  return depth < node.build.phases.length ? [{ kind: 'phase', build: node.build, depth }] : [];
}

function buildItem(build: BuildStatus, queue: BuildQueue): vscode.TreeItem {
  const elapsed = queue.elapsedOf(build);
  const item = new vscode.TreeItem(
    build.title,
    build.phases.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
  );
  // The state of a row stays what the user has made of it as long as the id is the same.
  item.id = `${build.id}`;
  item.iconPath = icons[build.state];
  item.description = descriptionText(build, elapsed);
  item.tooltip = tooltip(build, elapsed);
  item.contextValue = contextOf(build);
  item.accessibilityInformation = { label: `${build.title}, ${item.description}` };
  item.command = { command: 'tensorrt.openBuild', title: 'Open', arguments: [{ kind: 'build', build }] };
  return item;
}

function phaseItem(build: BuildStatus, depth: number): vscode.TreeItem {
  const phase: ActivePhase | undefined = build.phases[depth];
  const item = new vscode.TreeItem(
    phase === undefined ? '' : phaseText(phase),
    depth + 1 < build.phases.length
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.None,
  );
  item.id = `${build.id}/${depth}`;
  // Many come and go at once.
  if (phase !== undefined && phase.elapsed >= 100) item.description = elapsedText(phase.elapsed);
  item.contextValue = 'phase';
  return item;
}

/** Read by the when-clauses of the manifest: `build.running`, `build.succeeded.engine`. */
function contextOf({ state, engineUri }: BuildStatus): string {
  return `build.${state}${engineUri === undefined ? '' : '.engine'}`;
}

function tooltip(build: BuildStatus, elapsed: number): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendText(build.title);
  const facts = [
    build.runtime,
    build.state === 'waiting' ? undefined : elapsedText(elapsed),
    vscode.workspace.asRelativePath(vscode.Uri.parse(build.uri)),
  ];
  text.appendMarkdown('\n\n');
  text.appendText(facts.filter((fact) => fact !== undefined).join(' · '));
  if (build.message !== undefined) {
    text.appendMarkdown('\n\n');
    text.appendText(build.message);
  }
  return text;
}
