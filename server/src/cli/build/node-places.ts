/** Where the nodes that a failed build is about are, in the text form of its model. */
import type { Range } from 'vscode-languageserver-types';
import type { BuildConfig } from '../../build-config/model.ts';
import { modelPath } from '../../build-config/paths.ts';
import { type OnnxDocument, rangeInSegment } from '../../features/document.ts';
import { type LoadedModel, loadModel } from '../../node/load-model.ts';
import { placesOfNodes } from '../../tensorrt/locate/named-nodes.ts';

export interface NodePlace {
  readonly name: string;
  /** Absolute path of the model. */
  readonly file: string;
  /** Whether the file is the text itself; otherwise `onnx-trt print` shows it. */
  readonly isText: boolean;
  readonly document: OnnxDocument;
  /** Of the operator, in the text. */
  readonly range: Range;
}

/** Finds nodes by their names. The model is read once more, when the first is asked for; none is found where that cannot be done. */
export function nodePlaces(build: BuildConfig): (names: readonly string[]) => readonly NodePlace[] {
  let model: LoadedModel | undefined;
  return (names) => {
    if (names.length === 0) return [];
    try {
      model ??= loadModel(modelPath(build));
    } catch {
      // It went away or was changed while it was built: the names are told all the same.
      return [];
    }
    const { path: file, isText } = model;
    const document = model.document();
    return placesOfNodes(document.tree, names).map(({ name, place: { segment, span } }) => ({
      name,
      file,
      isText,
      document,
      range: rangeInSegment(document, segment, span),
    }));
  };
}
