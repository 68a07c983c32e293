import { expect, test } from 'vitest';
import { type Body, CLOSE, info, mmap, play, store } from '../../models/msix-mmap/in-order.fixture.ts';
import type { MsixWorld } from '../../models/msix-mmap/world.ts';
import { lastUseDisables, successHasItsEffect } from './effects.ts';
import type { Evidence } from './evidence.ts';

const PREAD: Body = { op: 'pread', bar: 0, pos: 2, count: 8 };
const MUNMAP: Body = { op: 'munmap', map: 'm0' };

/** What claims say of an execution of v5.11 as it was, and of one of which some evidence is another. */
function judged(ops: readonly Body[], change: (world: MsixWorld) => Partial<Evidence>): string[][] {
  const { world } = play('v5.11', {}, ops);
  const changed = Object.entries(change(world)).map(([name, value]) => [name, { value }] as const);
  return [world, Object.create(world, Object.fromEntries(changed)) as Evidence].map((evidence) => {
    const kinds: string[] = [];
    for (const { check } of [successHasItsEffect, lastUseDisables]) {
      check({ machine: world.machine, outcome: 'finished', evidence }, (kind) => kinds.push(kind));
    }
    return kinds;
  });
}

test.each<[string, readonly Body[], (world: MsixWorld) => Partial<Evidence>]>([
  [
    'access-at-another-address',
    [mmap(2, 0x10000), store(4)],
    ({ touches }) => ({ touches: touches.map((one) => ({ ...one, address: one.address - 0x10000 })) }),
  ],
  ['other-bytes', [PREAD], ({ fileAccesses }) => ({ fileAccesses: fileAccesses.slice(1) })],
  [
    'other-bytes',
    [PREAD],
    ({ fileAccesses }) => ({ fileAccesses: [...fileAccesses, ...fileAccesses.slice(-1)] }),
  ],
  [
    'no-address-of-its-own',
    [
      { op: 'hot_add', slot: 2, size: 0x1000 },
      { op: 'hot_add', slot: 3, size: 0x1000 },
    ],
    ({ hotPlugs }) => ({ hotPlugs: hotPlugs.map((one) => ({ ...one, start: hotPlugs[0]!.start })) }),
  ],
  [
    'disabled-under-a-mapping',
    [mmap(0), CLOSE, MUNMAP],
    ({ closes }) => ({ closes: closes.map((one) => ({ ...one, mappingsLeft: 1 })) }),
  ],
  ['disabled-while-open', [info(0)], () => ({ opens: [] })],
])('%s', (kind, ops, change) => {
  expect(judged(ops, change)).toEqual([[], [kind]]);
});
