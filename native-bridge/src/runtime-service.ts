/** The requests of engine-protocol.ts, on a connection whose bridge runs engines. */
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc';
import { formatVersion } from './abi/version.ts';
import {
  CloseEngineRequest,
  ContextMemoryRequest,
  InitializeRuntimeRequest,
  LayerInformationRequest,
  OpenEngineRequest,
  RefitRequest,
  RefittableWeightsRequest,
  RunRequest,
} from './engine-protocol.ts';
import { BridgeError } from './errors.ts';
import { contextMemory, Engines, refittableWeights } from './operations/engines.ts';
import { refit } from './operations/refit.ts';
import { runEngine } from './operations/run-engine.ts';
import { type LogRecord, protocolVersion } from './protocol.ts';
import type { Engine } from './tensorrt/engine/engine.ts';
import { type LoadedRuntime, loadRuntime } from './tensorrt/engine/load-runtime.ts';

export interface RuntimeServiceContext {
  readonly connection: MessageConnection;
  readonly announce: (operation: string) => void;
  readonly onLog: (record: LogRecord) => void;
  /** Has one request wait for another. */
  readonly oneAtATime: <Params, Answer>(
    handler: (params: Params, token: CancellationToken) => Answer | Promise<Answer>,
  ) => (params: Params, token: CancellationToken) => Promise<Answer>;
}

export function serveRuntime({ connection, announce, onLog, oneAtATime }: RuntimeServiceContext): void {
  let loaded: { readonly runtime: LoadedRuntime; readonly engines: Engines } | undefined;
  const ready = () => {
    if (!loaded) {
      throw new BridgeError(
        'wrongOrder',
        'This bridge has no runtime yet; send bridge/initializeRuntime first.',
      );
    }
    return loaded;
  };
  /** Announces what native code is entered for, and that it was left. */
  const during = async <Answer>(operation: string, work: () => Answer | Promise<Answer>): Promise<Answer> => {
    announce(operation);
    try {
      return await work();
    } finally {
      announce('');
    }
  };
  const withEngine =
    <Params extends { readonly engine: number }, Answer>(
      operation: string,
      work: (
        runtime: LoadedRuntime,
        engine: Engine,
        params: Params,
        token: CancellationToken,
      ) => Answer | Promise<Answer>,
    ) =>
    (params: Params, token: CancellationToken) => {
      const { runtime, engines } = ready();
      return during(operation, () => work(runtime, engines.get(params.engine), params, token));
    };

  connection.onRequest(
    InitializeRuntimeRequest,
    oneAtATime((params) => {
      if (loaded) {
        throw new BridgeError(
          'wrongOrder',
          'This bridge has loaded its runtime already; start another process.',
        );
      }
      if (params.protocolVersion !== protocolVersion) {
        throw new BridgeError(
          'wrongOrder',
          `This bridge speaks protocol ${protocolVersion}, not ${params.protocolVersion}.`,
        );
      }
      const runtime = loadRuntime(params, announce, onLog);
      loaded = { runtime, engines: new Engines(runtime) };
      const { abi, kind, cuda, notes } = runtime;
      return {
        protocolVersion,
        product: abi.product,
        version: formatVersion(abi.version),
        kind,
        device: cuda.device,
        notes,
      };
    }),
  );
  connection.onRequest(
    OpenEngineRequest,
    oneAtATime((params) => {
      const { engines } = ready();
      return during(`loading the engine ${params.enginePath}`, () => engines.open(params));
    }),
  );
  connection.onRequest(
    CloseEngineRequest,
    oneAtATime(({ engine }) => ready().engines.close(engine)),
  );
  connection.onRequest(
    LayerInformationRequest,
    oneAtATime(
      withEngine('reading the layers of an engine', (_, engine) => ({ json: engine.layerInformation() })),
    ),
  );
  connection.onRequest(
    RefittableWeightsRequest,
    oneAtATime(withEngine('listing the weights of an engine', refittableWeights)),
  );
  connection.onRequest(RefitRequest, oneAtATime(withEngine('refitting an engine', refit)));
  connection.onRequest(RunRequest, oneAtATime(withEngine('running an engine', runEngine)));
  connection.onRequest(
    ContextMemoryRequest,
    oneAtATime(withEngine('asking for the memory of contexts', contextMemory)),
  );
}
