import { describe } from '../abi/families.ts';
import { formatVersion } from '../abi/version.ts';
import { BridgeError } from '../errors.ts';
import { type InitializeParams, type InitializeResult, protocolVersion } from '../protocol.ts';
import { canLoadInitializers } from '../tensorrt/onnx-parser.ts';
import { type LoadOptions, loadTensorRT, type TensorRT } from '../tensorrt/tensorrt.ts';

/** The handshake: loads the installation that this process is for. */
export function initialize(
  params: InitializeParams,
  { announce, onLog }: Pick<LoadOptions, 'announce' | 'onLog'>,
): { readonly tensorrt: TensorRT; readonly result: InitializeResult } {
  if (params.protocolVersion !== protocolVersion) {
    throw new BridgeError(
      'wrongOrder',
      `This bridge speaks protocol ${protocolVersion}, not ${params.protocolVersion}; install one version of everything.`,
    );
  }
  const { libraries, logSeverity = 'warning' } = params;
  const tensorrt = loadTensorRT({ libraries, logSeverity, announce, onLog });
  const { abi } = tensorrt.calls;
  onLog({
    severity: 'info',
    message: `${describe(abi)} of ${libraries.infer} is ready: ${tensorrt.mode}, ${tensorrt.modeReason}.`,
  });
  return {
    tensorrt,
    result: {
      protocolVersion,
      product: abi.product,
      version: formatVersion(abi.version),
      versionNumber: tensorrt.versionNumber,
      mode: tensorrt.mode,
      modeReason: tensorrt.modeReason,
      ...(tensorrt.cuda && { device: tensorrt.cuda.device }),
      abiFamily: abi.family,
      parserFlags: tensorrt.parserFlags,
      weaklyTypedNetworks: abi.family === 'tensorrt-10',
      loadsInitializers: canLoadInitializers(tensorrt.calls),
      pluginCreators: tensorrt.pluginCreators,
      notes: tensorrt.notes,
    },
  };
}
