import { testThinObjects } from './in-process.ts';

testThinObjects('tensorrt-rtx-1.7.1');
