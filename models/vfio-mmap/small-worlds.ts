/** Families of scenarios that `verify` explores to the end: the races that the series is about, and every BAR shape. */
import type { Json } from '../../harness/model/field.ts';
import type { WorldConfig } from '../../harness/model/model.ts';
import { actor, type OperationBody, only, type SmallWorld } from '../../harness/model/small-world.ts';
import { PAGE_SIZE } from './layout.ts';

const mmap = (bar: number, length: Json, prot = 'rw', offset: Json = 0): OperationBody => ({
  op: 'mmap',
  bar,
  offset,
  length,
  prot,
  as: 'm0',
});

const mmio = (op: 'mmio_read' | 'mmio_write', offset: Json = 0, length = 8): OperationBody => ({
  op,
  map: 'm0',
  offset,
  length,
});

const touch = (access: 'load' | 'store'): OperationBody => ({ op: 'touch', map: 'm0', offset: 0, access });

const map = mmap(4, 0x4000);

/** An access through the mapping, of each kind that takes a way of its own. */
const accesses: readonly OperationBody[] = [mmio('mmio_write'), mmio('mmio_read'), touch('load')];

/** What makes vfio take mappings away, and what lets them come back. */
const zaps: readonly OperationBody[] = [only('memory_disable'), only('reset')];
const after: readonly OperationBody[] = [only('memory_enable'), ...accesses.slice(0, 1)];

const zapFamily = (id: string, where: string, world: WorldConfig): SmallWorld => ({
  id,
  about: `${where}: two accesses through a mapping against memory disable or reset and what comes after it`,
  world,
  actors: [actor('user0', [map], accesses, accesses), actor('user1', zaps, after)],
});

/** Whether a BAR is offered, and what mapping it, wholly or in part, and using the mapping come to. */
const shapes = (
  id: string,
  where: string,
  world: WorldConfig,
  bars: readonly [number, Json][],
): SmallWorld => ({
  id,
  about: `${where}: what each BAR is offered as, and what mmap and accesses come to, one after the other`,
  world,
  actors: [
    actor(
      'user0',
      bars.map(([bar]) => ({ op: 'region_info', bar })),
      bars.flatMap(([bar, size]) => [
        mmap(bar, size),
        mmap(bar, 0x1000),
        mmap(bar, size, 'r'),
        mmap(bar, size, 'w'),
        mmap(bar, 0x1000, 'rw', 0x1000),
        { ...mmap(bar, size), private: true },
      ]),
      [
        ...accesses,
        touch('store'),
        mmio('mmio_write', 0, 0),
        mmio('mmio_write', 0xffc, 8),
        mmio('mmio_write', 0xff8, 8),
        mmio('mmio_read', 0x1000, 65),
      ],
      [mmio('mmio_write'), mmio('mmio_read')],
    ),
  ],
});

const HUGE = '0x1000000000000';
/** What ioremap has by default. */
const LIMIT = 2 ** 39;
const atTheLimit: Json = [
  { bar: 0, size: LIMIT },
  { bar: 4, size: LIMIT - PAGE_SIZE },
];
const smallBars: Json = [
  { bar: 0, size: 0x100, type: 'io' },
  { bar: 1, size: 0x800 },
  { bar: 2, size: 0x800, start: 0x800 },
  { bar: 3, size: 0x800, neighbour: true },
  { bar: 4, size: 0x1000, msix: true },
];

export const smallWorlds: readonly SmallWorld[] = [
  zapFamily('zap', 'non-MIO host', {}),
  zapFamily('zap-mio', 'MIO host', { mio: true }),
  zapFamily('zap-x86', 'x86', { arch: 'x86' }),
  {
    id: 'zap-unmap',
    about: 'a mapping that was touched is unmapped, wholly or in part, against memory disable or reset',
    actors: [
      actor('user0', [map], accesses.slice(0, 1), [
        { op: 'munmap', map: 'm0' },
        { op: 'munmap', map: 'm0', offset: 0x1000, length: 0x1000 },
      ]),
      actor('user1', zaps),
    ],
  },
  {
    id: 'unmap',
    about: 'an access through a mapping against munmap, wholly or in part, mprotect and another mmap',
    actors: [
      actor('user0', [map], accesses),
      actor(
        'user1',
        [
          { op: 'munmap', map: 'm0' },
          { op: 'munmap', map: 'm0', offset: 0x1000, length: 0x1000 },
          { op: 'mprotect', map: 'm0', prot: 'r' },
          map,
        ],
        accesses.slice(0, 1),
      ),
    ],
  },
  {
    id: 'fork',
    about: 'a mapping that a child inherits, touched or not, against memory disable',
    actors: [actor('user0', [map], accesses, [only('fork')], zaps.slice(0, 1)), actor('child0', accesses)],
  },
  {
    id: 'fork-x86',
    about: 'x86: a mapping that a child inherits, touched or not, against memory disable',
    world: { arch: 'x86' },
    actors: [
      actor('user0', [map], [touch('load'), touch('store')], [only('fork')], zaps.slice(0, 1)),
      actor('child0', [touch('load')]),
    ],
  },
  {
    id: 'unplug',
    about:
      "power-off against an access, and what another thread does with the device, with the owner's answer",
    actors: [
      actor('user0', [map], accesses.slice(0, 1)),
      actor('user1', [only('close'), only('reset'), { op: 'munmap', map: 'm0' }]),
      actor('admin', [only('power_off')]),
    ],
  },
  {
    id: 'unplug-child',
    about: 'power-off while a child has the file or a mapping, which it lets go of or keeps',
    actors: [
      actor('user0', [map], [only('fork')]),
      actor('child0', [only('close'), mmio('mmio_read')]),
      actor('admin', [only('power_off')]),
    ],
  },
  shapes('bars', 'the default function', {}, [
    [4, 0x4000],
    [1, 0x1000],
    [0, 0x1000],
  ]),
  shapes('bars-small', 'I/O and sub-page BARs', { bars: smallBars }, [
    [0, 0x100],
    [1, 0x800],
    [2, 0x800],
    [3, 0x800],
    [4, 0x1000],
  ]),
  shapes('bars-ism', 'an ISM function on a non-MIO host', { function: 'ism' }, [
    [0, HUGE],
    [2, 0x10000],
  ]),
  shapes('bars-ism-mio', 'an ISM function on a MIO host', { function: 'ism', mio: true }, [
    [0, HUGE],
    [2, 0x10000],
  ]),
  shapes(
    'bars-x86',
    'x86, with a BAR beyond the ioremap area',
    {
      arch: 'x86',
      bars: [
        { bar: 0, size: HUGE },
        { bar: 4, size: 0x4000 },
      ],
    },
    [
      [0, HUGE],
      [4, 0x4000],
    ],
  ),
  shapes(
    'bars-boundary',
    'MIO host, with a BAR of exactly the ioremap area',
    { mio: true, bars: atTheLimit },
    [
      [0, LIMIT],
      [4, LIMIT - PAGE_SIZE],
    ],
  ),
  shapes('bars-powerpc', 'powerpc', { arch: 'powerpc' }, [[4, 0x4000]]),
];
