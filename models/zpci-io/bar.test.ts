import { describe, expect, test } from 'vitest';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { type Recording, record } from '../../harness/scenario/recording.ts';
import { series as zpciIo } from './series.ts';

function run(
  state: string,
  ops: readonly Operation[],
  world: WorldConfig = {},
  schedule: readonly string[] = [],
): Recording {
  return record(zpciIo.model(state)!, { format: 1, model: `zpci-io/${state}`, world, ops, schedule }, 10_000);
}

const rets = ({ calls }: Recording) => calls.map(({ ret }) => ret);
const device = (recording: Recording): string[] =>
  recording.device.map(({ insn, pcias, offset, len }) => `${insn} ${pcias} ${offset} ${len}`);

const access = (op: 'bar_write' | 'bar_read', bar: number, pos: number, count: number, buffer = 'ok') => ({
  actor: 'user0',
  op,
  bar,
  pos,
  count,
  buffer,
});
const disable: Operation = { actor: 'user0', op: 'memory_disable' };
const enable: Operation = { actor: 'user0', op: 'memory_enable' };

interface Row {
  readonly pos: number;
  readonly count: number;
  readonly ret: number;
  /** Offset and length of each piece. */
  readonly pieces: readonly (readonly [offset: number, len: number])[];
}

/** do_io_rw of v5.11 on BAR 2 of 64 KiB. */
const SPLIT: readonly Row[] = [
  { pos: 0, count: 0, ret: 0, pieces: [] },
  { pos: 0, count: 1, ret: 1, pieces: [[0, 1]] },
  { pos: 0, count: 4, ret: 4, pieces: [[0, 4]] },
  {
    pos: 0,
    count: 8,
    ret: 8,
    pieces: [
      [0, 4],
      [4, 4],
    ],
  },
  { pos: 2, count: 2, ret: 2, pieces: [[2, 2]] },
  {
    pos: 2,
    count: 4,
    ret: 4,
    pieces: [
      [2, 2],
      [4, 2],
    ],
  },
  {
    pos: 1,
    count: 7,
    ret: 7,
    pieces: [
      [1, 1],
      [2, 2],
      [4, 4],
    ],
  },
  {
    pos: 3,
    count: 7,
    ret: 7,
    pieces: [
      [3, 1],
      [4, 4],
      [8, 2],
    ],
  },
  {
    pos: 4,
    count: 7,
    ret: 7,
    pieces: [
      [4, 4],
      [8, 2],
      [10, 1],
    ],
  },
  { pos: 0xfffc, count: 8, ret: 4, pieces: [[0xfffc, 4]] },
  { pos: 0xffff, count: 0x7fff_f000, ret: 1, pieces: [[0xffff, 1]] },
  { pos: 0x10000, count: 1, ret: -22, pieces: [] },
];

describe.each(['pre', 'rfc', 'v1', 'v2-min', 'v2'])('the BAR path of %s', (state) => {
  test.each(SPLIT)('splits $count bytes at $pos', ({ pos, count, ret, pieces }) => {
    const written = run(state, [access('bar_write', 2, pos, count)]);
    const readBack = run(state, [access('bar_read', 2, pos, count)]);
    expect(rets(written)).toEqual([ret]);
    expect(rets(readBack)).toEqual([ret]);
    expect(device(written)).toEqual(pieces.map(([offset, len]) => `pcistg 2 ${offset} ${len}`));
    expect(device(readBack)).toEqual(pieces.map(([offset, len]) => `pcilg 2 ${offset} ${len}`));
  });

  test.each([
    { what: 'an unmapped buffer is not written from', op: access('bar_write', 2, 0, 8, 'bad'), pieces: [] },
    {
      what: 'a torn buffer is written up to its end',
      op: access('bar_write', 2, 0, 8, 'torn'),
      pieces: ['pcistg 2 0 4'],
    },
    {
      what: 'a piece is read before its buffer is found unmapped',
      op: access('bar_read', 2, 0, 8, 'bad'),
      pieces: ['pcilg 2 0 4'],
    },
    {
      what: 'and after a first piece too',
      op: access('bar_read', 2, 0, 8, 'torn'),
      pieces: ['pcilg 2 0 4', 'pcilg 2 4 4'],
    },
  ])('-EFAULT: $what', ({ op, pieces }) => {
    const recording = run(state, [op]);
    expect(rets(recording)).toEqual([-14]);
    expect(device(recording)).toEqual(pieces);
  });

  test('does not hear of instructions that fail', () => {
    const recording = run(state, [access('bar_write', 2, 0, 4), access('bar_read', 2, 0, 4)], {
      device: 'error',
    });
    expect(rets(recording)).toEqual([4, 4]);
  });

  test('refuses what is no BAR, and what is no region', () => {
    const ops = [
      access('bar_write', 1, 0, 4),
      access('bar_read', 5, 0, 4),
      access('bar_write', 5, 2 ** 40, 4),
    ];
    expect(rets(run(state, ops))).toEqual([-22, -22, -22]);
  });

  test('takes a position from 1 TiB on for one in a later region', () => {
    const recording = run(state, [
      access('bar_write', 0, 2 * 2 ** 40 + 8, 4),
      access('bar_read', 0, 2 ** 40, 4),
    ]);
    expect(rets(recording)).toEqual([4, -22]);
    expect(device(recording)).toEqual(['pcistg 2 8 4']);
  });

  test('asks whether memory is enabled, before each piece', () => {
    const store = access('bar_write', 2, 0, 8);
    const recording = run(state, [disable, store, enable, store]);
    expect(rets(recording)).toEqual([0, -5, 0, 8]);
    expect(device(recording)).toEqual(['pcistg 2 0 4', 'pcistg 2 4 4']);
  });

  test('does not ask where the function has no memory enable bit', () => {
    const recording = run(state, [disable, access('bar_write', 2, 0, 4)], { noCommandMemory: true });
    expect(rets(recording)).toEqual([0, 4]);
  });

  test('uses MIO instructions wherever the host has them', () => {
    const ops = [access('bar_write', 2, 0, 4), access('bar_read', 2, 0, 4)];
    expect(device(run(state, ops, { mio: true }))).toEqual(['pcistgi 2 0 4', 'pcilgi 2 0 4']);
  });

  test('cannot map 256 TiB on a host with MIO, and leaves the BAR as it was', () => {
    const ops = [access('bar_write', 0, 0, 4), access('bar_write', 0, 0, 4)];
    expect(rets(run(state, ops, { mio: true }))).toEqual([-12, -12]);
    expect(rets(run(state, ops))).toEqual([4, 4]);
  });
});

/** The MSI-X table is at 0x2000 to 0x23ff of BAR 0. */
const WINDOW: readonly Row[] = [
  { pos: 0x1ffc, count: 4, ret: 4, pieces: [[0x1ffc, 4]] },
  { pos: 0x2000, count: 8, ret: 8, pieces: [] },
  { pos: 0x23ff, count: 1, ret: 1, pieces: [] },
  { pos: 0x2400, count: 4, ret: 4, pieces: [[0x2400, 4]] },
  {
    pos: 0x1ffa,
    count: 16,
    ret: 16,
    pieces: [
      [0x1ffa, 2],
      [0x1ffc, 4],
    ],
  },
  {
    pos: 0x1ffe,
    count: 0x410,
    ret: 0x410,
    pieces: [
      [0x1ffe, 2],
      [0x2400, 4],
      [0x2404, 4],
      [0x2408, 4],
      [0x240c, 2],
    ],
  },
  { pos: 0x23fe, count: 4, ret: 4, pieces: [[0x2400, 2]] },
];

describe.each(['pre', 'v1', 'v2', 'v3', 'mainline'])('the MSI-X window on %s', (state) => {
  const widest = state === 'mainline' ? 8 : 4;

  test.each(WINDOW)('drops writes and fills reads: $count bytes at $pos', ({ pos, count, ret, pieces }) => {
    const world = { function: 'msix' };
    const written = run(state, [access('bar_write', 0, pos, count)], world);
    const filled = run(state, [access('bar_read', 0, pos, count)], world);
    expect(rets(written)).toEqual([ret]);
    expect(rets(filled)).toEqual([ret]);
    const expected =
      widest === 8 && pieces.length === 5
        ? [
            [0x1ffe, 2],
            [0x2400, 8],
            [0x2408, 4],
            [0x240c, 2],
          ]
        : pieces;
    expect(device(written)).toEqual(expected.map(([offset, len]) => `pcistg 0 ${offset} ${len}`));
    expect(device(filled)).toEqual(expected.map(([offset, len]) => `pcilg 0 ${offset} ${len}`));
  });

  test('needs the buffer of a read, but not that of a write, within it', () => {
    const ops = [access('bar_write', 0, 0x2000, 8, 'bad'), access('bar_read', 0, 0x2000, 8, 'bad')];
    expect(rets(run(state, ops, { function: 'msix' }))).toEqual([8, -14]);
  });

  test('knows -22 beyond the BAR and for BARs that are not there', () => {
    const ops = [access('bar_write', 0, 0x4000, 4), access('bar_write', 2, 0, 4)];
    expect(rets(run(state, ops, { function: 'msix' }))).toEqual([-22, -22]);
  });
});

test('mainline splits into 8 bytes too, for functions that vfio/ism does not drive', () => {
  const recording = run('mainline', [access('bar_write', 0, 4, 21)], { function: 'msix' });
  expect(rets(recording)).toEqual([21]);
  expect(device(recording)).toEqual(['pcistg 0 4 4', 'pcistg 0 8 8', 'pcistg 0 16 8', 'pcistg 0 24 1']);
});

describe('races on pre', () => {
  const store = access('bar_write', 2, 0, 8);
  const alone = run('pre', [store]).steps.map(({ text }) => text);
  const upTo = (text: string): number => alone.indexOf(text) + 1;

  /** user0 runs `steps` steps, then user1 as long as it can. */
  const interrupted = (steps: number, by: Operation): Recording =>
    run('pre', [store, { ...by, actor: 'user1' }], {}, [...Array<string>(steps).fill('user0'), 'user1']);

  test('memory disabled between two pieces: -EIO, and the first one is done', () => {
    const recording = interrupted(upTo('unlock memory_lock'), disable);
    expect(rets(recording)).toEqual([0, -5]);
    expect(device(recording)).toEqual(['pcistg 2 0 4']);
  });

  test('a disable waits for the piece under way', () => {
    const recording = interrupted(upTo('read PCI_COMMAND_MEMORY = true'), disable);
    expect(rets(recording)).toEqual([0, -5]);
    expect(device(recording)).toEqual(['pcistg 2 0 4']);
    expect(recording.steps.map(({ text }) => text)).toContain('lock memory_lock (queued)');
  });

  test('of two first accesses one finds the resource taken: -EBUSY', () => {
    const recording = interrupted(upTo('BAR 2 resource: true'), access('bar_read', 2, 0, 4));
    expect(recording.calls).toEqual([
      { actor: 'user1', op: 'bar_read', ret: -16 },
      { actor: 'user0', op: 'bar_write', ret: 8 },
    ]);
  });

  test('another store comes between two pieces', () => {
    const recording = interrupted(upTo('unlock memory_lock'), access('bar_write', 2, 0, 4));
    expect(recording.device.map(({ actor, offset }) => `${actor} ${offset}`)).toEqual([
      'user0 0',
      'user1 0',
      'user0 4',
    ]);
  });
});

interface DriverRow {
  readonly what: string;
  readonly op: Operation;
  readonly world?: WorldConfig;
  /** Return value and what reaches the device; one pair where both drivers agree. */
  readonly v3: readonly [number, ...string[]];
  readonly mainline?: readonly [number, ...string[]];
}

const DRIVERS: readonly DriverRow[] = [
  { what: 'nothing', op: access('bar_write', 1, 0, 0), v3: [0] },
  { what: '11 bytes off any alignment', op: access('bar_write', 2, 3, 11), v3: [11, 'pcistb 2 3 11'] },
  { what: 'one byte', op: access('bar_write', 2, 7, 1), v3: [1, 'pcistb 2 7 1'] },
  { what: 'a page', op: access('bar_write', 2, 0x1000, 4096), v3: [4096, 'pcistb 2 4096 4096'] },
  { what: 'more than maxstbl', op: access('bar_write', 2, 0, 129), world: { maxstbl: 128 }, v3: [-22] },
  { what: 'more than a page', op: access('bar_write', 2, 0, 4097), world: { maxstbl: 8191 }, v3: [-22] },
  { what: 'across 4 KiB', op: access('bar_write', 2, 0xff8, 9), v3: [-22] },
  {
    what: 'clipped at the end of the BAR',
    op: access('bar_write', 2, 0xfff8, 4096),
    v3: [8, 'pcistb 2 65528 8'],
  },
  { what: 'beyond the BAR', op: access('bar_write', 2, 0x10000, 1), v3: [-22] },
  { what: 'no such BAR', op: access('bar_read', 1, 0, 1), v3: [-22] },
  {
    what: 'the far end of 256 TiB',
    op: access('bar_write', 0, 2 ** 48 - 8, 16),
    v3: [8, 'pcistb 0 281474976710648 8'],
  },
  {
    what: 'a position from 1 TiB on',
    op: access('bar_read', 0, 2 ** 40, 8),
    v3: [8, 'pcilg 0 1099511627776 8'],
  },
  {
    what: 'a host with MIO',
    op: access('bar_write', 0, 0, 16),
    world: { mio: true },
    v3: [16, 'pcistb 0 0 16'],
  },
  {
    what: 'no memory for a buffer',
    op: access('bar_write', 2, 0, 8),
    world: { fault: 'kmalloc' },
    v3: [-12],
  },
  { what: 'a bad buffer', op: access('bar_write', 2, 0, 8, 'bad'), v3: [-14] },
  { what: 'a torn buffer', op: access('bar_write', 2, 0, 8, 'torn'), v3: [-14] },
  {
    what: 'a condition code above 0',
    op: access('bar_write', 2, 0, 8),
    world: { device: 'error' },
    v3: [-5, 'pcistb 2 0 8'],
  },
  {
    what: 'a program exception',
    op: access('bar_write', 2, 0, 8),
    world: { device: 'exception' },
    v3: [-6, 'pcistb 2 0 8'],
  },
  {
    what: 'a load that fails',
    op: access('bar_read', 2, 0, 8),
    world: { device: 'exception' },
    v3: [-6, 'pcilg 2 0 8'],
  },
  { what: 'a load of 8', op: access('bar_read', 2, 0, 8), v3: [8, 'pcilg 2 0 8'] },
  { what: 'a load of 1', op: access('bar_read', 2, 7, 1), v3: [1, 'pcilg 2 7 1'] },
  {
    what: 'a load of 3',
    op: access('bar_read', 2, 4, 3),
    v3: [3, 'pcilg 2 4 3'],
    mainline: [3, 'pcilg 2 4 2', 'pcilg 2 6 1'],
  },
  {
    what: 'a load that takes more than one instruction',
    op: access('bar_read', 2, 7, 16),
    v3: [-22],
    mainline: [16, 'pcilg 2 7 1', 'pcilg 2 8 8', 'pcilg 2 16 4', 'pcilg 2 20 2', 'pcilg 2 22 1'],
  },
  {
    what: 'a load across 4 KiB',
    op: access('bar_read', 2, 0xffc, 8),
    v3: [-22],
    mainline: [8, 'pcilg 2 4092 4', 'pcilg 2 4096 4'],
  },
  {
    what: 'a load without memory for a buffer',
    op: access('bar_read', 2, 0, 8),
    world: { fault: 'kmalloc' },
    v3: [-12],
    mainline: [8, 'pcilg 2 0 8'],
  },
  { what: 'a load to a bad buffer', op: access('bar_read', 2, 0, 8, 'bad'), v3: [-14, 'pcilg 2 0 8'] },
  {
    what: 'a load to a torn buffer',
    op: access('bar_read', 2, 4, 8, 'torn'),
    v3: [-22],
    mainline: [-14, 'pcilg 2 4 4', 'pcilg 2 8 4'],
  },
  // Which check comes first.
  { what: 'nothing at a bad position', op: access('bar_read', 2, 0x10000, 0, 'bad'), v3: [0] },
  {
    what: 'too long, across 4 KiB, no memory, bad buffer',
    op: access('bar_write', 2, 0xff8, 4097, 'bad'),
    world: { fault: 'kmalloc' },
    v3: [-22],
  },
  {
    what: 'across 4 KiB, no memory, bad buffer',
    op: access('bar_write', 2, 0xff8, 16, 'bad'),
    world: { fault: 'kmalloc' },
    v3: [-22],
  },
  {
    what: 'no memory, bad buffer',
    op: access('bar_write', 2, 0, 16, 'bad'),
    world: { fault: 'kmalloc' },
    v3: [-12],
  },
  {
    what: 'bad buffer, failing device',
    op: access('bar_write', 2, 0, 16, 'bad'),
    world: { device: 'error' },
    v3: [-14],
  },
];

describe.each(['v3', 'mainline'] as const)('the driver of %s', (state) => {
  test.each(DRIVERS)('$what', ({ op, world, v3, mainline }) => {
    const recording = run(state, [op], world);
    const [ret, ...instructions] = state === 'v3' ? v3 : (mainline ?? v3);
    expect(rets(recording)).toEqual([ret]);
    expect(device(recording)).toEqual(instructions);
    expect(recording.violations).toEqual([]);
  });
});

describe('memory enable', () => {
  const ops = [disable, access('bar_write', 2, 0, 8), access('bar_read', 2, 0, 8)];

  test('is asked for by v3', () => {
    const recording = run('v3', ops);
    expect(rets(recording)).toEqual([0, -5, -5]);
    expect(device(recording)).toEqual([]);
    expect(rets(run('v3', ops, { noCommandMemory: true }))).toEqual([0, 8, 8]);
  });

  test('is not asked for by mainline', () => {
    const recording = run('mainline', ops);
    expect(rets(recording)).toEqual([0, 8, 8]);
    expect(recording.violations.map(({ kind }) => kind)).toEqual(['driver-access-while-disabled']);
  });
});

describe('step by step', () => {
  const steps = (state: string, op: Operation): string[] =>
    run(state, [op]).steps.map(({ text }) => text.replace(/ = .*|: .*/, ''));

  test('v3 holds memory_lock over check and instruction', () => {
    const inside = [
      'lock memory_lock for read',
      'read PCI_COMMAND_MEMORY',
      'read zdev->fh',
      'the function',
      'unlock memory_lock',
    ];
    expect(steps('v3', access('bar_write', 2, 0, 8))).toEqual([
      'begin bar_write',
      'device fd',
      ...inside,
      'device fd',
    ]);
    expect(steps('v3', access('bar_read', 2, 0, 8))).toEqual([
      'begin bar_read',
      'device fd',
      ...inside,
      'device fd',
    ]);
  });

  test('mainline holds nothing, and reads the handle for each instruction', () => {
    const one = ['read zdev->fh', 'the function'];
    expect(steps('mainline', access('bar_write', 2, 0, 8))).toEqual([
      'begin bar_write',
      'device fd',
      ...one,
      'device fd',
    ]);
    expect(steps('mainline', access('bar_read', 2, 0, 12))).toEqual([
      'begin bar_read',
      'device fd',
      ...one,
      ...one,
      'device fd',
    ]);
  });
});

describe('the drafts of vfio/ism', () => {
  test.each([
    { state: 'mainline', count: 4, kinds: [] },
    { state: 'mainline+mutant-ism-v3', count: 4, kinds: ['wrong-bytes'] },
    { state: 'mainline+mutant-ism-v2', count: 4, kinds: ['wrong-bytes'] },
    { state: 'mainline+mutant-ism-v3', count: 8, kinds: [] },
  ])('$state hands out $count bytes: $kinds', ({ state, count, kinds }) => {
    const recording = run(state, [access('bar_read', 2, 0, count)]);
    expect(recording.violations.map(({ kind }) => kind)).toEqual(kinds);
    expect(recording.exercised).toContain('short-read-returns-low-bytes');
  });

  test.each([
    { state: 'mainline+mutant-ism-v3', ret: -22, instructions: [] },
    { state: 'mainline+mutant-ism-v2', ret: 16, instructions: ['pcistb 2 4088 16'] },
  ])('$state: a write across 4 KiB returns $ret', ({ state, ret, instructions }) => {
    const recording = run(state, [access('bar_write', 2, 0xff8, 16)]);
    expect(rets(recording)).toEqual([ret]);
    expect(device(recording)).toEqual(instructions);
  });
});

describe('once missed: positions that overflow', () => {
  const REGION = 4 * 2 ** 40;
  const ops = (op: 'bar_write' | 'bar_read', pos: number, count: number) => [
    access(op, 5, REGION + pos, count),
  ];

  // Index 5 and four times 1 TiB is index 9, the first device region: its rules hold, at the position that is left.
  test.each(['v1', 'v2'])('a position of BAR 5 that overflows into the region of %s', (state) => {
    expect(rets(run(state, ops('bar_read', 0, 16)))).toEqual([16]);
    expect(rets(run(state, ops('bar_read', 8, 16)))).toEqual([-14]);
    expect(rets(run(state, ops('bar_write', 8, 8)))).toEqual([-14]);
    expect(rets(run(state, ops('bar_write', 48, 8)))).toEqual([-22]);
    // The buffer of a bar_write has no contents: zeroes, which ask for no operation at all.
    expect(rets(run(state, ops('bar_write', 16, 32)))).toEqual([-5]);
  });
});
