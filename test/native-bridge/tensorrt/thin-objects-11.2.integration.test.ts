import { testThinObjects } from './in-process.ts';

testThinObjects('tensorrt-11.2');
