/** Operator domains by name. */
import { contribOperators } from './contrib-operators.ts';
import { tensorRTPlugins } from './plugins.ts';
import { normalizedDomain } from './table.ts';

const descriptions: ReadonlyMap<string, string> = new Map([
  ['', "ONNX's own operators."],
  [
    'ai.onnx.ml',
    "ONNX's operators for classical machine learning (trees, support vector machines, encoders).",
  ],
  ['ai.onnx.preview', "ONNX's operators in preview."],
  ['ai.onnx.preview.training', "ONNX's operators for training."],
  ['com.microsoft', "ONNX Runtime's own operators (contrib operators)."],
  [
    'com.microsoft.nchwc',
    "ONNX Runtime's operators on blocked layouts; they appear in models it has optimized.",
  ],
  ['com.microsoft.experimental', "ONNX Runtime's experimental operators."],
  ['com.ms.internal.nhwc', "ONNX Runtime's channels-last operators; they appear in models it has optimized."],
  ['trt', "NVIDIA Model Optimizer's operators for TensorRT, such as FP8 quantization."],
  ['trt.plugins', "TensorRT plugins, as ONNX Runtime's TensorRT provider names them."],
  ['org.pytorch.aten', "PyTorch's own operators, left in by its exporter."],
  ['aten', "PyTorch's own operators, left in by its exporter."],
  ['prim', "PyTorch's own primitives, left in by its exporter."],
  ['pkg.onnxscript.torch_lib', "Functions of PyTorch's exporter (ONNX Script's torch library)."],
  ['pkg.onnxscript.torch_lib.common', "Functions of PyTorch's exporter (ONNX Script's torch library)."],
]);

/** Operators of a domain of which nothing but the names is known. */
export function namesOfDomain(domain: string): readonly string[] {
  switch (domain) {
    case 'com.microsoft':
      return contribOperators;
    case 'trt.plugins':
      return tensorRTPlugins();
    default:
      return [];
  }
}

/** `ai.onnx` for the default domain, else the domain itself. */
export function domainName(domain: string): string {
  return normalizedDomain(domain) === '' ? 'ai.onnx' : domain;
}

/** One sentence on whose operators a domain has. */
export function domainDescription(domain: string): string {
  return (
    descriptions.get(normalizedDomain(domain)) ??
    "Nothing is known of this domain; TensorRT looks for a plugin of the operator's name."
  );
}
