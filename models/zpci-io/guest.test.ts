import { describe, expect, test } from 'vitest';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { type Recording, record } from '../../harness/scenario/recording.ts';
import { series as zpciIo } from './series.ts';

function run(state: string, ops: readonly Operation[], world: WorldConfig = {}): Recording {
  return record(zpciIo.model(state)!, { format: 1, model: `zpci-io/${state}`, world, ops }, 10_000);
}

const rets = ({ calls }: Recording) => calls.map(({ ret }) => ret);
const device = (recording: Recording): string[] =>
  recording.device.map(({ insn, pcias, offset, len }) => `${insn} ${pcias} ${offset} ${len}`);

const guest = (
  op: 'pcistb' | 'pcistg' | 'pcilg',
  len: number,
  offset: number | string = 0,
  pcias = 2,
): Operation => ({
  actor: 'vcpu0',
  op,
  pcias,
  offset,
  len,
});

/** What an instruction returns, and what reaches the device. */
type Outcome = readonly [ret: number, ...instructions: string[]];

const REFUSED: Outcome = [-22];
const one = (insn: string, len: number, offset = 0, pcias = 2): Outcome => [
  0,
  `${insn} ${pcias} ${offset} ${len}`,
];

/** The 4-byte pieces of the BAR path. */
const quarters = (insn: string, len: number, offset = 0, pcias = 2): Outcome => [
  0,
  ...Array.from({ length: len / 4 }, (_, i) => `${insn} ${pcias} ${offset + 4 * i} 4`),
];

interface Row {
  readonly op: Operation;
  readonly pre: Outcome;
  readonly rfc: Outcome;
  /** v1 and v2 where they differ from the RFC. */
  readonly v1?: Outcome;
  readonly v3: Outcome;
  readonly mainline?: Outcome;
}

const RELAXED: readonly Row[] = [
  { op: guest('pcistb', 8), pre: REFUSED, rfc: one('pcistb', 8), v3: one('pcistb', 8) },
  { op: guest('pcistb', 16), pre: quarters('pcistg', 16), rfc: one('pcistb', 16), v3: one('pcistb', 16) },
  { op: guest('pcistb', 11), pre: REFUSED, rfc: one('pcistb', 11), v3: one('pcistb', 11) },
  { op: guest('pcistb', 11, 3), pre: REFUSED, rfc: one('pcistb', 11, 3), v3: one('pcistb', 11, 3) },
  { op: guest('pcistb', 1, 7), pre: REFUSED, rfc: one('pcistb', 1, 7), v3: one('pcistb', 1, 7) },
  { op: guest('pcistb', 24, 4), pre: REFUSED, rfc: one('pcistb', 24, 4), v3: one('pcistb', 24, 4) },
  { op: guest('pcistb', 128), pre: quarters('pcistg', 128), rfc: one('pcistb', 128), v3: one('pcistb', 128) },
  { op: guest('pcistb', 136), pre: REFUSED, rfc: one('pcistb', 136), v3: one('pcistb', 136) },
  { op: guest('pcistb', 4096), pre: REFUSED, rfc: one('pcistb', 4096), v3: one('pcistb', 4096) },
  { op: guest('pcistb', 4097), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcistb', 4096, 8), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  {
    op: guest('pcistb', 16, '0xff0'),
    pre: quarters('pcistg', 16, 0xff0),
    rfc: one('pcistb', 16, 0xff0),
    v3: one('pcistb', 16, 0xff0),
  },
  { op: guest('pcistb', 16, '0xff8'), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  // QEMU's handler for the region does not look at the BAR; those for memory regions do.
  { op: guest('pcistb', 16, 0, 1), pre: REFUSED, rfc: one('pcistb', 16, 0, 1), v3: REFUSED },
  { op: guest('pcistb', 16, '0x10000'), pre: REFUSED, rfc: one('pcistb', 16, 0x10000), v3: REFUSED },
  { op: guest('pcistb', 16, 0, 6), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcistb', 16, 0, 15), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  // BAR 0 is 256 TiB. From 1 TiB on, vfio-pci's offsets of 40 bits name the next region.
  {
    op: guest('pcistb', 16, '0x20000000000', 0),
    pre: quarters('pcistg', 16, 0, 2),
    rfc: one('pcistb', 16, 2 ** 41, 0),
    v3: one('pcistb', 16, 2 ** 41, 0),
  },
  { op: guest('pcilg', 8), pre: quarters('pcilg', 8), rfc: one('pcilg', 8), v3: one('pcilg', 8) },
  { op: guest('pcilg', 4, 4), pre: one('pcilg', 4, 4), rfc: one('pcilg', 4, 4), v3: one('pcilg', 4, 4) },
  { op: guest('pcilg', 1, 7), pre: one('pcilg', 1, 7), rfc: one('pcilg', 1, 7), v3: one('pcilg', 1, 7) },
  { op: guest('pcilg', 2, 7), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcilg', 9), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcilg', 0), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcilg', 8, 0, 6), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  // Config space is QEMU's emulation.
  { op: guest('pcilg', 4, 0, 15), pre: [0], rfc: [0], v3: [0] },
  { op: guest('pcilg', 3, 0, 15), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcistg', 2, 2, 15), pre: [0], rfc: [0], v3: [0] },
  // PCISTG stays on the BAR path; the drivers have nothing but PCISTB.
  { op: guest('pcistg', 8), pre: quarters('pcistg', 8), rfc: quarters('pcistg', 8), v3: one('pcistb', 8) },
  { op: guest('pcistg', 4, 4), pre: one('pcistg', 4, 4), rfc: one('pcistg', 4, 4), v3: one('pcistb', 4, 4) },
  { op: guest('pcistg', 4, 6), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcistg', 8, 0, 1), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
];

/** `relaxedAlign: false`: whole doublewords, more than one. The RFC's QEMU leaves such functions to the BAR path. */
const STRICT: readonly Row[] = [
  { op: guest('pcistb', 11), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcistb', 8), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcistb', 16, 4), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  {
    op: guest('pcistb', 16),
    pre: quarters('pcistg', 16),
    rfc: quarters('pcistg', 16),
    v1: one('pcistb', 16),
    v3: one('pcistb', 16),
  },
  { op: guest('pcistb', 136), pre: REFUSED, rfc: REFUSED, v1: one('pcistb', 136), v3: one('pcistb', 136) },
  {
    op: guest('pcilg', 8),
    pre: quarters('pcilg', 8),
    rfc: quarters('pcilg', 8),
    v1: one('pcilg', 8),
    v3: one('pcilg', 8),
  },
];

/** A function that is not ISM: the BAR path on every state, and v6.11 stores 8 bytes at once. */
const MSIX: readonly Row[] = [
  {
    op: guest('pcistb', 16, 0, 0),
    pre: quarters('pcistg', 16, 0, 0),
    rfc: quarters('pcistg', 16, 0, 0),
    v3: quarters('pcistg', 16, 0, 0),
    mainline: [0, 'pcistg 0 0 8', 'pcistg 0 8 8'],
  },
  { op: guest('pcistb', 136, 0, 0), pre: REFUSED, rfc: REFUSED, v3: REFUSED },
  { op: guest('pcistb', 16, '0x2000', 0), pre: [0], rfc: [0], v3: [0] },
  {
    op: guest('pcilg', 8, 8, 0),
    pre: quarters('pcilg', 8, 8, 0),
    rfc: quarters('pcilg', 8, 8, 0),
    v3: quarters('pcilg', 8, 8, 0),
    mainline: one('pcilg', 8, 8, 0),
  },
];

const expected = (state: string, { pre, rfc, v1, v3, mainline }: Row): Outcome => {
  switch (state) {
    case 'pre':
      return pre;
    case 'rfc':
      return rfc;
    case 'v3':
      return v3;
    case 'mainline':
      return mainline ?? v3;
    default:
      return v1 ?? rfc;
  }
};

const named = (rows: readonly Row[]) =>
  rows.map((row) => ({ what: `${row.op.op} ${row.op.pcias} ${row.op.offset} ${row.op.len}`, row }));

describe.each(['pre', 'rfc', 'v1', 'v2-min', 'v2', 'v3', 'mainline'])('a guest on %s executes', (state) => {
  const check = (row: Row, world: WorldConfig) => {
    const recording = run(state, [row.op], world);
    const [ret, ...instructions] = expected(state, row);
    expect(rets(recording)).toEqual([ret]);
    expect(device(recording)).toEqual(instructions);
    expect(recording.device.every(({ actor }) => actor === 'vcpu0')).toBe(true);
  };

  test.each(named(RELAXED))('$what', ({ row }) => check(row, {}));
  test.each(named(STRICT))('$what without relaxed alignment', ({ row }) =>
    check(row, { relaxedAlign: false }),
  );
  test.each(named(MSIX))('$what on an MSI-X function', ({ row }) => check(row, { function: 'msix' }));
});

describe('what a guest hears of a failure', () => {
  const failing = { device: 'error' } as const;

  test.each([
    { state: 'pre', ret: 0 },
    { state: 'rfc', ret: -5 },
    { state: 'v1', ret: -5 },
    { state: 'v2', ret: -5 },
    { state: 'v3', ret: 0 },
    { state: 'mainline', ret: 0 },
  ])('$state: $ret', ({ state, ret }) => {
    expect(rets(run(state, [guest('pcistb', 16), guest('pcilg', 8)], failing))).toEqual([ret, ret]);
  });
});

describe('what a prefix of v1 gives its guest', () => {
  test.each([
    { state: 'v1:0', outcome: quarters('pcistg', 16) },
    { state: 'v1:1+2', outcome: quarters('pcistg', 16) },
    { state: 'v1:3+4', outcome: one('pcistb', 16) },
    { state: 'v1:1+2+3+4', outcome: one('pcistb', 16) },
    { state: 'rfc:3+4', outcome: quarters('pcistg', 16) },
  ])('$state: $outcome', ({ state, outcome: [ret, ...instructions] }) => {
    const recording = run(state, [guest('pcistb', 16)]);
    expect(rets(recording)).toEqual([ret]);
    expect(device(recording)).toEqual(instructions);
  });

  test.each([
    { state: 'v1:3+4', ret: -22 },
    { state: 'v1:1+3+4', ret: -22 },
    { state: 'v1:1+2+3+4', ret: 0 },
  ])('$state: $ret for 11 bytes, which need the flag of 2/4', ({ state, ret }) => {
    expect(rets(run(state, [guest('pcistb', 11)]))).toEqual([ret]);
  });
});

describe('once missed: what QEMU checks, and what it leaves to the kernel', () => {
  // Source: QEMU v1 6/8 and 7/8 (1611089059-6468-7, -8): their handlers check no BAR, and 5/8 (-6) no maxstbl.
  test('its PCILG does not look at the BAR either', () => {
    const recording = run('v1', [guest('pcilg', 8, '0x10000'), guest('pcilg', 8, 0, 1)]);
    expect(device(recording)).toEqual(['pcilg 2 65536 8', 'pcilg 1 0 8']);
  });

  test('with relaxed alignment it leaves maxstbl to the kernel, whose -EIO is an operand exception', () => {
    expect(rets(run('v1', [guest('pcistb', 136)], { maxstbl: 128 }))).toEqual([-5]);
  });

  // Source: memory_region_access_valid, and vfio_region_ops without valid.unaligned; size_memop(len) is ctz32(len).
  test('a BAR access that is not aligned to its size is an operand exception', () => {
    expect(rets(run('pre', [guest('pcilg', 4, 2), guest('pcistg', 2, 1)]))).toEqual([-22, -22]);
  });

  test('a BAR access of 3, 5, 6 or 7 bytes is one of the largest power of two that divides it', () => {
    const recording = run('pre', [
      guest('pcilg', 3),
      guest('pcistg', 6, 2),
      guest('pcilg', 5),
      guest('pcilg', 7),
    ]);
    expect(device(recording)).toEqual(['pcilg 2 0 1', 'pcistg 2 2 2', 'pcilg 2 0 1', 'pcilg 2 0 1']);
  });
});
