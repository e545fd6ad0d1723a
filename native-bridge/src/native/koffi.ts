/**
 * koffi, set up for TensorRT: every native module imports it from here, so that the settings are made before the first
 * library is loaded (koffi refuses them later).
 */
import koffi from 'koffi';

const mebibyte = 1 << 20;

koffi.config({
  // C code runs on koffi's own stack; TensorRT's parser and builder recurse deeper than the default of 2 MiB.
  sync_stack_size: 16 * mebibyte,
  async_stack_size: 16 * mebibyte,
});

export default koffi;
