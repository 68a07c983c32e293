import {
  type AuditCase,
  auditOperations,
  type OperationKinds,
  testAudit,
} from '../../harness/machine/audit.fixture.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { series as msixMmap } from './series.ts';

const SEEDS = 10;

const KINDS: OperationKinds = {
  region_info: { bar: 0 },
  device_info: {},
  mmap: { bar: 0, offset: 0, length: 0x1000, as: 'm0' },
  munmap: { map: 'm0' },
  touch: { map: 'm0', offset: 0, access: 'store' },
  pread: { bar: 2, pos: 0x18, count: 16 },
  pwrite: { bar: 0, pos: 1, count: 8 },
  ioeventfd: { bar: 2, pos: 0x1000, count: 4 },
  set_irqs: { vectors: 2 },
  close: {},
  open: {},
  trigger: { vector: 0 },
  affinity: { vector: 0 },
  hot_remove: { slot: 2 },
  hot_add: { slot: 2, size: 0x1000 },
};

/** Other ways through the same code. */
const VARIANTS: readonly Operation[] = [
  { actor: 'user0', op: 'region_info', bar: 2 },
  { actor: 'user0', op: 'region_info', bar: 5 },
  { actor: 'user0', op: 'mmap', bar: 2, offset: 0, length: 0x20000, as: 'm0' },
  { actor: 'user0', op: 'mmap', bar: 2, offset: 0x10000, length: 0x10000, as: 'm1' },
  { actor: 'user0', op: 'mmap', bar: 0, offset: 0, length: 0, as: 'm0' },
  { actor: 'user0', op: 'ioeventfd', bar: 2, pos: 0, count: 4 },
  { actor: 'user0', op: 'pwrite', bar: 0, pos: 0x1000, count: 4 },
  { actor: 'user0', op: 'set_irqs', vectors: 0 },
  { actor: 'admin', op: 'hot_add', slot: 3, size: 0x100000 },
];

const { operation, alone, pairs } = auditOperations(msixMmap, KINDS, VARIANTS);

/** Everybody is busy, and each with a second call after the first. */
const crowds = [
  ['mmap', 'hot_add', 'close', 'region_info'],
  ['mmap', 'touch', 'munmap', 'hot_add', 'hot_remove'],
  ['set_irqs', 'affinity', 'trigger', 'pwrite'],
  ['close', 'open', 'hot_add', 'mmap'],
].map((ops) => ops.map((op, index) => operation(op, index)).flatMap((first) => [first, first]));

const WORLDS: readonly WorldConfig[] = [
  { opened: false },
  { pageSize: 4096 },
  { arch: 'x86', igdFails: true, opened: false },
  { neighbour: [{ bar: 0, size: 0x1000, at: 0x1000 }] },
  { resourceAlignment: '0000:01:00.0', probeOnly: true, opened: false },
];

const CASES: readonly AuditCase[] = [
  ...[...alone, ...pairs, ...crowds].map((ops) => ({ world: {}, ops })),
  ...WORLDS.flatMap((world) => [...alone, ...crowds].map((ops) => ({ world, ops }))),
];

/** Mutants whose locks are wrong on purpose. */
const STUCK = ['v4.8+mutant-leak-lock', 'v4.8+mutant-lock-cycle', 'v4.8+mutant-lock-spin'];

testAudit(
  msixMmap,
  msixMmap.states.map(({ id }) => id),
  CASES,
  SEEDS,
  (state, { outcome }) => (outcome === 'finished' || STUCK.includes(state) ? null : outcome),
);
