import {
  baseName,
  type ClassTable,
  completeDestructor,
  deletingDestructor,
  isDestructor,
  type Row,
} from './class-table.ts';

/**
 * The same class as the Microsoft ABI lays it out. A destructor takes one slot (it deletes when its hidden argument is 1),
 * and the overloads of a name stand together at the first one's place, the last declared first. That members returning a
 * struct take a pointer to it after `this` is `virtual-calls.ts`'s business.
 */
export function toMicrosoftLayout(table: ClassTable): ClassTable {
  const groups = new Map<string, Row[]>();
  for (const row of table) {
    if (row[1] === completeDestructor) {
      continue;
    }
    const name = isDestructor(row) ? deletingDestructor : baseName(row);
    const group = groups.get(name);
    if (group) {
      group.unshift(row);
    } else {
      groups.set(name, [row]);
    }
  }
  return [...groups.values()].flat();
}
