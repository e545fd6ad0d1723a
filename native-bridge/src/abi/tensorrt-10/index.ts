import * as builder from './builder.ts';
import * as callbacks from './callbacks.ts';
import * as execution from './execution.ts';
import * as network from './network.ts';
import * as parser from './parser.ts';
import * as plugins from './plugins.ts';
import * as runtime from './runtime.ts';

/** All classes of TensorRT 10.x, which only ever appended slots (but see `tensorrt-10.8.ts`). */
export const tensorrt10 = {
  ...builder,
  ...network,
  ...runtime,
  ...execution,
  ...parser,
  ...plugins,
  ...callbacks,
} as const;
