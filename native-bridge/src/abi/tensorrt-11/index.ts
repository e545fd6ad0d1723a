import { tensorrt10 } from '../tensorrt-10/index.ts';
import * as builder from './builder.ts';
import * as callbacks from './callbacks.ts';
import * as execution from './execution.ts';
import * as network from './network.ts';
import * as parser from './parser.ts';
import * as plugins from './plugins.ts';
import * as runtime from './runtime.ts';

/** All classes of TensorRT 11.x: 11.0 removed what 10.x had deprecated; classes it left alone are those of 10.x. */
export const tensorrt11 = {
  ...tensorrt10,
  ...builder,
  ...network,
  ...runtime,
  ...execution,
  ...parser,
  ...plugins,
  ...callbacks,
} as const;
