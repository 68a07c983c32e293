import { describe, expect, test } from 'vitest';
import type { WorldConfig } from '../../harness/model/model.ts';
import { alone, info, map, read, touch, write } from './call-results.fixture.ts';

const HUGE = '0x1000000000000';
const ISM: WorldConfig = { function: 'ism' };
const ISM_MIO: WorldConfig = { function: 'ism', mio: true };

describe('region info', () => {
  test.each([
    { state: 'pre', world: {}, flags: [3, 3, 0, 0, 3, -22, -22] },
    { state: 'v3:1', world: {}, flags: [3, 3, 0, 0, 3, -22, -22] },
    { state: 'v3:1+2', world: {}, flags: [3, 3, 0, 0, 3, -22, -22] },
    { state: 'v3', world: {}, flags: [7, 15, 0, 0, 3, -22, -22] },
    { state: 'v1', world: {}, flags: [7, 15, 0, 0, 3, -22, -22] },
    { state: 'v7:1+2', world: {}, flags: [3, 3, 0, 0, 3, -22, -22] },
    { state: 'v7', world: {}, flags: [7, 15, 0, 0, 3, -22, -22] },
    { state: 'pre', world: { arch: 'x86' }, flags: [7, 15, 0, 0, 3, -22, -22] },
    { state: 'v3', world: { arch: 'powerpc' }, flags: [7, 15, 0, 0, 3, -22, -22] },
    { state: 'v7:1+2', world: { arch: 'x86' }, flags: [7, 15, 0, 0, 3, -22, -22] },
  ])('of BAR 4, 1, 0, the ROM, config space, VGA and nothing on $state ($world): $flags', (row) => {
    expect(alone(row.state, [4, 1, 0, 6, 7, 8, 9].map(info), row.world)).toEqual(row.flags);
  });

  test('of I/O BARs and those below a page: only an aligned one with its page to itself can be mapped', () => {
    const bars = [
      { bar: 0, size: 0x100, type: 'io' },
      { bar: 1, size: 0x800 },
      { bar: 2, size: 0x800, start: 0x800 },
      { bar: 3, size: 0x800, neighbour: true },
      { bar: 4, size: 0x1000 },
    ];
    expect(alone('v3', [0, 1, 2, 3, 4, 5].map(info), { bars })).toEqual([3, 7, 3, 3, 7, 0]);
    expect(alone('pre', [0, 1, 2, 3, 4, 5].map(info), { bars, arch: 'x86' })).toEqual([3, 7, 3, 3, 7, 0]);
    expect(alone('v3', [map({ bar: 1, length: 0x800 }), map({ bar: 0, length: 0x100 })], { bars })).toEqual([
      0, -22,
    ]);
  });

  test.each([
    { state: 'v3', world: ISM, flags: [3, 7] },
    { state: 'v3', world: ISM_MIO, flags: [3, 7] },
    { state: 'v3:1+3', world: ISM, flags: [7, 7] },
    { state: 'v3:3', world: ISM_MIO, flags: [7, 7] },
    { state: 'v7', world: ISM, flags: [3, 3] },
    { state: 'v7', world: ISM_MIO, flags: [3, 3] },
  ])('of an ISM function on $state ($world): $flags', ({ state, world, flags }) => {
    expect(alone(state, [info(0), info(2)], world)).toEqual(flags);
  });

  test('of a BAR beyond the ioremap area: only 2/3 of v1 to v3 asks, on every architecture', () => {
    for (const arch of ['s390', 'x86', 'powerpc']) {
      const world = { arch, bars: [{ bar: 0, size: HUGE }] };
      expect(alone('v3', [info(0)], world)).toEqual([3]);
      expect(alone('v7', [info(0)], world)).toEqual([7]);
      expect(alone('v3', [info(0)], { ...world, ioremapArea: HUGE })).toEqual([7]);
    }
  });
});

describe('mmap', () => {
  test.each([
    ['the whole BAR', {}, 0],
    ['its last page', { offset: 0x3000, length: 0x1000 }, 0],
    ['a length that is rounded up', { offset: 0x3000, length: 1 }, 0],
    ['one page more than there is', { length: 0x4001 }, -22],
    ['beyond the end', { offset: 0x4000, length: 0x1000 }, -22],
    ['nothing', { length: 0 }, -22],
    ['an offset within a page', { offset: 4 }, -22],
    ['privately', { private: true }, -22],
    ['a BAR that does not exist', { bar: 0 }, -22],
    ['the ROM', { bar: 6 }, -22],
    ['config space', { bar: 7 }, -22],
    ['a region that does not exist', { bar: 9 }, -22],
    ['an offset that names the next region', { bar: 3, offset: 2 ** 40 }, 0],
    ['without any access', { prot: '' }, 0],
  ] as const)('%s', (_, fields, ret) => {
    expect(alone('v3', [map(fields)])).toEqual([ret]);
    expect(alone('v7', [map(fields)])).toEqual([ret]);
    expect(alone('pre', [map(fields)])).toEqual([-22]);
  });

  test('after close is -EBADF, but for what is found before the descriptor is looked at', () => {
    expect(alone('v3', [{ op: 'close' }, map(), map({ offset: 4 }), map({ length: 0 })])).toEqual([
      0, -9, -22, -9,
    ]);
  });

  test('longer than the address space is -ENOMEM before anybody asks vfio', () => {
    const bars = [{ bar: 0, size: HUGE }];
    expect(alone('v7', [map({ bar: 0, length: HUGE })], { arch: 'x86', bars })).toEqual([-12]);
    expect(alone('v3', [map({ bar: 0, length: HUGE })], { arch: 'x86', bars })).toEqual([-12]);
    // powerpc has 64 TiB with pages of 4 KiB.
    const world = { arch: 'powerpc', bars, ioremapArea: '0x4000000000000' };
    const lengths = [2 ** 46, 2 ** 46 + 1].map((length) => map({ bar: 0, length }));
    expect(alone('v7', lengths, world)).toEqual([0, -12]);
  });

  test('of a part of a BAR that ioremap cannot hold is -ENOMEM, since all of it is mapped', () => {
    expect(alone('v3:1+3', [map({ bar: 0, length: 0x1000 })], ISM_MIO)).toEqual([-12]);
    expect(alone('v3:1+3', [map({ bar: 0, length: HUGE })], ISM_MIO)).toEqual([-12]);
    // By function handle nothing is mapped, whatever its size.
    expect(alone('v3:1+3', [map({ bar: 0, length: 0x1000 }), write()], ISM)).toEqual([0, 0]);
    expect(alone('v3:1+3', [map({ bar: 0, length: HUGE })], ISM)).toEqual([0]);
    expect(alone('v3', [map({ bar: 0, length: 0x1000 })], ISM_MIO)).toEqual([-22]);
  });

  test('of a BAR as large as the ioremap area passes the check of 2/3 and has no room for the guard page', () => {
    const world = { mio: true, bars: [{ bar: 0, size: '0x8000000000' }] };
    expect(alone('v3', [info(0), map({ bar: 0, length: 0x1000 })], world)).toEqual([7, -12]);
  });
});

describe('a CPU access', () => {
  test.each([
    ['v3', {}, 'SIGILL'],
    ['v7', {}, 'SIGILL'],
    ['v3', { mio: true }, 0],
    ['v7', { arch: 'x86' }, 0],
    ['pre', { arch: 'powerpc' }, 0],
  ] as const)('on %s (%o) ends with %s', (state, world, end) => {
    expect(alone(state, [map(), touch(), touch({ access: 'store' })], world)).toEqual([0, end, end]);
  });

  test.each(['v3', 'v3+fault-fix', 'v7'])('on %s without memory enabled is SIGBUS', (state) => {
    const ops = [map(), { op: 'memory_disable' }, touch(), { op: 'memory_enable' }, touch()];
    expect(alone(state, ops, { arch: 'x86' })).toEqual([0, 0, 'SIGBUS', 0, 0]);
    expect(alone(state, [map(), touch()], { memory: 'disabled' })).toEqual([0, 'SIGBUS']);
  });

  test('that the protection does not allow, or that meets no mapping, is SIGSEGV', () => {
    const world = { arch: 'x86' };
    const store = touch({ access: 'store' });
    expect(alone('v7', [map({ prot: 'r' }), touch(), store], world)).toEqual([0, 0, 'SIGSEGV']);
    expect(alone('v7', [map({ prot: 'w' }), touch(), store], world)).toEqual([0, 0, 0]);
    expect(alone('v7', [map({ prot: '' }), touch(), store], world)).toEqual([0, 'SIGSEGV', 'SIGSEGV']);
    expect(alone('v7', [touch(), map(), touch({ offset: 0x4000 })], world)).toEqual([
      'SIGSEGV',
      0,
      'SIGSEGV',
    ]);
  });

  test('on a non-MIO host puts the page in, so that a system call finds it even without 1/3', () => {
    expect(alone('v3:2+3', [map(), write(), touch(), write(), read()])).toEqual([0, -22, 'SIGILL', 0, 0]);
  });
});

describe('munmap and mprotect', () => {
  test.each(['v3', 'v7'])('on %s: a part that goes takes nothing else with it', (state) => {
    const hole = { op: 'munmap', map: 'm0', offset: 0x1000, length: 0x1000 };
    const pages = [0, 0x1000, 0x2000].map((offset) => write({ offset }));
    expect(alone(state, [map(), ...pages, hole, ...pages])).toEqual([0, 0, 0, 0, 0, 0, -22, 0]);
    expect(alone(state, [map(), hole, { op: 'mprotect', map: 'm0', prot: 'r' }, write()])).toEqual([
      0, 0, -12, -13,
    ]);
  });

  test('errnos', () => {
    const munmap = { op: 'munmap', map: 'm0' };
    expect(
      alone('v3', [
        map(),
        { ...munmap, offset: 4 },
        munmap,
        munmap,
        write(),
        { op: 'mprotect', map: 'm0', prot: 'r' },
      ]),
    ).toEqual([0, -22, 0, 0, -22, -12]);
  });

  test('more than there is takes what there is, but for more than there are addresses', () => {
    const munmap = { op: 'munmap', map: 'm0', length: 2 ** 50 };
    expect(alone('v7', [map(), munmap, read()])).toEqual([0, 0, -22]);
    for (const arch of ['x86', 'powerpc']) {
      expect(alone('v7', [map(), munmap, touch()], { arch })).toEqual([0, -22, 0]);
    }
  });

  test('a mapping that stays keeps working after close', () => {
    expect(alone('v3', [map(), { op: 'close' }, write(), info(4), { op: 'reset' }, { op: 'close' }])).toEqual(
      [0, 0, 0, -9, -9, -9],
    );
  });
});
