// Simulation: the device files that the server looks for before it starts a bridge (choose.ts, seemsToHaveGpu).
const fs = require('node:fs');

const { existsSync } = fs;
fs.existsSync = (path) => path === '/dev/nvidiactl' || existsSync(path);
require('node:module').syncBuiltinESMExports();
