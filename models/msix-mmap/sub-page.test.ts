import { describe, expect, test } from 'vitest';
import type { WorldConfig } from '../../harness/model/model.ts';
import { CLOSE, hotAdd, info, mmap, OPEN, play, store } from './in-order.fixture.ts';

const EINVAL = -22;
const ENOMEM = -12;

/** READ | WRITE, and MMAP besides. */
const RW = 3;
const RWM = 7;

/** With the parameter of rfc2 and rfc3. */
const ALIGNED: WorldConfig = { resourcePageAligned: true };

const bar0 = (at: number, more: object = {}) => ({ bar: 0, size: 0x1000, at, ...more });
const onlyBar0 = (at: number, more: object = {}): WorldConfig => ({ bars: [bar0(at, more)] }) as WorldConfig;

describe('a BAR of 4 KiB on a page of 64 KiB, alone in it', () => {
  test.each([
    ['pre', RW, EINVAL],
    ['v4.6', RW, EINVAL],
    ['rfc1', RWM, 0],
    ['rfc2', RW, EINVAL],
    ['rfc3', RWM, 0],
    ['rfc4', RWM, 0],
    ['rfc4:1+2+3+4', RW, EINVAL],
    ['busflag', RWM, 0],
    ['v4.8', RWM, 0],
    ['v4.12', RWM, 0],
    ['v4.16', RWM, 0],
    ['v5.11', RWM, 0],
  ])('%s: flags %i, mmap %i', (state, flags, ret) => {
    expect(play(state, {}, [info(0), mmap(0)]).returns).toEqual([flags, ret]);
  });

  test('a whole page is mapped and no more', () => {
    expect(play('v4.8', {}, [mmap(0, 0, 0x10000), mmap(0, 0, 0x10001), mmap(0, 0x10000)]).returns).toEqual([
      0,
      EINVAL,
      EINVAL,
    ]);
  });

  test.each<[string, WorldConfig, number]>([
    ['rfc1', { arch: 'arm64' }, EINVAL],
    ['rfc1', {}, 0],
    ['rfc2', { arch: 'arm64' }, EINVAL],
    ['rfc2', { arch: 'arm64', resourcePageAligned: true }, 0],
    ['rfc2', { resourcePageAligned: true }, 0],
  ])('%s, %j: maps it only where alignment is in force', (state, world, ret) => {
    expect(play(state, world, [mmap(0)]).returns).toEqual([ret]);
  });

  test('rfc1 tells by device flags', () => {
    expect(play('rfc1', {}, [{ op: 'device_info' }]).returns).toEqual([3 + 16 + 32]);
    expect(play('rfc1', { arch: 'x86' }, [{ op: 'device_info' }]).returns).toEqual([3]);
    expect(play('rfc2', {}, [{ op: 'device_info' }]).returns).toEqual([3]);
  });
});

describe('a BAR that does not start on a page', () => {
  // Fixed, so that nobody moves it.
  const world = onlyBar0(0x1000, { fixed: true });

  test.each(['pre', 'v4.6', 'rfc3', 'rfc4', 'v4.8', 'v4.12', 'v4.16', 'v5.11'])(
    '%s does not map it',
    (state) => {
      expect(play(state, world, [info(0), mmap(0)]).returns).toEqual([RW, EINVAL]);
    },
  );

  test.each(['rfc1', 'rfc2'])('%s maps the page that it begins in', (state) => {
    const { returns, world: after } = play(state, { ...world, ...ALIGNED }, [mmap(0), store(0)]);
    expect(returns).toEqual([0, 0]);
    expect(after.touches[0]).toMatchObject({ address: 0, target: 'nothing', recorded: false });
  });
});

describe('MX-H1: a function that could not be moved has the rest of the page', () => {
  const world: WorldConfig = { ...onlyBar0(0), neighbour: [bar0(0x1000, { fixed: true })] } as WorldConfig;
  const ops = [mmap(0), store(0x1000)];

  test.each(['rfc1', 'rfc2'])('%s gives it away', (state) => {
    const { returns, world: after } = play(state, { ...world, ...ALIGNED, probeOnly: true }, ops);
    expect(returns).toEqual([0, 0]);
    expect(after.exposures).toMatchObject([{ cause: 'mmap', page: 0, exposed: '0000:01:01.0 BAR 0' }]);
    expect(after.touches).toMatchObject([{ target: 'other function', reached: '0000:01:01.0 BAR 0' }]);
  });

  test.each(['pre', 'rfc3', 'rfc4', 'v4.8', 'v5.11'])('%s does not', (state) => {
    const { returns, world: after } = play(state, { ...world, probeOnly: true }, ops);
    expect(returns).toEqual([EINVAL, 'SIGSEGV']);
    expect(after.exposures).toEqual([]);
  });
});

describe('MX-H2: a function arrives after the page was mapped', () => {
  const ops = [mmap(0), hotAdd(), store(0x1000)];

  test.each([
    ['rfc3', {}],
    ['rfc4', {}],
    ['always', {}],
    ['v4.8+mutant-early-release', {}],
  ])('%s: into the page', (state, world) => {
    const all = state.includes('mutant')
      ? [mmap(0), mmap(0, 0, 0x1000, 'm1'), { op: 'munmap', map: 'm1' }, hotAdd(), store(0x1000)]
      : ops;
    const { returns, world: after } = play(state, world, all);
    expect(returns.every((ret) => ret === 0)).toBe(true);
    expect(after.exposures).toMatchObject([{ cause: 'hot add', exposed: '0000:01:02.0 BAR 0' }]);
    expect(after.touches).toMatchObject([{ target: 'other function', address: 0x1000 }]);
  });

  test.each(['rfc1', 'rfc2', 'rfc3', 'v4.8', 'v4.12', 'v4.16', 'v5.11'])('%s: elsewhere', (state) => {
    const { returns, world: after } = play(state, ALIGNED, ops);
    expect(returns).toEqual([0, 0, 0]);
    expect(after.exposures).toEqual([]);
    expect(after.hotPlugs).toMatchObject([{ start: 0x10000 }]);
    expect(after.touches).toMatchObject([{ target: 'nothing' }]);
  });

  test.each(['rfc1', 'rfc2'])('%s: into the page of a BAR that could not be moved', (state) => {
    const world: WorldConfig = { ...onlyBar0(0x1000, { fixed: true }), ...ALIGNED };
    const { returns, world: after } = play(state, world, [mmap(0), hotAdd(), store(0)]);
    expect(returns).toEqual([0, 0, 0]);
    expect(after.exposures).toMatchObject([{ cause: 'hot add', page: 0 }]);
    expect(after.touches).toMatchObject([{ target: 'other function', reached: '0000:01:02.0 BAR 0' }]);
  });

  test('the reservation lasts from the first open to the last close', () => {
    const full = { op: 'hot_add', slot: 3, size: 0x80000 } as const;
    const world: WorldConfig = {
      ...onlyBar0(0),
      neighbour: [
        { bar: 0, size: 0x10000, at: 0x10000 },
        { bar: 1, size: 0x20000, at: 0x20000 },
        { bar: 2, size: 0x40000, at: 0x40000 },
      ],
    };
    const { returns, world: after } = play('v4.8', world, [
      full,
      mmap(0),
      CLOSE,
      hotAdd(),
      { op: 'munmap', map: 'm0' },
      { op: 'hot_remove', slot: 2 },
      hotAdd(),
    ]);
    // The mapping pins the file after the close of the descriptor.
    expect(returns).toEqual([0, 0, 0, ENOMEM, 0, 0, 0]);
    expect(after.hotPlugs.filter(({ what }) => what === 'add')).toMatchObject([
      { start: 0x80000 },
      { start: null, opened: true, roomWithoutDummies: true },
      { start: 0x1000, opened: false },
    ]);
    expect(after.closes).toMatchObject([{ dummiesLeft: 0, mappingsLeft: 0 }]);
  });

  test('a function that is there already keeps the page from being reserved, until it leaves', () => {
    const { returns } = play('v4.8', { opened: false }, [
      hotAdd(),
      OPEN,
      mmap(0),
      CLOSE,
      { op: 'hot_remove', slot: 2 },
      OPEN,
      mmap(0),
    ]);
    expect(returns).toEqual([0, 0, EINVAL, 0, 0, 0, 0]);
  });
});

test('MX-H10: of two sub-page BARs of one function in a page, v4.8 maps neither', () => {
  const world: WorldConfig = { bars: [bar0(0), { bar: 1, size: 0x1000, at: 0x1000 }] };
  expect(play('v4.8', world, [mmap(0), mmap(1)]).returns).toEqual([EINVAL, EINVAL]);
  expect(play('v4.12', world, [mmap(0), mmap(1)]).returns).toEqual([0, 0]);
});

describe('MX-H9: vfio_pci_igd_init fails', () => {
  const world: WorldConfig = { arch: 'x86', igdFails: true, opened: false };

  test.each([
    ['pre', 0, null],
    ['busflag', 0, null],
    ['v4.6', EINVAL, null],
    ['v4.8', EINVAL, 'vfio_pci_disable'],
    ['v4.16', EINVAL, 'vfio_pci_disable'],
    ['v5.11', EINVAL, null],
  ])('%s: open returns %i, oops in %s', (state, ret, where) => {
    const { returns, world: after } = play(state, world, [OPEN]);
    expect(returns).toEqual([ret]);
    expect(after.oops?.function ?? null).toBe(where);
  });
});

describe('opens and slots', () => {
  test('a fourth descriptor is refused after vfio_pci_open, which is undone', () => {
    const { returns, world } = play('v4.8', {}, [OPEN, OPEN, OPEN, CLOSE, CLOSE, CLOSE]);
    expect(returns).toEqual([0, 0, -24, 0, 0, 0]);
    expect(world.opens.map(({ ret }) => ret)).toEqual([0, 0, 0, 0]);
    expect(world.closes).toMatchObject([{ dummiesLeft: 0 }]);
  });

  test('a slot is not filled twice, and not emptied twice', () => {
    const remove = { op: 'hot_remove', slot: 2 };
    expect(play('pre', {}, [remove, hotAdd(), hotAdd(), remove, remove]).returns).toEqual([
      EINVAL,
      0,
      EINVAL,
      0,
      EINVAL,
    ]);
  });
});
