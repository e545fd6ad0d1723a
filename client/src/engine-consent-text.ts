/** What the user is asked before an engine is loaded, free of the editor's own types. */
import type { EngineNeeds, EngineTrust } from '../../server/src/engine-protocol.ts';

export interface ConsentQuestion {
  readonly about: keyof EngineTrust;
  readonly message: string;
  readonly detail: string;
  readonly accept: string;
  /** Goes on without it; absent where the engine cannot be loaded then. */
  readonly decline?: string;
}

/** Each is about code of its own; none for an engine that is loaded by what is installed alone. */
export function consentQuestions(name: string, { hostCode, plugins }: EngineNeeds): ConsentQuestion[] {
  return [
    ...(hostCode
      ? [
          {
            about: 'hostCode',
            message: `Run the code inside ${name}?`,
            detail:
              'No TensorRT of this machine loads this engine by itself: that takes the lean runtime inside the engine. It is a program that runs on your CPU with all your rights, and nobody has checked it. Run it only if you know who built the engine.',
            accept: 'Run Its Code',
          } as const,
        ]
      : []),
    ...(plugins.length > 0
      ? [
          {
            about: 'plugins',
            message: `Load the plugin libraries of ${name}?`,
            detail: `The note beside the engine names them: ${plugins.join(', ')}. They are programs that run with all your rights. Without them the engine may not load.`,
            accept: 'Load Plugins',
            decline: 'Load Without Them',
          } as const,
        ]
      : []),
  ];
}
