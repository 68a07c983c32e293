import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { WorldConfig } from '../../harness/model/model.ts';

const BAR_SIZE_MAX = 2 ** 48;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with the BARs or the user memory of a world that is valid field by field; null if nothing. */
export function worldProblem({ bars = [], memory = [] }: WorldConfig): string | null {
  const seen = new Set<number>();
  for (const { bar, size } of bars as readonly { bar: number; size: number | string }[]) {
    if (seen.has(bar)) return `world.bars names BAR ${bar} twice`;
    seen.add(bar);
    if (Number(size) < 1 || Number(size) > BAR_SIZE_MAX) {
      return `world.bars gives BAR ${bar} a size of ${size}; allowed: 1 byte to 256 TiB, and a BAR that is left out does not exist`;
    }
  }
  const ranges = (memory as readonly { start: number | string; end: number | string }[])
    .map(({ start, end }): Range => ({ start: Number(start), end: Number(end) }))
    .sort((a, b) => a.start - b.start);
  return ranges.reduce<string | null>(
    (found, range, at) => found ?? rangeProblem(range, ranges[at + 1]),
    null,
  );
}

function rangeProblem({ start, end }: Range, next: Range | undefined): string | null {
  const name = `world.memory has the range 0x${start.toString(16)} to 0x${end.toString(16)}`;
  if (start % PAGE_SIZE !== 0 || (end + 1) % PAGE_SIZE !== 0 || end < start) {
    return `${name}; allowed: from the first byte of a page to the last byte of one, both included, as 0x10000 to 0x1ffff`;
  }
  return next !== undefined && next.start <= end ? `${name} and another that overlaps it` : null;
}
