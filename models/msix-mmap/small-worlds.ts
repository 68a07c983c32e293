/** Families of scenarios that `verify` explores to the end: what reviewers of the series argued about. */
import type { Json } from '../../harness/model/field.ts';
import type { WorldConfig } from '../../harness/model/model.ts';
import type { OperationBody, SmallWorld } from '../../harness/model/small-world.ts';

const mmap = (bar: number, offset: number, length: number, as = 'm0'): OperationBody => ({
  op: 'mmap',
  bar,
  offset,
  length,
  as,
});
const touch = (offset: number, map = 'm0'): OperationBody => ({ op: 'touch', map, offset, access: 'store' });
const info = (bar: number): OperationBody => ({ op: 'region_info', bar });
const OPEN: OperationBody = { op: 'open' };
const CLOSE: OperationBody = { op: 'close' };
const hotAdd = (slot: number, size: number): OperationBody => ({ op: 'hot_add', slot, size });

/** A page of BAR 0, one with the table, one behind it, and beyond the ends. */
const mappings: readonly OperationBody[] = [
  mmap(0, 0, 0x1000),
  mmap(2, 0, 0x10000),
  mmap(2, 0x10000, 0x10000),
  mmap(0, 0, 0x20000),
];

const twoUsers = (operations: SmallWorld['actors'][number]['operations']): SmallWorld['actors'] => [
  { name: 'user0', operations },
  { name: 'user1', operations },
];

/** Families with another default of one world setting each. */
const boots: readonly (readonly [string, string, WorldConfig])[] = [
  ['boot-neighbour', 'a function behind the BAR since boot', { neighbour: [bar(0x1000)] }],
  [
    'boot-fixed',
    'a fixed function behind the BAR since boot',
    { neighbour: [{ ...bar(0x1000), fixed: true }] },
  ],
  [
    'boot-page-aligned',
    'resource_page_aligned, and a fixed function behind the BAR since boot',
    { resourcePageAligned: true, neighbour: [{ ...bar(0x1000), fixed: true }] },
  ],
  ['boot-resize', 'resource_alignment for the function', { resourceAlignment: '16@0000:01:00.0' }],
  ['boot-noresize', 'resource_alignment with :noresize', { resourceAlignment: '0000:01:00.0:noresize' }],
  [
    'boot-probe-only',
    'resource_alignment under PCI_PROBE_ONLY',
    { resourceAlignment: '0000:01:00.0', probeOnly: true },
  ],
  [
    'boot-sriov',
    'resource_alignment for a function with VFs',
    { resourceAlignment: '0000:01:00.0', sriov: { vfs: 2, size: 0x1000, at: 0x80000 } },
  ],
  ['boot-plain-bridge', 'a host bridge that filters no MSIs', { filtersMsi: false }],
  [
    'boot-plain-bridges',
    'host bridges of which none filters MSIs',
    { filtersMsi: false, otherFiltersMsi: false },
  ],
  [
    'boot-x86-unsafe',
    'x86 without interrupt remapping',
    {
      arch: 'x86',
      intrRemap: false,
      filtersMsi: false,
      allowUnsafeInterrupts: true,
    },
  ],
  [
    'boot-small-table',
    'a table in a BAR of one page',
    {
      pageSize: 4096,
      bars: [{ ...bar(0), table: { offset: 0, vectors: 2, pba: 0x800 } }],
    },
  ],
];

function bar(at: number): { readonly [field: string]: Json } {
  return { bar: 0, size: 0x1000, at };
}

/** A page each, and a range across two. */
const ordinary: readonly OperationBody[] = [info(0), mmap(0, 0, 0x1000), mmap(2, 0x1000, 0x2000), CLOSE];

export const smallWorlds: readonly SmallWorld[] = [
  {
    id: 'igd-open',
    about: 'an open that fails half way, of a function with a sub-page BAR, and another',
    world: { arch: 'x86', igdFails: true, opened: false, bars: [{ bar: 0, size: 0x100, at: 0 }] },
    actors: [{ name: 'user0', operations: [[OPEN], [OPEN, info(0)]] }],
  },
  {
    id: 'owner-hotplug',
    about: 'open, region_info, mmap, a store and close against a hot add and a hot removal',
    world: { opened: false },
    actors: [
      {
        name: 'user0',
        operations: [[OPEN], [info(0)], [mmap(0, 0, 0x1000), mmap(2, 0, 0x10000)], [touch(0x1000)], [CLOSE]],
      },
      {
        name: 'admin',
        operations: [[hotAdd(2, 0x1000), hotAdd(2, 0x10000)], [{ op: 'hot_remove', slot: 2 }]],
      },
    ],
  },
  {
    id: 'two-owners',
    about: `two threads with an mmap each, out of ${mappings.length}, then munmap or close`,
    actors: twoUsers([mappings, [{ op: 'munmap', map: 'm0' }, CLOSE]]),
  },
  {
    id: 'two-owners-hotplug',
    about: `two threads with an mmap each, out of ${mappings.length}, then a store, munmap or close, against a hot add`,
    actors: [
      ...twoUsers([mappings, [touch(0x1000), { op: 'munmap', map: 'm0' }, CLOSE]]),
      { name: 'admin', operations: [[hotAdd(2, 0x1000)]] },
    ],
  },
  {
    id: 'reopen-hotplug',
    about: 'a close and an open against an mmap and a hot add',
    actors: [
      { name: 'user0', operations: [[CLOSE], [OPEN]] },
      { name: 'user1', operations: [[mmap(0, 0, 0x1000)]] },
      { name: 'admin', operations: [[hotAdd(2, 0x1000)]] },
    ],
  },
  {
    id: 'unaligned-hotplug',
    about: 'a fixed BAR in the middle of a page, where all others are aligned: an mmap against a hot add',
    world: { resourcePageAligned: true, bars: [{ ...bar(0x1000), fixed: true }] },
    actors: [
      { name: 'user0', operations: [[info(0)], [mmap(0, 0, 0x1000)], [touch(0)]] },
      { name: 'admin', operations: [[hotAdd(2, 0x1000)]] },
    ],
  },
  {
    id: 'table',
    about:
      'interrupts and a change of affinity against accesses to the MSI-X table by mmap, pwrite, pread and ioeventfd',
    actors: [
      {
        name: 'user0',
        operations: [
          [{ op: 'set_irqs', vectors: 1 }],
          [mmap(2, 0, 0x10000)],
          [
            touch(0),
            { ...touch(0xc), value: 1 },
            { op: 'pwrite', bar: 2, pos: 0, count: 4 },
            { op: 'pread', bar: 2, pos: 8, count: 16 },
            { op: 'ioeventfd', bar: 2, pos: 0, count: 4 },
          ],
        ],
      },
      { name: 'device0', operations: [[{ op: 'trigger', vector: 0 }]] },
      { name: 'admin', operations: [[{ op: 'affinity', vector: 0 }]] },
    ],
  },
  {
    id: 'ordinary',
    about: `pages of 4 KiB, BARs of whole pages, no MSI-X: two threads with two operations each, out of ${ordinary.length}`,
    world: {
      pageSize: 4096,
      bars: [
        { bar: 0, size: 0x1000, at: 0 },
        { bar: 2, size: 0x20000, at: 0x20000 },
      ],
    },
    actors: twoUsers([ordinary, ordinary]),
  },
  ...boots.map(
    ([id, what, world]): SmallWorld => ({
      id,
      about: `${what}: region_info, an mmap and a store for each BAR, and an interrupt`,
      world,
      actors: [
        {
          name: 'user0',
          operations: [
            [{ op: 'set_irqs', vectors: 1 }],
            [info(0), info(2)],
            [mmap(0, 0, 0x1000), mmap(2, 0, 0x10000)],
            [touch(0), touch(0x1000)],
          ],
        },
        { name: 'device0', operations: [[{ op: 'trigger', vector: 0 }]] },
      ],
    }),
  ),
];
