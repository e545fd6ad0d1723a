/** The Python package that brings TensorRT for RTX with its ONNX parser; NVIDIA publishes it for Linux and Windows on x64. */
export const rtxPackage = {
  name: 'onnxruntime-ep-nv-tensorrt-rtx-cu13',
  version: '0.5.0',
  tensorrtVersion: '1.7.1',
  /** Per platform: checksum of the wheel, bytes to download, bytes on disk afterwards. */
  wheels: {
    linux: {
      sha256: '32f575c633d171b4edf4b53d3bb22b72a6c9c0a850d2982ce9a788a5d40d3298',
      downloadBytes: 146_476_965,
      installedBytes: 315_400_000,
    },
    win32: {
      sha256: '609b19f7236c8522ef005a9f763003a78f492e5d871afad39fe1b247760eb3c7',
      downloadBytes: 110_875_664,
      installedBytes: 286_000_000,
    },
  },
} as const;

export type RtxWheel = (typeof rtxPackage.wheels)[keyof typeof rtxPackage.wheels];

/** The wheel for this machine, or a sentence that says why there is none. */
export function rtxWheel(
  platform: NodeJS.Platform = process.platform,
  architecture: string = process.arch,
): RtxWheel | string {
  if (architecture === 'x64' && (platform === 'linux' || platform === 'win32'))
    return rtxPackage.wheels[platform];
  return `TensorRT for RTX exists for Linux and Windows on x64 only; this machine is ${platform} on ${architecture}. Models can be checked in a container or on a remote machine that is one of those.`;
}

/** `146 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
