import { testThinObjects } from './in-process.ts';

testThinObjects('tensorrt-10.15');
