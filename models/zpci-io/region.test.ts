import { describe, expect, test } from 'vitest';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { type Recording, record } from '../../harness/scenario/recording.ts';
import { series as zpciIo } from './series.ts';

/** States whose vfio_pci_zdev_io_rw is that of v1, but for the lock. */
const LIKE_V1 = ['rfc', 'v1', 'v1+hp', 'v2-devlock', 'v2-min'];
const WITHOUT_REGION = ['pre', 'v3', 'mainline'];

type Fields = { readonly [field: string]: Operation[string] };

function run(state: string, ops: readonly Operation[], world: WorldConfig = {}): Recording {
  return record(zpciIo.model(state)!, { format: 1, model: `zpci-io/${state}`, world, ops }, 10_000);
}

const rets = ({ calls }: Recording) => calls.map(({ ret }) => ret);
const device = (recording: Recording): string[] =>
  recording.device.map(({ insn, pcias, offset, len }) => `${insn} ${pcias} ${offset} ${len}`);

const STORE = { flags: 2, gaddr: '0x10000', offset: 0, len: 16, pcias: 2 };
const LOAD = { ...STORE, flags: 1, len: 8 };

const write = (req: Fields, access: Fields = {}): Operation => ({
  actor: 'user0',
  op: 'region_write',
  pos: 16,
  count: 32,
  req,
  ...access,
});
const read = (pos: number, count: number, access: Fields = {}): Operation => ({
  actor: 'user0',
  op: 'region_read',
  pos,
  count,
  ...access,
});

interface Row {
  readonly what: string;
  readonly op: Operation;
  readonly world?: WorldConfig;
  readonly ret: number;
  /** What reaches the device; nothing where left out. */
  readonly device?: readonly string[];
  /** What v2 returns, where it differs; nothing reaches the device then. */
  readonly v2?: number;
}

const ONE_STORE = ['pcistb 2 0 16'];
const ONE_LOAD = ['pcilg 2 0 8'];

const POSITIONS: readonly Row[] = [
  { what: 'a whole store', op: write(STORE), ret: 32, device: ONE_STORE },
  { what: 'a whole load', op: write(LOAD), ret: 32, device: ONE_LOAD },
  { what: 'no byte at all', op: write(STORE, { count: 0 }), ret: 0 },
  { what: 'no byte beyond the end', op: write(STORE, { pos: 48, count: 0 }), ret: 0 },
  { what: 'a write from position 0', op: write(STORE, { pos: 0, count: 48 }), ret: -14 },
  { what: 'a write from position 8', op: write(STORE, { pos: 8 }), ret: -14 },
  { what: 'a write from the last byte of the header', op: write(STORE, { pos: 15 }), ret: -14 },
  { what: 'a write from position 48', op: write(STORE, { pos: 48 }), ret: -22 },
  { what: 'a write from far beyond', op: write(STORE, { pos: 2 ** 40 - 1 }), ret: -22 },
  { what: '40 bytes, clipped', op: write(STORE, { count: 40 }), ret: 32, device: ONE_STORE },
  { what: 'MAX_RW_COUNT, clipped', op: write(STORE, { count: 0x7fff_f000 }), ret: 32, device: ONE_STORE },
  {
    what: '64 bytes of which the first 32 are mapped',
    op: write(STORE, { count: 64, buffer: 'torn' }),
    ret: 32,
    device: ONE_STORE,
  },
  { what: 'an unmapped buffer', op: write(STORE, { buffer: 'bad' }), ret: -14 },
  { what: 'a buffer that ends in the middle', op: write(STORE, { buffer: 'torn' }), ret: -14 },
  {
    what: 'an unmapped buffer and a refused position',
    op: write(STORE, { pos: 8, buffer: 'bad' }),
    ret: -14,
  },
  { what: 'the flags alone, the rest as kmalloc left it', op: write(STORE, { count: 8 }), ret: -5, v2: -22 },
];

const REQUESTS: readonly Row[] = [
  { what: 'READ of 9 bytes', op: write({ ...LOAD, len: 9 }), ret: -5 },
  { what: 'READ of 1 byte', op: write({ ...LOAD, len: 1 }), ret: 32, device: ['pcilg 2 0 1'] },
  { what: 'BLOCKW of maxstbl', op: write({ ...STORE, len: 4096 }), ret: 32, device: ['pcistb 2 0 4096'] },
  { what: 'BLOCKW of more than maxstbl', op: write({ ...STORE, len: 4097 }), ret: -5 },
  {
    what: 'BLOCKW of a smaller maxstbl',
    op: write({ ...STORE, len: 128 }),
    world: { maxstbl: 128 },
    ret: 32,
    device: ['pcistb 2 0 128'],
  },
  {
    what: 'BLOCKW of more than a smaller maxstbl',
    op: write({ ...STORE, len: 129 }),
    world: { maxstbl: 128 },
    ret: -5,
  },
  {
    what: 'BLOCKW within a maxstbl beyond the page',
    op: write({ ...STORE, len: 4097 }),
    world: { maxstbl: 8191 },
    ret: -5,
  },
  { what: 'both flags: PCILG', op: write({ ...LOAD, flags: 3 }), ret: 32, device: ONE_LOAD },
  { what: 'both flags, with the length limit of READ', op: write({ ...STORE, flags: 3 }), ret: -5 },
  {
    what: 'both flags, with the limit of BLOCKW',
    op: write({ ...LOAD, flags: 3 }),
    world: { maxstbl: 4 },
    ret: -5,
  },
  { what: 'no flag', op: write({ ...STORE, flags: 0 }), ret: -5 },
  { what: 'an undefined flag', op: write({ ...STORE, flags: 4 }), ret: -5 },
  {
    what: 'no flag and a length of 65535 is stopped by the page only',
    op: write({ ...STORE, flags: 0, len: 65535 }),
    ret: -5,
  },
  {
    what: 'READ beside undefined flags',
    op: write({ ...LOAD, flags: '0x100000005' }),
    ret: 32,
    device: ONE_LOAD,
  },
  { what: 'a gaddr off the doubleword', op: write({ ...STORE, gaddr: '0x10004' }), ret: -5 },
  { what: 'an operand across two pages', op: write({ ...STORE, gaddr: '0x10ff8', len: 9 }), ret: -5 },
  {
    what: 'an operand up to the end of its page',
    op: write({ ...STORE, gaddr: '0x10ff8', len: 8 }),
    ret: 32,
    device: ['pcistb 2 0 8'],
  },
  { what: 'length 0 at the start of a page', op: write({ ...STORE, len: 0 }), ret: -5 },
  {
    what: 'length 0 elsewhere',
    op: write({ ...STORE, gaddr: '0x10008', len: 0 }),
    ret: 32,
    device: ['pcistb 2 0 0'],
  },
  { what: 'an unmapped gaddr', op: write({ ...STORE, gaddr: '0x30000' }), ret: -5 },
  { what: 'a gaddr beyond user space', op: write({ ...STORE, gaddr: '0xfffffffffffff000' }), ret: -5 },
  {
    what: 'a store from a read-only page',
    op: write({ ...STORE, gaddr: '0x20000' }),
    ret: 32,
    device: ONE_STORE,
  },
  {
    what: 'a load to a read-only page',
    op: write({ ...LOAD, gaddr: '0x20000' }),
    ret: 32,
    device: ONE_LOAD,
    v2: -5,
  },
  { what: 'config space', op: write({ ...LOAD, pcias: 15 }), ret: 32, device: ['pcilg 15 0 8'] },
  {
    what: 'an offset across 4 KiB',
    op: write({ ...STORE, offset: '0xff8' }),
    ret: 32,
    device: ['pcistb 2 4088 16'],
  },
  {
    what: 'a condition code above 0',
    op: write(STORE),
    world: { device: 'error' },
    ret: -5,
    device: ONE_STORE,
  },
  { what: 'a program exception', op: write(LOAD), world: { device: 'exception' }, ret: -5, device: ONE_LOAD },
];

const READS: readonly Row[] = [
  { what: 'the header', op: read(0, 16), ret: 16 },
  { what: 'its second half', op: read(8, 8), ret: 8 },
  { what: 'its last byte', op: read(15, 1), ret: 1 },
  { what: 'no byte beyond the end', op: read(48, 0), ret: 0 },
  { what: 'one byte more than the header', op: read(0, 17), ret: -14 },
  { what: 'across its end', op: read(15, 2), ret: -14 },
  { what: 'the request', op: read(16, 1), ret: -14 },
  { what: 'everything, clipped', op: read(0, 0x7fff_f000), ret: -14 },
  { what: 'the last byte of the region', op: read(47, 1), ret: -14 },
  { what: 'beyond the end', op: read(48, 1), ret: -22 },
  { what: 'to an unmapped buffer', op: read(0, 16, { buffer: 'bad' }), ret: -14 },
  { what: 'to a buffer that ends in the middle', op: read(0, 16, { buffer: 'torn' }), ret: -14 },
];

describe.each([...LIKE_V1, 'v2'])('the region of %s', (state) => {
  test.each([...POSITIONS, ...REQUESTS])(
    'is written: $what',
    ({ op, world, ret, device: reached = [], v2 }) => {
      const recording = run(state, [op], world);
      const differs = state === 'v2' && v2 !== undefined;
      expect(rets(recording)).toEqual([differs ? v2 : ret]);
      expect(device(recording)).toEqual(differs ? [] : reached);
    },
  );

  test.each(READS)('is read: $what', ({ op, ret }) => {
    const recording = run(state, [op]);
    expect(rets(recording)).toEqual([ret]);
    expect(device(recording)).toEqual([]);
  });

  test.each([4096, 8191, 0])('reads as {0, maxstbl, 0, 0} with a maxstbl of %d', (maxstbl) => {
    const { exercised, violations } = run(state, [read(0, 16), read(7, 4)], { maxstbl });
    expect(exercised).toContain('header-reads-return-the-header');
    expect(violations).toEqual([]);
  });

  test.each([
    ['is registered for functions that are not ISM too', { function: 'msix' }],
    ['does not look at PCI_COMMAND_MEMORY', {}],
    ['never uses MIO instructions', { mio: true }],
  ])('%s', (_what, world) => {
    const recording = run(state, [{ actor: 'user0', op: 'memory_disable' }, write(STORE)], world);
    expect(rets(recording)).toEqual([0, 32]);
    expect(device(recording)).toEqual(ONE_STORE);
  });
});

describe.each(WITHOUT_REGION)('%s', (state) => {
  test('has no region: every access but an empty one is -EINVAL', () => {
    const ops = [write(STORE), read(0, 16), write(STORE, { pos: 0 }), write(STORE, { count: 0 })];
    expect(rets(run(state, ops))).toEqual([-22, -22, -22, 0]);
  });
});

/** Two bytes of `len`, or with `pcias` three. */
const lengthOnly = (req: Fields, count = 2): Operation => write(req, { pos: 44, count });
const flagsOnly = (req: Fields): Operation => write(req, { count: 8 });

interface Sequence {
  readonly what: string;
  readonly ops: readonly Operation[];
  readonly rets: readonly number[];
  readonly device: readonly string[];
  readonly v2: { readonly rets: readonly number[]; readonly device: readonly string[] };
}

const AT_8 = { ...STORE, offset: 8 };

const SEQUENCES: readonly Sequence[] = [
  {
    what: 'two bytes of len run the request again',
    ops: [write(STORE), lengthOnly({ ...STORE, len: 8 })],
    rets: [32, 2],
    device: ['pcistb 2 0 16', 'pcistb 2 0 8'],
    v2: { rets: [32, -22], device: ONE_STORE },
  },
  {
    what: 'the flags alone turn a store into a load',
    ops: [write({ ...STORE, len: 8 }), flagsOnly(LOAD)],
    rets: [32, 8],
    device: ['pcistb 2 0 8', 'pcilg 2 0 8'],
    v2: { rets: [32, -22], device: ['pcistb 2 0 8'] },
  },
  {
    what: 'a reserved byte is enough',
    ops: [write(STORE), write(STORE, { pos: 47, count: 9 })],
    rets: [32, 1],
    device: ['pcistb 2 0 16', 'pcistb 2 0 16'],
    v2: { rets: [32, -22], device: ONE_STORE },
  },
  {
    what: 'a request that was refused runs once its length is mended',
    ops: [write({ ...AT_8, len: 65535 }), lengthOnly(STORE)],
    rets: [-5, 2],
    device: ['pcistb 2 8 16'],
    v2: { rets: [-5, -22], device: [] },
  },
  {
    what: 'a torn write leaves its first half, and zeroes behind it',
    ops: [
      write(AT_8),
      write({ ...AT_8, gaddr: '0x11000' }, { buffer: 'torn' }),
      lengthOnly({ ...STORE, pcias: 5 }, 3),
    ],
    rets: [32, -14, 3],
    device: ['pcistb 2 8 16', 'pcistb 5 0 16'],
    v2: { rets: [32, -14, -22], device: ['pcistb 2 8 16'] },
  },
  {
    what: 'a write from an unmapped buffer leaves nothing but zeroes: a length of 0 at address 0',
    ops: [write(STORE), write(STORE, { buffer: 'bad' }), flagsOnly(STORE), lengthOnly(STORE)],
    rets: [32, -14, -5, -5],
    device: ONE_STORE,
    v2: { rets: [32, -14, -22, -22], device: ONE_STORE },
  },
  {
    what: 'a write that is refused for its position leaves the request alone',
    ops: [write(STORE), write({ ...STORE, flags: 0 }, { pos: 15 }), lengthOnly({ ...STORE, len: 8 })],
    rets: [32, -14, 2],
    device: ['pcistb 2 0 16', 'pcistb 2 0 8'],
    v2: { rets: [32, -14, -22], device: ONE_STORE },
  },
];

describe('what one write leaves behind for the next', () => {
  test.each(LIKE_V1.flatMap((state) => SEQUENCES.map((sequence) => ({ state, ...sequence }))))(
    '$state: $what',
    ({ state, ops, rets: expected, device: reached }) => {
      const recording = run(state, ops);
      expect(rets(recording)).toEqual(expected);
      expect(device(recording)).toEqual(reached);
    },
  );

  test.each(SEQUENCES)('not so in v2: $what', ({ ops, v2 }) => {
    const recording = run('v2', ops);
    expect(rets(recording)).toEqual(v2.rets);
    expect(device(recording)).toEqual(v2.device);
  });

  test('a torn copy shows in the words of the request', () => {
    const { steps } = run('v1', [write(AT_8), write({ ...AT_8, gaddr: '0x11000' }, { buffer: 'torn' })]);
    expect(steps.map(({ text }) => text).filter((text) => text.startsWith('write req.'))).toEqual([
      'write req.flags = 0x0000000000000002',
      'write req.gaddr = 0x0000000000010000',
      'write req.offset = 0x0000000000000008',
      'write req.len/pcias = 0x0000000000100200',
      'write req.flags = 0x0000000000000002',
      'write req.gaddr = 0x0000000000011000',
      'write req.offset = 0x0000000000000000',
      'write req.len/pcias = 0x0000000000000000',
    ]);
  });
});

/** Steps of the one operation, without values. */
const steps = (state: string, op: Operation): string[] =>
  run(state, [op]).steps.map(({ text }) => text.replace(/ = .*|: .*/, ''));

const SUBMIT = [
  'begin region_write',
  'device fd',
  'write req.flags',
  'write req.gaddr',
  'write req.offset',
  'write req.len/pcias',
];
const PLACE = ['read req.gaddr', 'read req.gaddr', 'read req.len/pcias'];
const STORE_CHECKS = ['read req.flags', 'read req.flags', 'read req.len/pcias', ...PLACE];
const LOAD_CHECKS = ['read req.flags', 'read req.len/pcias', 'read req.flags', ...PLACE];
const FETCH = [
  'read req.gaddr',
  'read mm page tables',
  'read req.gaddr',
  'read zdev->fh',
  'read req.len/pcias',
  'read req.len/pcias',
];

describe('step by step', () => {
  test.each([
    ['rfc', 'zdev->lock'],
    ['v1', 'zdev->lock'],
    ['v1+hp', 'zdev->lock'],
    ['v2-devlock', 'dev->mutex'],
    ['v2-min', 'region->mutex'],
  ])('%s copies and checks first, then takes %s and reads everything again', (state, lock) => {
    expect(steps(state, write(STORE))).toEqual([
      ...SUBMIT,
      ...STORE_CHECKS,
      `lock ${lock}`,
      ...FETCH,
      'read req.flags',
      'read req.flags',
      'read req.offset',
      'the function',
      `unlock ${lock}`,
      'device fd',
    ]);
    expect(steps(state, write(LOAD))).toEqual([
      ...SUBMIT,
      ...LOAD_CHECKS,
      `lock ${lock}`,
      ...FETCH,
      'read req.flags',
      'read req.offset',
      'the function',
      'write user memory',
      `unlock ${lock}`,
      'device fd',
    ]);
  });

  test('v1 stops at the first check that fails, and gives the lock back where the page is not to be had', () => {
    const checked = (req: Fields) => steps('v1', write(req)).slice(SUBMIT.length, -1);
    expect(checked({ ...LOAD, len: 9, gaddr: 4 })).toEqual(LOAD_CHECKS.slice(0, 2));
    expect(checked({ ...STORE, len: 4097, gaddr: 4 })).toEqual(STORE_CHECKS.slice(0, 3));
    expect(checked({ ...STORE, gaddr: 4 })).toEqual(STORE_CHECKS.slice(0, 4));
    expect(checked({ ...STORE, gaddr: '0x30000' })).toEqual([
      ...STORE_CHECKS,
      'lock zdev->lock',
      'read req.gaddr',
      'read mm page tables',
      'unlock zdev->lock',
    ]);
  });

  test('v2 takes its mutex, and then looks at nothing that another writer could change', () => {
    const before = ['begin region_write', 'device fd', 'lock region->mutex'];
    const after = ['unlock region->mutex', 'device fd'];
    const execute = ['read mm page tables', 'read zdev->fh', 'the function'];
    expect(steps('v2', write(STORE))).toEqual([...before, ...execute, ...after]);
    expect(steps('v2', write(LOAD))).toEqual([...before, ...execute, 'write user memory', ...after]);
    expect(steps('v2', write({ ...STORE, gaddr: 4 }))).toEqual([...before, ...after]);
    expect(steps('v2', write(STORE, { count: 31 }))).toEqual([...before, ...after]);
    // Direction and position are asked for before.
    expect(steps('v2', write(STORE, { pos: 8 }))).toEqual(['begin region_write', 'device fd', 'device fd']);
  });

  test('nobody locks a read of the header', () => {
    const reading = ['begin region_read', 'device fd', 'read hdr.flags', 'read hdr.max', 'device fd'];
    for (const state of [...LIKE_V1, 'v2']) expect(steps(state, read(0, 16))).toEqual(reading);
  });
});

describe('user pages', () => {
  const violated = (state: string, req: Fields, world?: WorldConfig): string[] =>
    run(state, [write(req)], world)
      .violations.map(({ kind }) => kind)
      .filter((kind) => kind !== 'fault-under-lock');
  const untouched = { memory: [{ start: '0x10000', end: '0x1ffff', access: 'untouched' }] };

  test.each(LIKE_V1)('%s stores around the page tables and leaves the page clean', (state) => {
    expect(violated(state, LOAD)).toEqual(['modified-page-left-clean']);
    expect(violated(state, { ...LOAD, gaddr: '0x20000' })).toEqual(['store-to-read-only-page']);
    expect(violated(state, LOAD, untouched)).toEqual(['store-to-zero-page']);
    expect(violated(state, STORE, untouched)).toEqual([]);
    expect(violated(state, LOAD, { device: 'error' })).toEqual([]);
  });

  test('v2 pins for writing where it loads, and dirties the page', () => {
    expect(violated('v2', LOAD)).toEqual([]);
    expect(violated('v2', { ...LOAD, gaddr: '0x20000' })).toEqual([]);
    expect(violated('v2', LOAD, untouched)).toEqual([]);
    expect(violated('v2', STORE, untouched)).toEqual([]);
  });
});

describe('SIGKILL to a writer that waits for its turn', () => {
  const ops = [
    write(STORE),
    { ...write(STORE), actor: 'user1' },
    { ...write(STORE), actor: 'user1' },
    { actor: 'admin', op: 'kill' },
  ];
  /** user0 holds the lock, user1 wants it, the signal comes. */
  const schedule = (held: number, waits: number, next: string) => [
    ...Array<string>(held).fill('user0'),
    ...Array<string>(waits).fill('user1'),
    'admin',
    'admin',
    next,
  ];

  test.each([
    { state: 'v2', held: 3, waits: 2, next: 'user1', ret: -4 },
    { state: 'v1', held: 13, waits: 12, next: 'user0', ret: 32 },
    { state: 'v2-min', held: 13, waits: 12, next: 'user0', ret: 32 },
  ])('$state: it returns $ret, and its next call never begins', ({ state, held, waits, next, ret }) => {
    const scenario = {
      format: 1,
      model: `zpci-io/${state}`,
      ops,
      schedule: schedule(held, waits, next),
    } as const;
    const { outcome, calls } = record(zpciIo.model(state)!, scenario, 10_000);
    expect(outcome).toBe('finished');
    const sorted = calls.map((call) => `${call.actor} ${call.ret}`).sort((a, b) => (a < b ? -1 : 1));
    expect(sorted).toEqual(['admin 0', 'user0 32', `user1 ${ret}`]);
  });
});
