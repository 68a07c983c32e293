import { describe, expect, test } from 'vitest';
import { type ClaimCase, explored, testClaimCases } from '../../harness/campaign/claim-cases.fixture.ts';
import type { Model, Operation, WorldConfig } from '../../harness/model/model.ts';
import { record } from '../../harness/scenario/recording.ts';
import { series as zpciIo } from '../../models/zpci-io/series.ts';

const STEPS_MAX = 10_000;

type Fields = { readonly [field: string]: Operation[string] };

const STORE = { flags: 2, gaddr: '0x10000', offset: 0, len: 16, pcias: 2 };
const LOAD = { ...STORE, flags: 1, len: 8 };

const submit = (actor: string, req: Fields, access: Fields = {}): Operation => ({
  actor,
  op: 'region_write',
  pos: 16,
  count: 32,
  req,
  ...access,
});
const bar = (actor: string, op: 'bar_write' | 'bar_read', fields: Fields = {}): Operation => ({
  actor,
  op,
  bar: 2,
  pos: 0,
  count: 8,
  ...fields,
});
const guest = (op: 'pcistb' | 'pcistg' | 'pcilg', len: number, offset: number | string = 0): Operation => ({
  actor: 'vcpu0',
  op,
  pcias: 2,
  offset,
  len,
});
const POWER_OFF: Operation = { actor: 'admin', op: 'power_off' };
const KILL: Operation = { actor: 'admin1', op: 'kill' };
const DISABLE: Operation = { actor: 'user0', op: 'memory_disable' };

const CASES: readonly ClaimCase[] = [
  {
    claim: 'no-deadlock-on-hot-unplug',
    kind: 'power-off-never-returns',
    state: 'v1+hp',
    ops: [POWER_OFF],
    keeper: 'v3',
  },
  {
    claim: 'io-never-waits-for-remover',
    kind: 'io-waits-for-remover',
    state: 'v2-devlock',
    ops: [POWER_OFF],
    keeper: 'v3',
  },
  {
    claim: 'sigkill-frees-the-device',
    kind: 'vmm-cannot-be-killed',
    state: 'v1+hp',
    ops: [POWER_OFF, KILL],
    // The teardown waits for zdev->lock, which the power-off holds.
    first: [
      ['admin', 9],
      ['qemu', 4],
      ['guest', 14],
      ['admin1', 2],
    ],
    keeper: 'v3',
  },
  {
    claim: 'sigkill-frees-the-device',
    kind: 'host-does-not-go-on',
    state: 'mainline+mutant-blocking-reset',
    ops: [POWER_OFF, KILL],
    first: [
      ['admin', 4],
      ['admin1', 1],
    ],
    keeper: 'mainline',
  },
  {
    claim: 'request-belongs-to-caller',
    kind: 'executes-another-request',
    state: 'v1',
    ops: [submit('user0', STORE), submit('user1', { ...STORE, len: 24 })],
    first: [
      ['user0', 6],
      ['user1', 1],
    ],
    keeper: 'v2',
  },
  {
    claim: 'request-executes-as-validated',
    kind: 'load-longer-than-8',
    state: 'v1',
    ops: [submit('user0', STORE), submit('user1', { ...LOAD, len: 9 })],
    first: [
      ['user0', 7],
      ['user1', 1],
    ],
    keeper: 'v2',
  },
  {
    claim: 'request-executes-as-validated',
    kind: 'store-longer-than-maxstbl',
    state: 'v2-min',
    ops: [submit('user0', STORE), submit('user1', { ...STORE, len: 4097 })],
    first: [
      ['user0', 12],
      ['user1', 1],
    ],
    keeper: 'v2',
  },
  {
    claim: 'request-executes-as-validated',
    kind: 'address-not-aligned',
    state: 'v1',
    ops: [submit('user0', STORE), submit('user1', { ...STORE, gaddr: '0x10004' })],
    first: [
      ['user0', 10],
      ['user1', 1],
    ],
    keeper: 'v2',
  },
  {
    claim: 'request-executes-as-validated',
    kind: 'leaves-page',
    state: 'v2-devlock',
    ops: [submit('user0', STORE), submit('user1', { ...STORE, gaddr: '0x10ff8' })],
    first: [
      ['user0', 11],
      ['user1', 1],
    ],
    keeper: 'v2',
  },
  {
    claim: 'access-stays-in-pinned-page',
    kind: 'load-runs-past-page',
    state: 'v1',
    ops: [submit('user0', LOAD), submit('user1', { ...LOAD, gaddr: '0x10ffd' })],
    first: [
      ['user0', 11],
      ['user1', 1],
    ],
    keeper: 'v2',
  },
  {
    claim: 'access-stays-in-pinned-page',
    kind: 'store-source-runs-past-page',
    state: 'v1',
    ops: [submit('user0', STORE), submit('user1', { ...STORE, gaddr: '0x10ff8' })],
    first: [
      ['user0', 11],
      ['user1', 1],
    ],
    keeper: 'v2',
  },
  {
    claim: 'no-store-to-unwritable-page',
    kind: 'store-to-read-only-page',
    state: 'v1',
    ops: [submit('user0', { ...LOAD, gaddr: '0x20000' }), submit('user0', LOAD)],
    keeper: 'v2',
  },
  {
    claim: 'no-store-to-unwritable-page',
    kind: 'store-to-zero-page',
    state: 'v2-min',
    ops: [submit('user0', LOAD)],
    world: { memory: [{ start: '0x10000', end: '0x1ffff', access: 'untouched' }] },
    keeper: 'v2',
  },
  {
    claim: 'loaded-page-is-dirtied',
    kind: 'modified-page-left-clean',
    state: 'v1',
    ops: [submit('user0', LOAD)],
    keeper: 'v2',
  },
  {
    claim: 'one-instruction-per-guest-store',
    kind: 'store-is-split',
    state: 'pre',
    ops: [guest('pcistb', 16)],
    keeper: 'v3',
  },
  {
    claim: 'one-instruction-per-guest-store',
    kind: 'store-is-changed',
    state: 'v1',
    ops: [guest('pcistb', 16), submit('user0', { ...STORE, len: 8 })],
    first: [
      ['vcpu0', 8],
      ['user0', 1],
    ],
    keeper: 'v3',
  },
  {
    claim: 'no-mio-on-classic-function',
    kind: 'mio-instruction',
    state: 'pre',
    ops: [bar('user0', 'bar_write')],
    world: { mio: true },
    keeper: 'v3',
  },
  {
    claim: 'no-store-substitution',
    kind: 'pcistg-for-pcistb',
    state: 'pre',
    ops: [guest('pcistb', 16)],
    keeper: 'v3',
  },
  {
    claim: 'stores-do-not-interleave',
    kind: 'store-split-by-another',
    state: 'pre',
    ops: [bar('user0', 'bar_write'), bar('user1', 'bar_write')],
    first: [
      ['user0', 8],
      ['user1', 1],
    ],
    keeper: 'v3',
  },
  {
    claim: 'request-needs-all-its-bytes',
    kind: 'executes-on-a-partial-write',
    state: 'v1',
    ops: [submit('user0', STORE), submit('user0', { ...STORE, len: 8 }, { pos: 44, count: 2 })],
    keeper: 'v2',
  },
  {
    claim: 'failed-submission-executes-nothing',
    kind: 'failed-call-executed',
    state: 'pre',
    ops: [bar('user0', 'bar_write', { buffer: 'torn' })],
    keeper: 'v3',
  },
  {
    claim: 'failed-submission-executes-nothing',
    kind: 'left-for-another-call',
    state: 'v1',
    ops: [submit('user0', { ...STORE, len: 65535 }), submit('user1', STORE, { pos: 44, count: 2 })],
    keeper: 'v2',
  },
  {
    claim: 'zero-length-never-executes',
    kind: 'zero-length-executed',
    state: 'v2',
    ops: [submit('user0', { ...STORE, gaddr: '0x10008', len: 0 }), bar('user0', 'bar_read')],
    keeper: 'v3',
  },
  {
    claim: 'pins-balanced',
    kind: 'pin-leaked',
    state: 'v1+mutant-leak-pin',
    ops: [submit('user0', STORE)],
    keeper: 'v1',
  },
  {
    claim: 'header-reads-return-the-header',
    kind: 'not-the-header',
    state: 'v1+mutant-readable-request',
    ops: [
      { actor: 'user0', op: 'region_read', pos: 8, count: 9 },
      { actor: 'user0', op: 'region_read', pos: 0, count: 16 },
    ],
    keeper: 'v1',
  },
  {
    claim: 'region-errnos-are-as-documented',
    kind: 'write-errno',
    state: 'v1+mutant-direction-errno',
    ops: [submit('user0', STORE, { pos: 15 })],
    keeper: 'v1',
  },
  {
    claim: 'region-errnos-are-as-documented',
    kind: 'read-errno',
    state: 'v1+mutant-readable-request',
    ops: [{ actor: 'user0', op: 'region_read', pos: 8, count: 9 }],
    keeper: 'v2',
  },
  {
    claim: 'only-bar-address-spaces',
    kind: 'reaches-config-space',
    state: 'v1',
    ops: [submit('user0', { ...LOAD, pcias: 15 }), bar('user0', 'bar_read')],
    keeper: 'v3',
  },
  {
    claim: 'only-bar-address-spaces',
    kind: 'reaches-unknown-space',
    state: 'v2',
    ops: [submit('user0', { ...STORE, pcias: 6 }), bar('user0', 'bar_read')],
    keeper: 'v3',
  },
  {
    claim: 'instruction-stays-in-4k-block',
    kind: 'crosses-4k',
    state: 'mainline+mutant-ism-v2',
    ops: [bar('user0', 'bar_write', { pos: 0xff8, count: 16 }), bar('user0', 'bar_read')],
    keeper: 'v3',
  },
  {
    claim: 'instruction-stays-in-4k-block',
    kind: 'leaves-bar',
    state: 'v2',
    ops: [submit('user0', { ...STORE, offset: '0xfff8', len: 8 + 8 }), bar('user0', 'bar_read')],
    keeper: 'v3',
  },
  {
    claim: 'no-access-while-memory-disabled',
    kind: 'region-access-while-disabled',
    state: 'v1',
    ops: [DISABLE, submit('user0', STORE), bar('user0', 'bar_write')],
    keeper: 'v3',
  },
  {
    claim: 'no-access-while-memory-disabled',
    kind: 'driver-access-while-disabled',
    state: 'mainline',
    ops: [DISABLE, bar('user0', 'bar_write')],
    keeper: 'v3',
  },
  {
    claim: 'msix-table-unreachable',
    kind: 'table-accessed',
    state: 'v1',
    ops: [
      submit('user0', { ...STORE, offset: '0x23f8', pcias: 0 }),
      bar('user0', 'bar_write', { bar: 0, pos: 0x1ffc }),
    ],
    world: { function: 'msix' },
    keeper: 'v3',
  },
  {
    claim: 'instruction-targets-own-function',
    kind: 'foreign-handle',
    state: 'v1+mutant-foreign-fh',
    ops: [submit('user0', STORE), bar('user0', 'bar_write')],
    keeper: 'v3',
  },
  {
    claim: 'failed-open-leaves-device-disabled',
    kind: 'device-left-enabled',
    state: 'v1',
    ops: [],
    world: { fault: 'register_region' },
    // What v3 would have to register does not exist; its own way to fail is another.
    keeper: null,
  },
  {
    claim: 'no-user-fault-under-arch-lock',
    kind: 'fault-under-lock',
    state: 'v1',
    ops: [submit('user0', STORE)],
    keeper: 'v2',
  },
  {
    claim: 'reset-on-close-does-not-block',
    kind: 'close-waits-for-state-lock',
    state: 'mainline+mutant-blocking-reset',
    ops: [POWER_OFF, KILL],
    first: [
      ['admin', 4],
      ['admin1', 1],
    ],
    keeper: 'mainline',
  },
  {
    claim: 'short-read-returns-low-bytes',
    kind: 'wrong-bytes',
    state: 'mainline+mutant-ism-v3',
    ops: [bar('user0', 'bar_read', { count: 4 })],
    keeper: 'v3',
  },
  {
    claim: 'failed-allocation-is-an-error',
    kind: 'null-dereference',
    state: 'v1',
    ops: [],
    world: { fault: 'kmalloc' },
    keeper: 'v3',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'EINVAL-without-cause',
    state: 'v1+mutant-direction-errno',
    ops: [submit('user0', STORE, { pos: 15 })],
    keeper: 'v1',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EFAULT',
    state: 'v1+mutant-readable-request',
    ops: [{ actor: 'user0', op: 'region_read', pos: 8, count: 9 }],
    keeper: 'v1',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EIO',
    state: 'v3+mutant-lost-store',
    ops: [bar('user0', 'bar_write')],
    world: { device: 'error' },
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'not-carried-out',
    state: 'v3+mutant-lost-store',
    ops: [DISABLE, bar('user0', 'bar_write')],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'wrong-count',
    state: 'v3~drop-call(ksys_pread64, 0)',
    ops: [bar('user0', 'bar_read')],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'not-carried-out',
    state: 'v1~drop-call(__zpci_load, 0)',
    ops: [submit('user0', LOAD)],
    keeper: 'v1',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'bit-not-written',
    state: 'v3~drop-call(vfio_basic_config_write, 0)',
    ops: [DISABLE],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'fd-left-open',
    state: 'v3~drop-call(filp_close)',
    ops: [KILL],
    keeper: 'v3',
  },
  {
    claim: 'guest-access-is-carried-out',
    kind: 'load-is-not-whole',
    state: 'pre',
    ops: [guest('pcilg', 7)],
    keeper: 'v3',
  },
  {
    claim: 'guest-access-is-carried-out',
    kind: 'store-is-not-whole',
    state: 'v1',
    ops: [guest('pcistg', 7)],
    keeper: 'v3',
  },
  {
    claim: 'device-is-used-while-open',
    kind: 'access-without-reference',
    state: 'v3+mutant-no-reference',
    ops: [bar('user0', 'bar_write')],
    keeper: 'v3',
  },
  {
    claim: 'device-is-used-while-open',
    kind: 'left-enabled-by-close',
    state: 'v3~late-call(vfio_pci_disable)',
    ops: [KILL],
    keeper: 'v3',
  },
  {
    claim: 'device-is-used-while-open',
    kind: 'open-without-enable',
    state: 'v3~answer(vfio_pci_enable, 0)',
    ops: [bar('user0', 'bar_write')],
    world: { fault: 'config_init' },
    // What cannot be opened is not used.
    keeper: null,
  },
  {
    claim: 'device-is-used-while-open',
    kind: 'open-without-region',
    state: 'v1~answer(vfio_pci_zdev_io_init, 0)',
    ops: [bar('user0', 'bar_write')],
    world: { fault: 'register_region' },
    // v1 fails to open.
    keeper: null,
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'EINVAL-without-cause',
    state: 'v3~flip(zdev.maxstbl)',
    ops: [bar('user0', 'bar_write')],
    keeper: null,
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'EINVAL-without-cause',
    state: 'v1~flip(zdev.relaxedAlign)',
    ops: [guest('pcistb', 11)],
    keeper: null,
  },
  {
    claim: 'device-is-used-while-open',
    kind: 'not-reset-by-close',
    state: 'mainline~drop-call(reset_slot, 0)',
    ops: [KILL],
    keeper: 'mainline',
  },
  {
    claim: 'unplug-does-its-work',
    kind: 'powered-off-twice',
    state: 'mainline~revert(disable_slot)',
    ops: [POWER_OFF, { actor: 'admin1', op: 'power_off' }],
    first: [
      ['admin', 2],
      ['admin1', 2],
    ],
    keeper: 'mainline',
  },
  {
    claim: 'unplug-does-its-work',
    kind: 'user-not-asked',
    state: 'v3~drop-signal(vfio_pci_request, req_trigger)',
    ops: [POWER_OFF],
    keeper: 'v3',
  },
  {
    claim: 'unplug-does-its-work',
    kind: 'handle-left',
    state: 'v3+mutant-handle-left',
    ops: [POWER_OFF],
    keeper: 'v3',
  },
  {
    claim: 'no-deadlock',
    kind: 'lock-and-event-cycle',
    state: 'v2-devlock',
    ops: [POWER_OFF],
    keeper: 'v3',
  },
  {
    claim: 'no-deadlock',
    kind: 'lock-cycle',
    state: 'mainline+mutant-blocking-reset',
    ops: [POWER_OFF, KILL],
    first: [
      ['admin', 4],
      ['admin1', 1],
    ],
    keeper: 'mainline',
  },
  {
    claim: 'no-livelock',
    kind: 'repeating-state',
    state: 'mainline+mutant-spin-reset',
    ops: [POWER_OFF, KILL],
    first: [
      ['admin', 4],
      ['admin1', 1],
    ],
    keeper: 'mainline',
  },
  {
    claim: 'lock-discipline',
    kind: 'lock-not-held',
    state: 'v3~early-unlock(disable_slot, pci_rescan_remove_lock)',
    ops: [POWER_OFF],
    keeper: 'v3',
  },
  {
    claim: 'lock-discipline',
    kind: 'lock-not-held',
    state: 'v3~drop-lock(zpci_deconfigure_device, BQL)',
    ops: [POWER_OFF],
    keeper: 'v3',
  },
  {
    claim: 'lock-discipline',
    kind: 'lock-not-held',
    state: 'mainline~late-lock(reset_slot, zdev->state_lock)',
    ops: [KILL],
    keeper: 'mainline',
  },
  {
    claim: 'instruction-targets-own-function',
    kind: 'foreign-handle',
    state: 'v3~drop-call(vfio_pci_setup_barmap, 0)',
    ops: [bar('user0', 'bar_write', { bar: 0 })],
    world: { function: 'msix' },
    keeper: 'v3',
  },
  {
    claim: 'instruction-targets-own-function',
    kind: 'foreign-handle',
    state: 'v3~ignore-error(vfio_pci_setup_barmap, -16)',
    ops: [bar('user0', 'bar_read', { bar: 0 }), bar('user1', 'bar_read', { bar: 0 })],
    world: { function: 'msix' },
    first: [
      ['user0', 4],
      ['user1', 1],
    ],
    keeper: 'v3',
  },
  {
    claim: 'lock-discipline',
    kind: 'return-with-lock-held',
    state: 'v1+mutant-leak-lock',
    ops: [submit('user0', STORE, { pos: 48 })],
    keeper: 'v1',
  },
];

const model = (state: string): Model => zpciIo.model(state)!;

testClaimCases(zpciIo, CASES);

test.each(CASES)('v3 keeps $claim ($kind)', ({ claim, ops, world }) => {
  expect(explored(model('v3'), claim, ops, world)?.kinds ?? []).toEqual([]);
});

describe('a claim is not exercised', () => {
  const exercised = (state: string, ops: readonly Operation[], world: WorldConfig = {}): readonly string[] =>
    record(model(state), { format: 1, model: `zpci-io/${state}`, ops, world }, STEPS_MAX).exercised;

  test.each(zpciIo.states.map(({ id }) => id))('by what does not touch the function (%s)', (state) => {
    const ops = [{ actor: 'user0', op: 'memory_enable' }];
    expect(exercised(state, ops)).toEqual([
      'success-has-its-effect',
      'device-is-used-while-open',
      'no-deadlock',
      'no-livelock',
      'lock-discipline',
    ]);
  });

  test.each([
    { claim: 'no-deadlock-on-hot-unplug', ops: [POWER_OFF], world: { guest: 'silent' } },
    { claim: 'no-mio-on-classic-function', ops: [bar('user0', 'bar_write')] },
    {
      claim: 'no-mio-on-classic-function',
      ops: [bar('user0', 'bar_write', { bar: 0 })],
      world: { mio: true, function: 'msix' },
    },
    { claim: 'one-instruction-per-guest-store', ops: [guest('pcistb', 11)] },
    { claim: 'one-instruction-per-guest-store', ops: [guest('pcilg', 8)] },
    { claim: 'no-store-substitution', ops: [guest('pcistb', 4097)] },
    { claim: 'failed-submission-executes-nothing', ops: [bar('user0', 'bar_write')] },
    { claim: 'failed-submission-executes-nothing', ops: [bar('user0', 'bar_read', { bar: 5 })] },
    { claim: 'no-store-to-unwritable-page', ops: [bar('user0', 'bar_write')] },
    { claim: 'loaded-page-is-dirtied', ops: [bar('user0', 'bar_read')], world: { device: 'error' } },
    { claim: 'no-access-while-memory-disabled', ops: [bar('user0', 'bar_write'), DISABLE] },
    { claim: 'msix-table-unreachable', ops: [bar('user0', 'bar_write')] },
    { claim: 'failed-open-leaves-device-disabled', ops: [POWER_OFF] },
    { claim: 'failed-allocation-is-an-error', ops: [], world: { fault: 'config_init' } },
    { claim: 'sigkill-frees-the-device', ops: [POWER_OFF] },
    { claim: 'errors-have-a-cause', ops: [bar('user0', 'bar_write')] },
    { claim: 'causes-give-an-error', ops: [bar('user0', 'bar_write')] },
    { claim: 'success-has-its-effect', ops: [bar('user0', 'bar_read', { bar: 5 })] },
    { claim: 'guest-access-is-carried-out', ops: [guest('pcilg', 8)], world: { function: 'msix' } },
    { claim: 'guest-access-is-carried-out', ops: [guest('pcistb', 11)] },
    { claim: 'device-is-used-while-open', ops: [bar('user0', 'bar_read', { bar: 5 })] },
    { claim: 'unplug-does-its-work', ops: [KILL] },
  ])('$claim, on pre with $ops.0.op', ({ claim, ops, world }) => {
    expect(exercised('pre', ops, world)).not.toContain(claim);
  });

  test.each([
    { claim: 'request-needs-all-its-bytes', ops: [bar('user0', 'bar_write')] },
    { claim: 'request-belongs-to-caller', ops: [submit('user0', { ...STORE, len: 4097 })] },
    { claim: 'pins-balanced', ops: [submit('user0', { ...STORE, gaddr: '0x30000' })] },
    {
      claim: 'header-reads-return-the-header',
      ops: [{ actor: 'user0', op: 'region_read', pos: 16, count: 1 }],
    },
    { claim: 'region-errnos-are-as-documented', ops: [submit('user0', STORE)] },
    { claim: 'region-errnos-are-as-documented', ops: [POWER_OFF], world: { fault: 'register_region' } },
  ])('$claim, on v1 with $ops.0.op', ({ claim, ops, world = {} }) => {
    expect(exercised('v1', ops, world)).not.toContain(claim);
  });
});

/** Who takes the first steps of two actors, before the default rule goes on with the second. */
const interrupted = (first: string, steps: number, second: string): string[] => [
  ...Array<string>(steps).fill(first),
  second,
];

describe('nobody is accused', () => {
  test.each(['v1', 'v2'])(
    'who sends again what another was refused, with the length mended (%s)',
    (state) => {
      const ops = [submit('user0', { ...STORE, len: 65535 }), submit('user1', STORE)];
      const { calls, violations, exercised } = record(
        model(state),
        { format: 1, model: `zpci-io/${state}`, ops },
        STEPS_MAX,
      );
      expect(calls.map(({ ret }) => ret)).toEqual([-5, 32]);
      expect(exercised).toContain('failed-submission-executes-nothing');
      expect(violations.map(({ property }) => property)).not.toContain('failed-submission-executes-nothing');
    },
  );

  test('who writes 64 bytes of which the 32 that count are mapped', () => {
    const ops = [submit('user0', STORE, { count: 64, buffer: 'torn' })];
    expect(explored(model('v2'), 'request-needs-all-its-bytes', ops)).toEqual({ kinds: [], exercised: true });
  });

  test('who stands in line for state_lock behind another power-off', () => {
    const ops = [POWER_OFF, { actor: 'admin1', op: 'power_off' }];
    for (const claim of ['reset-on-close-does-not-block', 'no-deadlock', 'io-never-waits-for-remover']) {
      expect(explored(model('mainline'), claim, ops)?.kinds).toEqual([]);
    }
  });
});

describe('once missed, or accused wrongly', () => {
  const violated = (
    state: string,
    ops: readonly Operation[],
    schedule: readonly string[],
    world: WorldConfig = {},
  ) =>
    record(
      model(state),
      { format: 1, model: `zpci-io/${state}`, ops, schedule, world },
      STEPS_MAX,
    ).violations.map(({ property }) => property);
  const exercised = (state: string, ops: readonly Operation[], world: WorldConfig = {}) =>
    record(model(state), { format: 1, model: `zpci-io/${state}`, ops, world }, STEPS_MAX).exercised;

  test('a request that is refused after a call ran was not left for that call', () => {
    const ops = [
      submit('user0', STORE),
      submit('user0', STORE, { pos: 44, count: 2 }),
      submit('user0', { ...STORE, len: 65535 }),
    ];
    expect(violated('v1', ops, [])).not.toContain('failed-submission-executes-nothing');
  });

  test('a refused length that another call executes was left for it, if the address is the same', () => {
    const ops = [submit('user0', { ...STORE, len: 65535 }), submit('user1', STORE)];
    expect(violated('v1', ops, interrupted('user1', 12, 'user0'))).toContain(
      'failed-submission-executes-nothing',
    );
  });

  test("a guest's request has QEMU's own buffer, whoever was refused with that address", () => {
    const ops = [submit('user0', { ...STORE, gaddr: '0x3ff80000000', len: 65535 }), guest('pcistb', 16)];
    expect(violated('v2', ops, [])).not.toContain('failed-submission-executes-nothing');
  });

  test("a guest's store must not execute with another's data", () => {
    const ops = [guest('pcistb', 16), submit('user0', STORE)];
    expect(violated('v1', ops, interrupted('vcpu0', 8, 'user0'))).toContain('request-belongs-to-caller');
  });

  test("a guest's load must not execute as another's store", () => {
    const ops = [guest('pcilg', 8), submit('user0', { ...STORE, len: 8 })];
    expect(violated('v1', ops, interrupted('vcpu0', 8, 'user0'))).toContain('request-belongs-to-caller');
  });

  test("a guest's store must not reach the device as a load", () => {
    const ops = [guest('pcistb', 8), submit('user0', LOAD)];
    expect(violated('v1', ops, interrupted('vcpu0', 8, 'user0'))).toContain(
      'one-instruction-per-guest-store',
    );
  });

  test('a request without a flag must not execute', () => {
    const ops = [submit('user0', { ...STORE, flags: 0 }), submit('user1', STORE)];
    expect(violated('v1', ops, interrupted('user0', 11, 'user1'))).toContain('request-belongs-to-caller');
  });

  test('a load that fails stores nothing, past the page or not', () => {
    const ops = [submit('user0', LOAD), submit('user1', { ...LOAD, gaddr: '0x10ffd' })];
    const world = { device: 'error' };
    expect(violated('v1', ops, interrupted('user0', 11, 'user1'), world)).not.toContain(
      'access-stays-in-pinned-page',
    );
  });

  test.each([
    {
      claim: 'no-access-while-memory-disabled',
      what: 'a read of the header',
      ops: [DISABLE, { actor: 'user0', op: 'region_read', pos: 0, count: 16 }],
      world: {},
    },
    {
      claim: 'no-access-while-memory-disabled',
      what: 'an access where there is no memory enable bit',
      ops: [DISABLE, bar('user0', 'bar_write')],
      world: { noCommandMemory: true },
    },
    {
      claim: 'msix-table-unreachable',
      what: 'an access far from the table',
      ops: [bar('user0', 'bar_write', { bar: 0 })],
      world: { function: 'msix' },
    },
    {
      claim: 'io-never-waits-for-remover',
      what: 'a power-off beside which nobody accesses the device',
      ops: [POWER_OFF],
      world: { guest: 'silent' },
    },
    {
      claim: 'stores-do-not-interleave',
      what: 'a caller that is alone',
      ops: [bar('user0', 'bar_write')],
      world: {},
    },
  ])('$claim is not exercised by $what', ({ claim, ops, world }) => {
    expect(exercised('v1', ops, world)).not.toContain(claim);
  });
});
