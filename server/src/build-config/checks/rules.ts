/** All rules, each in its own file. */
import { needsGpu } from './device/needs-gpu.ts';
import { poolSize } from './device/pool-size.ts';
import { unsupportedDevice } from './device/unsupported.ts';
import { ioFormat } from './model/io-format.ts';
import { missingFile } from './model/missing-file.ts';
import { overwrittenFile } from './model/overwritten-file.ts';
import { unknownLayer, unknownTensor, unknownWeight } from './model/unknown-names.ts';
import { unreadableModel } from './model/unreadable-model.ts';
import { dimRange } from './profiles/dim-range.ts';
import { fixedDim } from './profiles/fixed-dim.ts';
import { missingProfile } from './profiles/missing-profile.ts';
import { outsideProfile } from './profiles/outside-profile.ts';
import { profileIndex } from './profiles/profile-index.ts';
import { profileOrder } from './profiles/profile-order.ts';
import { rank } from './profiles/rank.ts';
import { sameDim } from './profiles/same-dim.ts';
import { shapeValues } from './profiles/shape-values.ts';
import { staticInput } from './profiles/static-input.ts';
import { unknownInput } from './profiles/unknown-input.ts';
import type { Rule } from './rule.ts';
import { conflict } from './settings/conflicts.ts';
import { int8Ranges } from './settings/int8-ranges.ts';
import { needs } from './settings/needs.ts';
import { noEffect } from './settings/no-effect.ts';
import { deprecated } from './versions/deprecated.ts';
import { notInVersion } from './versions/not-in-version.ts';
import { notForRtx, onlyForRtx } from './versions/products.ts';

export const rules: readonly Rule[] = [
  missingFile,
  overwrittenFile,
  unreadableModel,
  unknownInput,
  missingProfile,
  rank,
  fixedDim,
  shapeValues,
  dimRange,
  profileOrder,
  sameDim,
  staticInput,
  profileIndex,
  outsideProfile,
  notInVersion,
  notForRtx,
  onlyForRtx,
  deprecated,
  noEffect,
  conflict,
  needs,
  int8Ranges,
  ioFormat,
  unknownLayer,
  unknownTensor,
  unknownWeight,
  poolSize,
  needsGpu,
  unsupportedDevice,
];
