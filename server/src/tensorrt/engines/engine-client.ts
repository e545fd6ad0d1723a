/** Engines in a bridge process that runs them: one process for one runtime library. Needs a GPU. */
import {
  CloseEngineRequest,
  type ContextMemoryParams,
  ContextMemoryRequest,
  type ContextMemoryResult,
  InitializeRuntimeRequest,
  type InitializeRuntimeResult,
  LayerInformationRequest,
  type OpenEngineParams,
  OpenEngineRequest,
  type OpenEngineResult,
  type RefitParams,
  RefitRequest,
  type RefitResult,
  type RefittableWeights,
  RefittableWeightsRequest,
  type RunParams,
  RunRequest,
  type RunResult,
} from '../../../../native-bridge/src/engine-protocol.ts';
import { protocolVersion } from '../../../../native-bridge/src/protocol.ts';
import {
  BridgeConnection,
  type BridgeConnectionOptions,
  type RequestOptions,
} from '../bridge/bridge-connection.ts';
import { launchBridge } from '../bridge/launch.ts';
import type { EngineLibraries } from '../installations/installation.ts';

/** Milliseconds that a cancelled run may take to come to its end. */
const cancelGrace = 3000;

export class EngineClient {
  /** Rejects with a BridgeError: no GPU, a library that does not load. */
  readonly initialized: Promise<InitializeRuntimeResult>;
  readonly #connection: BridgeConnection;

  /** `device`: the GPU that it is to see, as CUDA_VISIBLE_DEVICES names it; the first one of this process where absent. */
  constructor(
    libraries: EngineLibraries,
    { device, ...options }: BridgeConnectionOptions & { readonly device?: string | undefined },
  ) {
    const variables = device === undefined ? {} : { CUDA_VISIBLE_DEVICES: device };
    this.#connection = new BridgeConnection(launchBridge(libraries, variables), { cancelGrace, ...options });
    const { infer, onnxParser, plugin } = libraries;
    this.initialized = this.#connection.start(InitializeRuntimeRequest, {
      protocolVersion,
      infer,
      ...(onnxParser !== undefined && { onnxParser }),
      ...(plugin !== undefined && { plugin }),
    });
    // Whoever awaits it gets the error; nobody may be waiting yet.
    this.initialized.catch(() => undefined);
  }

  /** Deserializes an engine: an act of trust, the more so with `hostCodeAllowed`. */
  open(params: OpenEngineParams, options: RequestOptions = {}): Promise<OpenEngineResult> {
    return this.#connection.request(OpenEngineRequest, params, options);
  }

  close(engine: number): Promise<void> {
    return this.#connection.request(CloseEngineRequest, { engine }, {});
  }

  /** IEngineInspector's JSON, as it is. */
  async layerInformation(engine: number, options: RequestOptions = {}): Promise<string> {
    return (await this.#connection.request(LayerInformationRequest, { engine }, options)).json;
  }

  refittableWeights(engine: number, options: RequestOptions = {}): Promise<RefittableWeights> {
    return this.#connection.request(RefittableWeightsRequest, { engine }, options);
  }

  refit(params: RefitParams, options: RequestOptions = {}): Promise<RefitResult> {
    return this.#connection.request(RefitRequest, params, options);
  }

  /** Cancelled between two iterations. */
  run(params: RunParams, options: RequestOptions = {}): Promise<RunResult> {
    return this.#connection.request(RunRequest, params, options);
  }

  contextMemory(params: ContextMemoryParams, options: RequestOptions = {}): Promise<ContextMemoryResult> {
    return this.#connection.request(ContextMemoryRequest, params, options);
  }

  /** Ends the process, with all engines in it. */
  dispose(): void {
    this.#connection.end('it is no longer needed');
  }
}
