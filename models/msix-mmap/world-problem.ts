import type { WorldConfig } from '../../harness/model/model.ts';
import { WINDOW_SIZE } from './layout.ts';
import { overlaps } from './resources.ts';
import { configure, type FirmwareBar } from './settings.ts';

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));
const hex = (value: number): string => `0x${value.toString(16)}`;

/** What is wrong with a world that is valid field by field; null if nothing. */
export function worldProblem(config: WorldConfig): string | null {
  const { arch, bars, neighbour, sriov, table, pba } = configure(config);
  if (arch === 'x86' && config.pageSize === 65536) {
    return 'world.pageSize is 65536 and world.arch is x86, which has pages of 4096 bytes';
  }
  for (const [where, all] of [
    ['world.bars', bars],
    ['world.neighbour', neighbour],
  ] as const) {
    const problem = barsProblem(where, all);
    if (problem !== null) return problem;
  }
  if (sriov !== null && (!isPowerOfTwo(sriov.size) || sriov.at % sriov.size !== 0)) {
    return `world.sriov has virtual functions of ${hex(sriov.size)} bytes at ${hex(sriov.at)}; allowed: a power of two, at a multiple of it`;
  }
  const ranges = [
    ...bars.map(({ bar, at, size }) => ({ name: `BAR ${bar}`, at, size })),
    ...neighbour.map(({ bar, at, size }) => ({ name: `BAR ${bar} of the neighbour`, at, size })),
    ...(sriov === null ? [] : [{ name: 'the VF BAR', at: sriov.at, size: sriov.vfs * sriov.size }]),
  ];
  for (const [index, one] of ranges.entries()) {
    if (one.at + one.size > WINDOW_SIZE)
      return `${one.name} ends beyond the window of ${hex(WINDOW_SIZE)} bytes`;
    const other = ranges.slice(0, index).find(({ at, size }) => overlaps(at, size, one.at, one.size));
    if (other !== undefined) return `firmware put ${other.name} and ${one.name} over each other`;
  }
  if (
    (config.bars as readonly { readonly table?: unknown }[] | undefined)?.filter(
      (bar) => bar.table !== undefined,
    )[1]
  ) {
    return 'world.bars has two MSI-X tables; a function has one';
  }
  if (table !== null) {
    const { size } = bars.find(({ bar }) => bar === table.bar)!;
    if (table.offset % 8 !== 0 || pba % 8 !== 0)
      return 'world.bars has a table or pba that is not at a multiple of 8';
    if (overlaps(table.offset, table.size, pba, 8)) {
      return 'world.bars has a pba within its table; put it behind, as offset + 16 times vectors';
    }
    if (table.offset + table.size > size || pba + 8 > size) {
      return `world.bars has a table or pba that ends beyond BAR ${table.bar}`;
    }
  }
  return null;
}

function barsProblem(where: string, bars: readonly FirmwareBar[]): string | null {
  for (const [index, { bar, size, at }] of bars.entries()) {
    if (bars[index - 1]?.bar === bar) return `${where} names BAR ${bar} twice`;
    if (!isPowerOfTwo(size) || at % size !== 0) {
      return `${where} has BAR ${bar} of ${hex(size)} bytes at ${hex(at)}; allowed: a power of two, at a multiple of it`;
    }
  }
  return null;
}
