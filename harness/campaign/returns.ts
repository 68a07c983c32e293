import type { Signal } from '../machine/thread.ts';
import type { SeriesInfo } from '../model/model.ts';

/** What calls came back with, by operation: `mmap: -22, 0`, `touch: 0, SIGBUS`. */
export interface Returns {
  readonly [op: string]: readonly (number | Signal)[];
}

/** All that was seen by any, in the order of the vocabulary; numbers first, ascending. */
export function mergeReturns(series: SeriesInfo, parts: readonly Returns[]): Returns {
  const merged: { [op: string]: (number | Signal)[] } = {};
  for (const { name } of series.operations) {
    const values = new Set(parts.flatMap((part) => part[name] ?? []));
    if (values.size > 0) merged[name] = [...values].sort(inOrder);
  }
  return merged;
}

function inOrder(a: number | Signal, b: number | Signal): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  return typeof b === 'number' ? 1 : a < b ? -1 : 1;
}
