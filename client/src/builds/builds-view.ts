import * as vscode from 'vscode';
import type { ActivePhase } from '../../../native-bridge/src/build-protocol.ts';
import type { BuildState, BuildStatus } from '../../../server/src/build-protocol.ts';
import type { BuildQueue } from './build-queue.ts';
import { descriptionText, elapsedText, isOver, phaseText } from './build-text.ts';

/** A build; under a running one, TensorRT's phases, each inside the one before. What they are like now is the queue's to say. */
export type BuildNode =
  | { readonly kind: 'build'; readonly build: Pick<BuildStatus, 'id'> }
  | { readonly kind: 'phase'; readonly build: Pick<BuildStatus, 'id'>; readonly depth: number };

const icons: Record<BuildState, vscode.ThemeIcon> = {
  waiting: new vscode.ThemeIcon('clock'),
  running: new vscode.ThemeIcon('loading~spin'),
  succeeded: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  'up-to-date': new vscode.ThemeIcon('pass'),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  cancelled: new vscode.ThemeIcon('circle-slash'),
};

/**
 * The view *TensorRT Builds*. It is there once something was built.
 *
 * A row that is drawn anew gets new buttons, and a click is lost whose press was on an old one. So a build's row is drawn when what
 * it says has changed, which is seldom, and only its phases whenever there is news. For the same reason the rows of phases that are
 * done stay until others take their place: what is below them does not move up and down.
 */
export function registerBuildsView(queue: BuildQueue): vscode.Disposable {
  const changed = new vscode.EventEmitter<BuildNode | undefined>();
  /** Of builds that run: the phases under way, and deeper ones that are done. */
  let phases: ReadonlyMap<number, readonly ActivePhase[]> = new Map();
  const depthOf = ({ id }: BuildStatus) => phases.get(id)?.length ?? 0;
  // The editor knows nodes by their identity.
  const nodes = new Map<string, BuildNode>();
  const nodeOf = (build: BuildStatus, depth?: number): BuildNode => {
    const key = keyOf(build, depth);
    const node: BuildNode =
      nodes.get(key) ??
      (depth === undefined
        ? { kind: 'build', build: { id: build.id } }
        : { kind: 'phase', build: { id: build.id }, depth });
    nodes.set(key, node);
    return node;
  };
  const current = ({ build: { id } }: BuildNode) => queue.all.find((build) => build.id === id);
  const childrenOf = (node: BuildNode | undefined): BuildNode[] => {
    if (node === undefined) return queue.all.map((build) => nodeOf(build));
    const build = current(node);
    const depth = node.kind === 'build' ? 0 : node.depth + 1;
    return build !== undefined && depth < depthOf(build) ? [nodeOf(build, depth)] : [];
  };
  const view = vscode.window.createTreeView<BuildNode>('tensorrt.builds', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: childrenOf,
      getTreeItem: (node) => {
        const build = current(node);
        if (build === undefined) return new vscode.TreeItem('');
        return node.kind === 'build'
          ? buildItem(build, node)
          : phaseItem(build, node.depth, phases.get(build.id) ?? []);
      },
    },
  });
  /** What the rows of builds show, in their order. */
  let drawn = new Map<number, string>();
  /** Which rows there are, of what kind. */
  let drawnStructure = '';
  const draw = () => {
    const { all } = queue;
    phases = new Map(
      all
        .filter((build) => !isOver(build))
        .map((build) => {
          const before = phases.get(build.id) ?? [];
          return [build.id, [...build.phases, ...before.slice(build.phases.length)]];
        }),
    );
    const rows = new Map(all.map((build) => [build.id, rowOf(build, depthOf(build) > 0)]));
    const before = drawn;
    drawn = rows;
    const structure = JSON.stringify(all.map(({ id, state }) => [id, state]));
    if (structure !== drawnStructure) {
      drawnStructure = structure;
      for (const [key, { build }] of nodes) if (!rows.has(build.id)) nodes.delete(key);
      changed.fire(undefined);
      return;
    }
    for (const build of all) {
      if (rows.get(build.id) !== before.get(build.id)) changed.fire(nodeOf(build));
      else if (depthOf(build) > 0) changed.fire(nodeOf(build, 0));
    }
  };
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
      if (view.visible) draw();
    }),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) draw();
    }),
  );
}

function keyOf({ id }: Pick<BuildStatus, 'id'>, depth?: number): string {
  return depth === undefined ? `${id}` : `${id}/${depth}`;
}

/** All that a build's row shows, and whether there are phases below it. */
function rowOf(build: BuildStatus, hasPhases: boolean): string {
  const { title, runtime, message } = build;
  return JSON.stringify([title, contextOf(build), descriptionText(build), runtime, message, hasPhases]);
}

function buildItem(build: BuildStatus, node: BuildNode): vscode.TreeItem {
  const item = new vscode.TreeItem(
    build.title,
    build.state === 'running'
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.None,
  );
  // A row stays folded as the user has left it while its id is the same, and one without anything below counts as folded: a build that
  // begins to run gets another, so that its phases show.
  item.id = `${build.id} ${build.state}`;
  item.iconPath = icons[build.state];
  item.description = descriptionText(build);
  item.tooltip = tooltip(build);
  item.contextValue = contextOf(build);
  item.accessibilityInformation = { label: `${build.title}, ${item.description}` };
  item.command = { command: 'tensorrt.openBuild', title: 'Open', arguments: [node] };
  return item;
}

function phaseItem(build: BuildStatus, depth: number, phases: readonly ActivePhase[]): vscode.TreeItem {
  const phase = phases[depth];
  const isDone = depth >= build.phases.length;
  const item = new vscode.TreeItem(
    phase === undefined ? '' : isDone ? phase.name : phaseText(phase),
    depth + 1 < phases.length
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.None,
  );
  item.id = keyOf(build, depth);
  if (isDone) item.description = 'done';
  // Many come and go at once.
  else if (phase !== undefined && phase.elapsed >= 100) item.description = elapsedText(phase.elapsed);
  item.contextValue = 'phase';
  return item;
}

/** Read by the when-clauses of the manifest: `build.running`, `build.succeeded.engine`. */
function contextOf({ state, engineUri }: BuildStatus): string {
  return `build.${state}${engineUri === undefined ? '' : '.engine'}`;
}

function tooltip(build: BuildStatus): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendText(build.title);
  const facts = [
    build.runtime,
    isOver(build) ? elapsedText(build.elapsed) : undefined,
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
