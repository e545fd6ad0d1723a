import * as path from 'node:path';
import type * as vscode from 'vscode';

/**
 * What the editor of a model shows instead of text: why it cannot be read, and what can be done. A file that holds ONNX text under
 * the name of a binary model (as the editor's own *Save As* may leave one) is offered to be converted.
 */
export function unreadableModelPage(uri: vscode.Uri, message: string, isOnnxText: boolean): string {
  const nonce = crypto.randomUUID();
  const buttons = isOnnxText
    ? `<button class="primary" data-message="convert">Convert to Binary</button>
<button data-message="text">Edit as Text</button>`
    : `<button class="primary" data-message="retry">Try Again</button>
<button data-message="binary">Open as Binary</button>`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<style nonce="${nonce}">
body { display: flex; justify-content: center; }
main { max-width: 42rem; margin: 15vh 1rem 0; }
h1 { font-size: 1.3em; font-weight: 600; }
p { line-height: 1.5; overflow-wrap: anywhere; }
button { margin: 0.8em 0.5em 0 0; padding: 0.35em 1em; border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px;
  font: inherit; cursor: pointer; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
button:hover { background: var(--vscode-button-secondaryHoverBackground); }
button.primary { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
button.primary:hover { background: var(--vscode-button-hoverBackground); }
button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
</style>
</head>
<body>
<main role="alert">
<h1>${escapeHtml(path.posix.basename(uri.path))}</h1>
<p>${escapeHtml(message)}</p>
${buttons}
<button data-message="output">Show Output</button>
</main>
<script nonce="${nonce}">
const editor = acquireVsCodeApi();
for (const button of document.querySelectorAll('button'))
  button.addEventListener('click', () => editor.postMessage(button.dataset.message));
</script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
