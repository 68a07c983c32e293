import { describe, expect, test } from 'vitest';
import { alone, by, disable, enable, map, read, run, touch, write } from './call-results.fixture.ts';
import { series as vfioMmap } from './series.ts';

const MEM = map({ file: 'mem' });

describe('the system calls, before anything else', () => {
  test('exist on s390 only, and need zPCI', () => {
    expect(alone('v3', [write(), read()], { arch: 'x86' })).toEqual([-38, -38]);
    expect(alone('v3', [write({ length: 0 }), read()], { zpci: false })).toEqual([-19, -19]);
  });

  test.each([
    [0, 0, -22],
    [0, 4097, -22],
    [0xffc, 8, -22],
    [0xff8, 8, 0],
    [0, 4096, 0],
  ])('at offset %i with %i bytes: %i, on both kinds of host', (offset, length, ret) => {
    for (const mio of [false, true]) {
      expect(alone('v3', [map(), write({ offset, length }), read({ offset, length })], { mio })).toEqual([
        0,
        ret,
        ret,
      ]);
    }
  });

  test('more than 64 bytes need memory, on a host without MIO', () => {
    const ops = [map(), write({ length: 64 }), write({ length: 65 }), read({ length: 65 })];
    expect(alone('v3', ops, { fault: 'kmalloc' })).toEqual([0, 0, -12, -12]);
    expect(alone('v3', ops, { fault: 'kmalloc', mio: true })).toEqual([0, 0, 0, 0]);
  });

  test('a bad buffer: a write fails first, a read when all is done', () => {
    const bad = { buffer: 'bad' };
    const { results, world } = run(
      'v3',
      by('user0', map(), write(bad), read(bad), write({ ...bad, map: 'm1' })),
    );
    expect(results).toEqual([0, -14, -14, -14]);
    expect(world.device()).toEqual([{ actor: 'user0', insn: 'pcilg', pcias: 4, offset: 0, len: 8 }]);
    expect(alone('v3', [map(), write(bad), read(bad)], { mio: true })).toEqual([0, -6, -14]);
  });
});

describe('on a host without MIO', () => {
  test('what is no mapping is -EINVAL', () => {
    expect(alone('v3', [write(), map(), read({ offset: 0x4000 }), write({ map: 'm1' })])).toEqual([
      -22, 0, -22, -22,
    ]);
  });

  test.each([
    ['pre', 'r', -13, -13],
    ['pre', 'w', 0, 0],
    ['v3:2+3', 'rw', 0, 0],
    ['v3:1', 'r', -13, -14],
    ['v3:1', 'w', 0, -13],
    ['v7', 'rw', 0, -14],
    ['v7', '', -13, -13],
  ])('on %s with protection "%s" a write is %i and a read %i', (state, prot, written, readBack) => {
    // /dev/mem has its pages at once, and page frames that the read system call does not take (-EFAULT).
    const expected = readBack === 0 ? -14 : readBack;
    expect(alone(state, [map({ file: 'mem', prot }), write(), read()])).toEqual([0, written, expected]);
  });

  test.each([
    ['v3', 'r', -13, 0],
    ['v3', 'w', 0, -13],
    ['v7', 'r', -13, 0],
    ['v7', 'w', 0, -13],
  ])('on %s a BAR mapped "%s": a write is %i, a read %i', (state, prot, written, readBack) => {
    expect(alone(state, [map({ prot }), write(), read()])).toEqual([0, written, readBack]);
  });

  test.each(['v3:2+3', 'v3:3', 'v1:2+3'])('%s never gets to a BAR that nobody touched', (state) => {
    expect(alone(state, [map(), write(), read(), write()])).toEqual([0, -22, -22, -22]);
    // And loses it at each zap.
    expect(alone(state, [map(), touch(), write(), disable, enable, write()])).toEqual([
      0,
      'SIGILL',
      0,
      0,
      0,
      -22,
    ]);
  });

  test.each(['v1', 'v2', 'v3', 'v3:1+3', 'v3:3+1', 'v3+fault-fix', 'v7'])(
    '%s faults it in, also after a zap, and not with memory disabled',
    (state) => {
      const ops = [
        map(),
        write(),
        read(),
        disable,
        write(),
        read(),
        enable,
        read(),
        { op: 'reset' },
        write(),
      ];
      expect(alone(state, ops)).toEqual([0, 0, 0, 0, -22, -22, 0, 0, 0, 0]);
    },
  );

  test('a page frame below ZPCI_IOMAP_ADDR_BASE: the write stores nothing and says 0', () => {
    const { results, world } = run('v7', by('user0', MEM, write(), read()));
    expect(results).toEqual([0, 0, -14]);
    expect(world.device()).toEqual([]);
    expect(alone('v7+write-errno', [MEM, write(), read()])).toEqual([0, -14, -14]);
  });

  test('how an access is split', () => {
    const { world } = run(
      'v3',
      by('user0', map(), write({ length: 144 }), write({ offset: 3, length: 11 }), read({ length: 12 })),
    );
    expect(world.device().map(({ insn, offset, len }) => `${insn} ${offset} ${len}`)).toEqual([
      'pcistb 0 128',
      'pcistb 128 16',
      'pcistg 3 8',
      'pcistg 11 2',
      'pcistg 13 1',
      'pcilg 0 8',
      'pcilg 8 4',
    ]);
  });
});

describe('on a MIO host', () => {
  test.each(['v3:3', 'v3', 'v7'])('%s needs no help to fault a page in', (state) => {
    const ops = [map(), write(), read(), disable, write(), read(), enable, write()];
    expect(alone(state, ops, { mio: true })).toEqual([0, 0, 0, 0, -6, -6, 0, 0]);
  });

  test('what is no mapping, or may not be done to it, is -ENXIO', () => {
    const world = { mio: true };
    expect(alone('v3', [write(), map({ prot: 'r' }), write(), read()], world)).toEqual([-6, 0, -6, 0]);
    expect(alone('v3', [MEM, write()], world)).toEqual([0, -6]);
  });

  test('a function that takes no MIO: mapped where it is small, and of no use', () => {
    const world = { mio: true, function: 'ism' };
    const { results, world: seen } = run('v3', by('user0', map({ bar: 2 }), write(), read(), touch()), world);
    expect(results).toEqual([0, -6, -6, 'SIGILL']);
    expect(seen.device()).toEqual([]);
    expect(alone('v7', [map({ bar: 2 })], world)).toEqual([-22]);
  });
});

describe('pread and pwrite', () => {
  const pread = { op: 'pread', bar: 4, pos: 0, count: 8 };
  const pwrite = { ...pread, op: 'pwrite' };

  test('work on every state, without any mapping, and with 8 bytes at once from v6.11 on', () => {
    for (const [state, pieces] of [
      ['pre', 2],
      ['v3', 2],
      ['v7', 1],
    ] as const) {
      const { results, world } = run(state, by('user0', pread, pwrite));
      expect(results).toEqual([8, 8]);
      expect(world.device()).toHaveLength(2 * pieces);
    }
  });

  test('errnos', () => {
    const ops = [
      { ...pread, pos: 0x4000 },
      { ...pread, bar: 0 },
      { ...pread, count: 0 },
      { ...pread, pos: 0x3ffe },
    ];
    expect(alone('v3', ops)).toEqual([-22, -22, 0, 2]);
    expect(alone('v3', [disable, pread, enable, pwrite])).toEqual([0, -5, 0, 8]);
    expect(alone('v3', [{ op: 'close' }, pread])).toEqual([0, -9]);
  });

  test('leave the MSI-X table alone', () => {
    const { results, world } = run(
      'v3',
      by('user0', { ...pwrite, bar: 1 }, { ...pwrite, bar: 1, pos: 0x3fc }),
    );
    expect(results).toEqual([8, 8]);
    expect(world.device()).toEqual([{ actor: 'user0', insn: 'pcistg', pcias: 1, offset: 0x400, len: 4 }]);
  });

  test('map the whole BAR, which an ISM function on a MIO host cannot be', () => {
    expect(alone('v3', [{ ...pread, bar: 0 }], { function: 'ism', mio: true })).toEqual([-12]);
    expect(alone('v3', [{ ...pread, bar: 0 }], { function: 'ism' })).toEqual([8]);
  });
});

describe('prefixes and other selections', () => {
  test('3/3 of v7 needs 2/3', () => {
    expect(() => vfioMmap.model('v7:1+3')).toThrow(/2\/3/);
    expect(() => vfioMmap.model('v7:3')).toThrow(/2\/3/);
  });

  test.each([
    ['v3:1', [-22, 0]],
    ['v3:1+2', [-22, 0]],
    ['v7:1', [-22, 0]],
    ['v7:1+2', [-22, 0]],
    ['v7:2', [-22, -13]],
    ['v3:2', [-22, -13]],
  ])('%s: mmap of a BAR, and a read through a mapping without VM_WRITE: %o', (state, [mapped, fails]) => {
    const results = alone(state, [map(), map({ file: 'mem', prot: 'r' }), read()]);
    // Allowed, the read gets on to the page frame.
    expect(results).toEqual([mapped, 0, fails === 0 ? -14 : -13]);
  });
});
