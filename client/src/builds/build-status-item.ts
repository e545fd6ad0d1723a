import * as vscode from 'vscode';
import type { BuildQueue } from './build-queue.ts';
import { barText, progressText } from './build-text.ts';

/** In the status bar while something is built; leads to the view. */
export function registerBuildStatusItem(queue: BuildQueue): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('tensorrt.building', vscode.StatusBarAlignment.Left, -1);
  item.name = 'TensorRT Builds';
  item.command = 'tensorrt.builds.focus';
  return vscode.Disposable.from(
    item,
    queue.onDidChange(() => {
      const { active } = queue;
      if (active.length === 0) return item.hide();
      const text = barText(active, (build) => queue.elapsedOf(build));
      item.text = `$(loading~spin) ${text}`;
      item.tooltip = active
        .map((build) => `${build.title}: ${progressText(build, queue.elapsedOf(build))}`)
        .join('\n');
      item.accessibilityInformation = { label: text, role: 'button' };
      item.show();
    }),
  );
}
