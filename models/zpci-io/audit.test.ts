import { describe, expect, test } from 'vitest';
import { Replay } from '../../harness/explore/replay.ts';
import {
  type AuditCase,
  audited,
  auditOperations,
  type OperationKinds,
  testAudit,
} from '../../harness/machine/audit.fixture.ts';
import { compileProgram, execute } from '../../harness/machine/execute.ts';
import { instrument } from '../../harness/model/instrument.ts';
import type { Model, Operation, WorldConfig } from '../../harness/model/model.ts';
import { base } from './base.ts';
import { series as zpciIo } from './series.ts';
import { type ZpciSettings, ZpciWorld } from './world.ts';

const STEPS_MAX = 4000;
const SEEDS = 20;

const req = { flags: 2, gaddr: '0x10000', offset: 0, len: 16, pcias: 2 };

const KINDS: OperationKinds = {
  region_write: { pos: 16, count: 32, req },
  region_read: { pos: 0, count: 16 },
  bar_write: { bar: 2, pos: 8, count: 15 },
  bar_read: { bar: 2, pos: 8, count: 15 },
  pcistb: { pcias: 2, offset: 0, len: 24 },
  pcistg: { pcias: 2, offset: 0, len: 4 },
  pcilg: { pcias: 2, offset: 0, len: 8 },
  memory_disable: {},
  memory_enable: {},
  power_off: {},
  kill: {},
};

/** Other ways through the same code. */
const VARIANTS: readonly Operation[] = [
  { actor: 'user0', op: 'region_write', pos: 16, count: 32, req: { ...req, flags: 1, len: 8 } },
  { actor: 'user0', op: 'region_write', pos: 16, count: 32, req: { ...req, flags: 0 } },
  { actor: 'user0', op: 'region_write', pos: 16, count: 32, req: { ...req, gaddr: '0x40000' } },
  { actor: 'user0', op: 'region_write', pos: 21, count: 9, req },
  { actor: 'user0', op: 'region_write', pos: 16, count: 32, req, buffer: 'torn' },
  { actor: 'user0', op: 'region_write', pos: 0, count: 32, req },
  { actor: 'user0', op: 'region_read', pos: 3, count: 30 },
  { actor: 'user0', op: 'region_read', pos: 0, count: 16, buffer: 'bad' },
  { actor: 'user0', op: 'bar_write', bar: 0, pos: 0x1ff8, count: 16 },
  { actor: 'user0', op: 'bar_read', bar: 0, pos: 0, count: 8, buffer: 'torn' },
  { actor: 'user0', op: 'bar_read', bar: 4, pos: 0, count: 8 },
  { actor: 'vcpu0', op: 'pcistb', pcias: 0, offset: 8, len: 11 },
  { actor: 'vcpu0', op: 'pcilg', pcias: 15, offset: 0, len: 4 },
];

const { operation, alone, pairs } = auditOperations(zpciIo, KINDS, VARIANTS);

/** Hot unplug and an exit while everybody is busy, and a second call after the first. */
const crowds = [
  ['power_off', 'region_write', 'region_write', 'bar_write'],
  ['power_off', 'pcistb', 'pcilg', 'memory_disable'],
  ['kill', 'region_write', 'region_write', 'pcistb'],
  ['kill', 'power_off', 'region_write', 'pcistb', 'bar_read'],
  ['power_off', 'power_off', 'memory_disable', 'memory_enable', 'bar_write'],
].map((ops) => ops.map((op, index) => operation(op, index)).flatMap((first) => [first, first]));

/** The exit that alone ends an unplug which the guest does not answer. */
const unplugAndExit = [operation('power_off', 0), operation('kill', 1)];

const WORLDS: readonly WorldConfig[] = [
  { function: 'msix' },
  { mio: true },
  { guest: 'silent' },
  { function: 'msix', mio: true },
  { noCommandMemory: true },
  { device: 'error' },
  { fault: 'kmalloc' },
  { memory: [{ start: '0x10000', end: '0x1ffff', access: 'untouched' }] },
];

const CASES: readonly AuditCase[] = [
  ...[...alone, ...pairs, ...crowds].map((ops) => ({ world: {}, ops })),
  ...WORLDS.flatMap((world) => [...alone, ...crowds, unplugAndExit].map((ops) => ({ world, ops }))),
];

testAudit(
  zpciIo,
  zpciIo.states.map(({ id }) => id),
  CASES,
  SEEDS,
  (state, { outcome }) => {
    const spins = outcome === 'livelock' && state === 'mainline+mutant-spin-reset';
    return outcome === 'finished' || outcome === 'deadlock' || spins ? null : outcome;
  },
);

describe('an unplug that waits for the last close', () => {
  test('is not stuck while somebody is about to send SIGKILL', () => {
    const program = compileProgram(zpciIo.model('pre')!, { guest: 'silent' }, unplugAndExit);
    // The handler in QEMU ends, the guest never answers, and admin1 stands before its signal.
    const schedule = [...Array<string>(8).fill('admin0'), 'admin1', ...Array<string>(4).fill('qemu')];
    const { machine, outcome } = execute(program, new Replay(schedule), STEPS_MAX, new Uint8Array(STEPS_MAX));
    expect(outcome).toBe('finished');
    expect(machine.deadlock).toBeNull();
  });
});

describe('the audit', () => {
  test('names the place in a kernel that looks at the handle without a step for it', () => {
    const model = zpciIo.model('pre')!;
    const broken: Model = {
      ...model,
      createWorld: (machine, settings, observer) => {
        const kernel: typeof base = {
          ...base,
          *disable_slot(_t, w) {
            yield w.zdev.state.read;
            w.zdev.state.value = 'standby';
            w.zdev.fh.value = 0;
            return 0;
          },
        };
        return new ZpciWorld(machine, instrument(kernel, observer!), settings as ZpciSettings);
      },
    };
    const audit = audited(broken, [{ world: {}, ops: [operation('power_off', 0)] }], SEEDS);
    expect(audit.findings).toEqual([
      {
        kind: 'write under a read step',
        thread: 'admin0',
        step: 'read zdev->state',
        object: 'zdev->state',
        function: 'disable_slot',
      },
      {
        kind: 'undeclared object',
        thread: 'admin0',
        step: 'read zdev->state',
        object: 'zdev->fh',
        function: 'disable_slot',
      },
    ]);
  });
});
