import type { NetworkTypes, TypeSource } from '../values.ts';

/** A sentence that says where a type and shape are known from. */
export function typeSourceNote(source: TypeSource, network: NetworkTypes | undefined): string {
  switch (source) {
    case 'tensorrt':
      return `Type and shape from the network of ${network?.runtime ?? 'TensorRT'}${
        network?.current === false ? ', as of the last text it accepted' : ''
      }.`;
    case 'value_info':
      return "Type and shape from the model's value info.";
    case 'input':
      return 'Type and shape as the input declares them.';
    case 'output':
      return 'Type and shape as the output declares them.';
    case 'initializer':
      return 'Type and shape of the initializer.';
    case 'inferred':
      return 'Type and shape inferred from the values it is computed of.';
    case 'inferred-before':
      return '**As of the text before the last edits**: type and shape are being worked out anew.';
  }
}
