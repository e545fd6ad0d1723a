import { CompletionItemKind } from 'vscode-languageserver-types';
import type { Candidate, CompletionContext } from './candidate.ts';

/** What this writes is read by ONNX 1.16 and by every TensorRT from 10.0 on. */
const opset = 21;
const irVersion = 10;

/** A model where there is none, a function behind one. */
export function topItems({ document: { tree } }: CompletionContext, isBehindHeader: boolean): Candidate[] {
  if (tree.declarations.some(({ kind }) => kind === 'graph')) {
    if (isBehindHeader) {
      return [];
    }
    return [
      {
        label: 'function',
        kind: CompletionItemKind.Snippet,
        detail: 'a local function',
        insert: `<domain: "local", opset_import: ["" : ${opset}]>\nname (x) => (y) {\n  y = Relu (x)\n}\n`,
        snippet: `<domain: "\${1:local}", opset_import: ["" : \${2:${opset}}]>\n\${3:name} (\${4:x}) => (\${5:y}) {\n  \${5:y} = $0\n}\n`,
      },
    ];
  }
  // A header without a graph asks for the graph alone.
  const header =
    !isBehindHeader && tree.header === undefined
      ? `<ir_version: ${irVersion}, opset_import: ["" : ${opset}]>\n`
      : '';
  return [
    {
      label: 'model',
      kind: CompletionItemKind.Snippet,
      detail: 'a graph with an input, a node and an output',
      insert: `${header}main (float[N] x) => (float[N] y) {\n  y = Relu (x)\n}\n`,
      snippet: `${header}\${1:main} (\${2:float[N]} \${3:x}) => (\${4:float[N]} \${5:y}) {\n  \${5:y} = \${6:Relu} (\${3:x})$0\n}\n`,
    },
  ];
}
