import { describe, expect, test } from 'vitest';
import { type ClaimCase, explored, testClaimCases } from '../../harness/campaign/claim-cases.fixture.ts';
import type { Model, Operation, WorldConfig } from '../../harness/model/model.ts';
import { record } from '../../harness/scenario/recording.ts';
import { series as msixMmap } from '../../models/msix-mmap/series.ts';

const STEPS_MAX = 10_000;

type Fields = { readonly [field: string]: Operation[string] };

const user = (op: string, fields: Fields = {}): Operation => ({ actor: 'user0', op, ...fields });
const mmap = (bar: number, fields: Fields = {}): Operation =>
  user('mmap', { bar, offset: 0, length: 0x1000, as: 'm0', ...fields });
const info = (bar: number): Operation => user('region_info', { bar });
const store = (offset: number, value = 0): Operation =>
  user('touch', { map: 'm0', offset, access: 'store', value });
const hotAdd = (size: number, slot = 2): Operation => ({ actor: 'admin', op: 'hot_add', slot, size });
const CLOSE = user('close');
const OPEN = user('open');
const PREAD = user('pread', { bar: 0, pos: 0, count: 4 });
const IOEVENTFD = user('ioeventfd', { bar: 0, pos: 0, count: 4 });
const setIrqs = (vectors: number): Operation => user('set_irqs', { vectors });
const AFFINITY: Operation = { actor: 'admin', op: 'affinity', vector: 0 };
const HOT_REMOVE: Operation = { actor: 'admin', op: 'hot_remove', slot: 2 };
const TRIGGER: Operation = { actor: 'device', op: 'trigger', vector: 0 };

/** A page of 64 KiB with BARs of two functions in it, which nobody may move. */
const FIXED_NEIGHBOURS: WorldConfig = {
  resourcePageAligned: true,
  bars: [{ bar: 0, size: 0x1000, at: 0, fixed: true }],
  neighbour: [{ bar: 0, size: 0x1000, at: 0x1000, fixed: true }],
};
/** Of the whole window, only what lies behind BAR 0 in its page is free. */
const FULL_WINDOW: WorldConfig = {
  bars: [
    { bar: 0, size: 0x1000, at: 0 },
    { bar: 1, size: 0x1_0000, at: 0x1_0000 },
    { bar: 2, size: 0x2_0000, at: 0x2_0000 },
    { bar: 3, size: 0x4_0000, at: 0x4_0000 },
    { bar: 4, size: 0x8_0000, at: 0x8_0000 },
  ],
};
/** As v4.5 has it: one BAR of one page, which the table is in. */
const TABLE_ALONE: WorldConfig = {
  pageSize: 4096,
  bars: [{ bar: 0, size: 0x1000, at: 0, table: { offset: 0, vectors: 2, pba: 0x800 } }],
};
const SUB_PAGE_PAIR: WorldConfig = {
  resourcePageAligned: true,
  bars: [
    { bar: 0, size: 0x1000, at: 0, fixed: true },
    { bar: 1, size: 0x1000, at: 0x1000, fixed: true },
  ],
};
const UNALIGNED: WorldConfig = { bars: [{ bar: 0, size: 0x1000, at: 0x1000, fixed: true }] };
const IGD_FAILS: WorldConfig = { arch: 'x86', igdFails: true, opened: false };
const UNFILTERED: WorldConfig = { filtersMsi: false };
const PARAMETER: WorldConfig = { resourceAlignment: '0000:01:00.0:noresize' };
const ALL_FUNCTIONS: WorldConfig = { resourceAlignment: '*:*:*.*:noresize' };
const NOTHING_FILTERS: WorldConfig = { filtersMsi: false, otherFiltersMsi: false };
const VIRTUAL_FUNCTIONS: WorldConfig = { sriov: { vfs: 2, size: 0x1000, at: 0x80000 } };
const ORDINARY: WorldConfig = { pageSize: 4096, bars: [{ bar: 0, size: 0x1000, at: 0 }] };

const CASES: readonly ClaimCase[] = [
  {
    claim: 'mapped-page-belongs-to-its-function',
    kind: 'maps-another-functions-bar',
    state: 'rfc1',
    ops: [mmap(0)],
    world: FIXED_NEIGHBOURS,
    keeper: 'v4.8',
  },
  {
    claim: 'mapped-page-belongs-to-its-function',
    kind: 'maps-another-functions-bar',
    state: 'rfc2',
    ops: [mmap(0)],
    world: FIXED_NEIGHBOURS,
    keeper: 'rfc3',
  },
  {
    claim: 'mapped-page-stays-its-functions',
    kind: 'bar-added-to-mapped-page',
    state: 'rfc4',
    ops: [mmap(0), hotAdd(0x1000)],
    first: [['user0', 1]],
    keeper: 'v4.8',
  },
  {
    claim: 'mapped-page-stays-its-functions',
    kind: 'bar-added-to-mapped-page',
    state: 'v4.8+mutant-early-release',
    ops: [mmap(0), user('munmap', { map: 'm1' }), hotAdd(0x1000)],
    first: [['user0', 1]],
    keeper: 'v4.8',
  },
  {
    claim: 'last-close-frees-the-page',
    kind: 'dummy-left-behind',
    state: 'v4.8+mutant-no-release',
    ops: [CLOSE],
    keeper: 'v4.8',
  },
  {
    claim: 'last-close-frees-the-page',
    kind: 'no-room-after-last-close',
    state: 'v4.8+mutant-no-release',
    ops: [CLOSE, hotAdd(0x1000)],
    world: FULL_WINDOW,
    first: [['user0', 1]],
    keeper: 'v4.8',
  },
  {
    claim: 'mmap-flag-means-mappable',
    kind: 'flag-without-page',
    state: 'v4.6',
    ops: [info(0)],
    world: TABLE_ALONE,
    keeper: 'v4.16',
  },
  {
    claim: 'mmap-flag-means-mappable',
    kind: 'page-without-flag',
    state: 'v4.8+mutant-old-info',
    ops: [info(0)],
    keeper: 'v4.8',
  },
  {
    claim: 'no-vector-written-through-mmap',
    kind: 'vector-written',
    state: 'v4.16',
    ops: [mmap(2), store(0)],
    keeper: 'v4.12',
  },
  {
    claim: 'written-vector-is-filtered',
    kind: 'unfiltered-vector-written',
    state: 'rfc4',
    ops: [mmap(2), store(0)],
    world: UNFILTERED,
    keeper: 'rfc3',
  },
  {
    claim: 'written-vector-is-filtered',
    kind: 'forged-interrupt',
    state: 'v4.16',
    ops: [user('set_irqs', { vectors: 1 }), mmap(2), store(0), TRIGGER],
    world: UNFILTERED,
    first: [['user0', 1]],
    keeper: 'rfc3',
  },
  {
    claim: 'no-vector-written-through-the-file',
    kind: 'pwrite-reaches-table',
    state: 'v5.11+mutant-writable-table',
    ops: [user('pwrite', { bar: 2, pos: 0, count: 4 })],
    keeper: 'v5.11',
  },
  {
    claim: 'no-vector-written-through-the-file',
    kind: 'pwrite-reaches-table',
    state: 'rfc4',
    ops: [user('pwrite', { bar: 2, pos: 0, count: 4 })],
    keeper: 'v4.16',
  },
  {
    claim: 'no-vector-written-through-the-file',
    kind: 'pwrite-reaches-table',
    state: 'busflag',
    ops: [user('pwrite', { bar: 2, pos: 0, count: 4 })],
    keeper: 'rfc3',
  },
  {
    claim: 'no-vector-written-through-the-file',
    kind: 'ioeventfd-reaches-table',
    state: 'v5.11+mutant-writable-table',
    ops: [user('ioeventfd', { bar: 2, pos: 0, count: 4 })],
    keeper: 'v5.11',
  },
  {
    claim: 'mapped-bar-starts-on-a-page',
    kind: 'maps-unaligned-bar',
    state: 'v4.8+mutant-any-start',
    ops: [mmap(0)],
    world: UNALIGNED,
    keeper: 'v4.8',
  },
  {
    claim: 'mapped-bar-starts-on-a-page',
    kind: 'maps-unaligned-bar',
    state: 'rfc1',
    ops: [mmap(0)],
    world: UNALIGNED,
    keeper: 'rfc3',
  },
  {
    claim: 'failed-open-leaves-nothing',
    kind: 'walks-uninitialised-list',
    state: 'v4.8',
    ops: [OPEN],
    world: IGD_FAILS,
    keeper: 'v5.11',
  },
  {
    claim: 'failed-open-leaves-nothing',
    kind: 'dummy-leaked',
    state: 'v4.8+mutant-early-probe',
    ops: [OPEN],
    world: { ...IGD_FAILS, bars: [{ bar: 0, size: 0x100, at: 0 }] },
    keeper: 'v5.11',
  },
  {
    claim: 'probe-only-keeps-resources',
    kind: 'resource-changed',
    state: 'pre',
    ops: [],
    world: { ...PARAMETER, probeOnly: true },
    keeper: 'v4.12',
  },
  {
    claim: 'alignment-keeps-the-size',
    kind: 'resource-resized',
    state: 'pre',
    ops: [],
    world: PARAMETER,
    keeper: 'rfc4',
  },
  {
    claim: 'alignment-keeps-the-vf-stride',
    kind: 'stride-changed',
    state: 'rfc4',
    ops: [],
    world: { ...VIRTUAL_FUNCTIONS, resourceAlignment: '0000:01:00.0' },
    keeper: 'v4.12',
  },
  {
    claim: 'ordinary-bars-behave-alike',
    kind: 'other-mmap',
    state: 'v4.8+mutant-off-by-one',
    ops: [mmap(0)],
    world: ORDINARY,
    keeper: 'v5.11',
  },
  {
    claim: 'ordinary-bars-behave-alike',
    kind: 'other-region-info',
    state: 'v4.8+mutant-off-by-one',
    ops: [info(0)],
    world: ORDINARY,
    keeper: 'v5.11',
  },
  {
    claim: 'registers-beside-table-need-no-trap',
    kind: 'refused-for-the-table',
    state: 'v4.12',
    ops: [mmap(2)],
    keeper: 'v4.16',
  },
  {
    claim: 'shared-page-is-not-mappable',
    kind: 'shared-page-mappable',
    state: 'rfc2',
    ops: [info(0)],
    world: SUB_PAGE_PAIR,
    keeper: 'rfc3',
  },
  {
    claim: 'msix-gate-asks-own-path',
    kind: 'allowed-against-own-bridge',
    state: 'rfc4',
    ops: [info(2)],
    world: UNFILTERED,
    keeper: 'busflag',
  },
  {
    claim: 'msix-gate-asks-own-path',
    kind: 'refused-against-own-bridge',
    state: 'rfc1',
    ops: [info(2)],
    world: { eeh: false },
    keeper: 'rfc3',
  },
  {
    claim: 'gate-is-closed-where-nothing-filters',
    kind: 'open-where-nothing-filters',
    state: 'rfc1',
    ops: [info(2)],
    world: NOTHING_FILTERS,
    keeper: 'rfc4',
  },
  {
    claim: 'gate-is-closed-where-nothing-filters',
    kind: 'open-where-nothing-filters',
    state: 'rfc4~answer(iommu_capable, true)',
    ops: [info(2)],
    world: NOTHING_FILTERS,
    keeper: 'rfc4',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'EINVAL-without-cause',
    state: 'v5.11~drop-call(mayMapBar, false)',
    ops: [mmap(5), mmap(2, { offset: 0x1_0000 })],
    keeper: 'v5.11',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'EBADF-without-cause',
    state: 'v5.11~drop-call(vfio_group_get_device_fd, 0)',
    ops: [info(0), OPEN, info(0)],
    world: { opened: false },
    keeper: 'v5.11',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'SIGSEGV-without-cause',
    state: 'v5.11~drop-call(ksys_mmap_pgoff, 0)',
    ops: [store(0), mmap(0), store(0)],
    keeper: 'v5.11',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EBADF',
    state: 'v5.11~drop-call(filp_close, 0)',
    ops: [CLOSE, info(0)],
    keeper: 'v5.11',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EINVAL',
    state: 'v5.11~ignore-error(vfio_pci_bar_rw, -22)',
    ops: [user('pread', { bar: 0, pos: 0x1000, count: 4 })],
    keeper: 'v5.11',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EINVAL',
    state: 'v5.11~answer(vfio_pci_igd_init, 0)',
    ops: [OPEN],
    world: IGD_FAILS,
    keeper: 'v5.11',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-SIGSEGV',
    state: 'v5.11~drop-call(__vm_munmap, 0)',
    ops: [mmap(0), user('munmap', { map: 'm0' }), store(0)],
    keeper: 'v5.11',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EEXIST',
    state: 'v5.11~ignore-error(vfio_pci_ioeventfd, -17)',
    ops: [IOEVENTFD, IOEVENTFD],
    keeper: 'v5.11',
  },
  ...[
    ['opens-nothing', 'drop-call(vfio_pci_open, 0)', [OPEN]],
    ['flags-of-another-region', 'drop-call(vfio_pci_get_region_info, 0)', [info(0)]],
    ['region-not-requested', 'drop-call(vfio_pci_setup_barmap, 0)', [mmap(0)]],
    ['null-barmap', 'drop-call(vfio_pci_setup_barmap, 0)', [PREAD]],
    ['null-barmap', 'drop-call(vfio_pci_setup_barmap, 0)', [IOEVENTFD]],
    ['access-without-instruction', 'drop-call(access, 0)', [mmap(0), store(0)]],
    ['other-count', 'drop-call(do_io_rw, 0)', [PREAD]],
    ['no-ioeventfd', 'drop-call(vfio_pci_ioeventfd, 0)', [IOEVENTFD]],
    ['vectors-not-set', 'drop-call(vfio_pci_set_irqs_ioctl, 0)', [setIrqs(1)]],
    ['msix-not-disabled', 'drop-call(vfio_pci_set_irqs_ioctl, 0)', [setIrqs(1), setIrqs(0)]],
    ['vector-not-rewritten', 'drop-call(irq_set_affinity, 0)', [setIrqs(1), AFFINITY]],
    ['other-interrupt', 'drop-call(raise, 0)', [setIrqs(1), TRIGGER]],
    ['no-address-of-its-own', 'ignore-error(pciehp_enable_slot, -12)', [info(0), hotAdd(0x10_0000)]],
    ['does-not-leave', 'drop-call(pciehp_disable_slot, 0)', [info(0), hotAdd(0x1000), HOT_REMOVE]],
  ].map(
    ([kind, mutation, ops]): ClaimCase => ({
      claim: 'success-has-its-effect',
      kind: kind as string,
      state: `v5.11~${mutation as string}`,
      ops: ops as Operation[],
      first: [['user0', 1]],
      keeper: 'v5.11',
    }),
  ),
  ...[
    ['left-enabled', 'drop-call(fput)', [info(0), CLOSE]],
    ['left-enabled', 'drop-call(vfio_pci_release)', [CLOSE]],
    ['region-left-requested', 'drop-call(vfio_pci_disable)', [PREAD, CLOSE]],
    ['msix-left-enabled', 'drop-call(vfio_pci_disable)', [setIrqs(1), CLOSE]],
    ['not-disabled', 'drop-call(vfio_pci_disable)', [CLOSE]],
  ].map(
    ([kind, mutation, ops]): ClaimCase => ({
      claim: 'last-use-disables',
      kind: kind as string,
      state: `rfc4~${mutation as string}`,
      ops: ops as Operation[],
      keeper: 'rfc4',
    }),
  ),
  {
    claim: 'exclusive-page-is-mappable',
    kind: 'exclusive-page-refused',
    state: 'v5.11~revert(mayMapBar)',
    ops: [info(0)],
    keeper: 'v5.11',
  },
  {
    claim: 'exclusive-page-is-mappable',
    kind: 'exclusive-page-refused',
    state: 'rfc4~revert(mayMapBar)',
    ops: [mmap(0)],
    keeper: 'rfc4',
  },
  {
    claim: 'parameter-aligns-whom-it-names',
    kind: 'aligns-otherwise',
    state: 'v5.11~flip(alignment.noresize)',
    ops: [],
    world: PARAMETER,
    keeper: 'v5.11',
  },
  {
    claim: 'parameter-aligns-whom-it-names',
    kind: 'aligns-who-is-not-named',
    state: 'v5.11~flip(alignment.wildcards)',
    ops: [],
    world: ALL_FUNCTIONS,
    keeper: 'v5.11',
  },
  {
    claim: 'parameter-aligns-whom-it-names',
    kind: 'does-not-align-who-is-named',
    state: 'rfc4~flip(alignment.wildcards)',
    ops: [],
    world: ALL_FUNCTIONS,
    keeper: 'rfc4',
  },
  {
    claim: 'aligned-bar-is-no-window',
    kind: 'taken-for-window',
    state: 'rfc4:1',
    ops: [],
    world: PARAMETER,
    keeper: 'rfc4',
  },
  {
    claim: 'aligned-bar-is-no-window',
    kind: 'taken-for-window',
    state: 'v5.11~flip(alignment.startalignMarksWindows)',
    ops: [],
    keeper: 'v5.11',
  },
  {
    claim: 'no-deadlock',
    kind: 'lock-cycle',
    state: 'v4.8+mutant-lock-cycle',
    ops: [OPEN, { ...mmap(0), actor: 'user1' }],
    // The mmap has mmap_sem, and the open gets driver_lock.
    first: [
      ['user1', 4],
      ['user0', 1],
    ],
    keeper: 'v4.8',
  },
  {
    claim: 'no-livelock',
    kind: 'repeating-state',
    state: 'v4.8+mutant-lock-spin',
    ops: [OPEN, { ...mmap(0), actor: 'user1' }],
    // The mmap has mmap_sem, and the open gets driver_lock.
    first: [
      ['user1', 4],
      ['user0', 1],
    ],
    keeper: 'v4.8',
  },
  {
    claim: 'lock-discipline',
    kind: 'return-with-lock-held',
    state: 'v4.8+mutant-leak-lock',
    ops: [hotAdd(0x10_0000)],
    keeper: 'v4.8',
  },
];

const model = (state: string): Model => msixMmap.model(state)!;

testClaimCases(msixMmap, CASES);

const recording = (
  state: string,
  ops: readonly Operation[],
  world: WorldConfig = {},
  schedule: readonly string[] = [],
) => record(model(state), { format: 1, model: `msix-mmap/${state}`, ops, world, schedule }, STEPS_MAX);

describe('a claim is not exercised', () => {
  test.each(msixMmap.states.map(({ id }) => id))('by what does not touch a BAR (%s)', (state) => {
    // v4.12 and the first RFCs align without being asked to.
    const { exercised } = recording(state, [user('device_info')], {
      arch: 'arm64',
      bars: [{ bar: 0, size: 0x1_0000, at: 0 }],
    });
    expect(exercised).toEqual(['success-has-its-effect', 'no-deadlock', 'no-livelock', 'lock-discipline']);
  });

  test.each<{ claim: string; state: string; ops: readonly Operation[]; world?: WorldConfig }>([
    { claim: 'mapped-page-belongs-to-its-function', state: 'pre', ops: [mmap(0)] },
    { claim: 'mapped-page-stays-its-functions', state: 'v4.8', ops: [hotAdd(0x1000)] },
    { claim: 'last-close-frees-the-page', state: 'v4.8', ops: [OPEN, CLOSE] },
    { claim: 'mmap-flag-means-mappable', state: 'v4.8', ops: [info(5)] },
    { claim: 'no-vector-written-through-mmap', state: 'v4.16', ops: [mmap(2, { prot: 'r' })] },
    { claim: 'no-vector-written-through-mmap', state: 'v4.16', ops: [mmap(2, { offset: 0x1_0000 })] },
    {
      claim: 'no-vector-written-through-the-file',
      state: 'v5.11',
      ops: [user('pread', { bar: 2, pos: 0, count: 4 })],
    },
    {
      claim: 'no-vector-written-through-the-file',
      state: 'v5.11',
      ops: [user('pwrite', { bar: 2, pos: 64, count: 4 })],
    },
    { claim: 'mapped-bar-starts-on-a-page', state: 'pre', ops: [mmap(0)] },
    { claim: 'failed-open-leaves-nothing', state: 'v4.8', ops: [CLOSE, OPEN] },
    { claim: 'probe-only-keeps-resources', state: 'pre', ops: [], world: { probeOnly: true } },
    { claim: 'probe-only-keeps-resources', state: 'pre', ops: [], world: PARAMETER },
    {
      claim: 'alignment-keeps-the-size',
      state: 'rfc4',
      ops: [],
      world: { resourceAlignment: '0000:01:00.0' },
    },
    { claim: 'alignment-keeps-the-vf-stride', state: 'pre', ops: [], world: VIRTUAL_FUNCTIONS },
    { claim: 'ordinary-bars-behave-alike', state: 'pre', ops: [mmap(0)] },
    { claim: 'ordinary-bars-behave-alike', state: 'pre', ops: [mmap(2)], world: { arch: 'x86' } },
    {
      claim: 'ordinary-bars-behave-alike',
      state: 'pre',
      ops: [mmap(0)],
      world: { ...ORDINARY, pageSize: 65536 },
    },
    { claim: 'ordinary-bars-behave-alike', state: 'pre', ops: [CLOSE, mmap(0)], world: ORDINARY },
    { claim: 'registers-beside-table-need-no-trap', state: 'pre', ops: [mmap(2)], world: { pageSize: 4096 } },
    { claim: 'registers-beside-table-need-no-trap', state: 'pre', ops: [mmap(2, { private: true })] },
    {
      claim: 'registers-beside-table-need-no-trap',
      state: 'pre',
      ops: [mmap(0)],
      world: { ...TABLE_ALONE, pageSize: 65536 },
    },
    { claim: 'shared-page-is-not-mappable', state: 'rfc1', ops: [info(0)] },
    { claim: 'msix-gate-asks-own-path', state: 'rfc4', ops: [info(0)] },
    { claim: 'gate-is-closed-where-nothing-filters', state: 'rfc4', ops: [info(2)] },
    { claim: 'errors-have-a-cause', state: 'v5.11', ops: [mmap(0), store(0), CLOSE] },
    { claim: 'causes-give-an-error', state: 'v5.11', ops: [mmap(0), store(0), CLOSE] },
    { claim: 'success-has-its-effect', state: 'v5.11', ops: [mmap(5), store(0)] },
    { claim: 'last-use-disables', state: 'v5.11', ops: [mmap(0)] },
    {
      claim: 'exclusive-page-is-mappable',
      state: 'v5.11',
      ops: [info(0)],
      world: { ...UNALIGNED, ...FIXED_NEIGHBOURS },
    },
    { claim: 'parameter-aligns-whom-it-names', state: 'v5.11', ops: [] },
    { claim: 'aligned-bar-is-no-window', state: 'rfc4', ops: [] },
  ])('$claim, on $state with $ops.0.op', ({ claim, state, ops, world }) => {
    const { exercised, stale } = recording(state, ops, world);
    expect(stale).toBeNull();
    expect(exercised).not.toContain(claim);
  });
});

describe('a claim does not apply', () => {
  test.each([
    { claim: 'last-close-frees-the-page', states: ['pre', 'v4.6', 'rfc1', 'rfc2', 'rfc3', 'rfc4', 'always'] },
    { claim: 'exclusive-page-is-mappable', states: ['pre', 'v4.6', 'rfc1', 'rfc2'] },
    { claim: 'aligned-bar-is-no-window', states: ['pre', 'v4.6', 'rfc1', 'rfc2', 'rfc3', 'v4.8'] },
    { claim: 'msix-gate-asks-own-path', states: ['pre', 'v4.8', 'v4.16', 'always', 'rfc4:1+2+3+4+5'] },
  ])('$claim', ({ claim, states }) => {
    for (const state of states) expect(model(state).properties.map(({ id }) => id)).not.toContain(claim);
  });
});

describe('nobody is accused', () => {
  test('who finds the region busy, as a first mmap can in every state', () => {
    const ops = [mmap(0), { ...mmap(0, { as: 'm1' }), actor: 'user1' }];
    for (const { id } of msixMmap.states.filter(({ source }) => source.status !== 'mutant')) {
      expect(explored(model(id), 'ordinary-bars-behave-alike', ops, ORDINARY)).toEqual({
        kinds: [],
        exercised: true,
      });
    }
  });

  test('who lets the user choose a message that hardware filters', () => {
    const ops = [user('set_irqs', { vectors: 1 }), mmap(2), store(0), TRIGGER];
    expect(explored(model('v4.16'), 'written-vector-is-filtered', ops)).toEqual({
      kinds: [],
      exercised: true,
    });
  });

  test('who lets the user mask a vector that hardware does not filter', () => {
    const { violations } = recording('v4.16', [mmap(2), store(0xc, 1)], UNFILTERED);
    expect(violations.map(({ property }) => property)).toEqual(['no-vector-written-through-mmap']);
  });

  test('who refuses the table where its gate says that nothing filters', () => {
    const { violations, exercised } = recording('rfc3', [mmap(2)], UNFILTERED);
    expect(exercised).toContain('registers-beside-table-need-no-trap');
    expect(violations).toEqual([]);
  });

  test('who finds no room for a hot added BAR while the function is open', () => {
    const { calls, violations } = recording('v4.8', [hotAdd(0x1000)], FULL_WINDOW);
    expect(calls.map(({ ret }) => ret)).toEqual([-12]);
    expect(violations).toEqual([]);
  });

  test('who shows two BARs of one function in one page', () => {
    const { violations } = recording('rfc1', [mmap(0)], SUB_PAGE_PAIR);
    expect(violations.map(({ property }) => property)).toEqual(['shared-page-is-not-mappable']);
  });
});
