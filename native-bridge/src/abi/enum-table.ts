/**
 * An enum as data. Names are TensorRT's own; numbers differ between majors, and a wrong one sets another flag without an
 * error, so names cross the protocol and numbers never do.
 */
export type EnumTable = readonly EnumRow[];

/**
 * Name, its number in 10.x, its number in 11.x (null where the major has no such name), and the first version that has it,
 * where that is not 10.0.
 */
export type EnumRow = readonly [
  name: string,
  tensorrt10: number | null,
  tensorrt11: number | null,
  since?: string,
];
