import type { ClassTable } from './class-table.ts';
import { tensorrt10 } from './tensorrt-10/index.ts';

/** Where the header of 10.8 alone declares VNetworkDefinition::addCumulative; 10.9 moved it to the end. */
const addCumulativeSlot = 63;

/** The classes of 10.8.x. */
export const tensorrt10_8 = {
  ...tensorrt10,
  VNetworkDefinition: withAddCumulativeAt63(tensorrt10.VNetworkDefinition),
};

function withAddCumulativeAt63(table: ClassTable): ClassTable {
  const moved = table.filter(([name]) => name === 'addCumulative');
  const others = table.filter(([name]) => name !== 'addCumulative');
  return [...others.slice(0, addCumulativeSlot), ...moved, ...others.slice(addCumulativeSlot)];
}
