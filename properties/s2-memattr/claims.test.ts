import { describe, expect, test } from 'vitest';
import { type ClaimCase, explored, testClaimCases } from '../../harness/campaign/claim-cases.fixture.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { record } from '../../harness/scenario/recording.ts';
import { series } from '../../models/s2-memattr/series.ts';

const STEPS_MAX = 10_000;

type Fields = { readonly [field: string]: Operation[string] };

const user = (op: string, fields: Fields = {}): Operation => ({ actor: 'user0', op, ...fields });
const guest = (access: string, fields: Fields = {}): Operation => ({
  actor: 'vcpu0',
  op: 'guest_access',
  page: 'slot0',
  access,
  ...fields,
});
const encode = (prot: string): Operation => user('set_prot_attr', { prot });
/** By a thread of the VMM that comes after vcpu0 by the default rule, so that one deviation puts it into a fault. */
const mmap = (backing: string): Operation => ({ actor: 'vcpu2', op: 'mmap', hva: 0, backing });
const mapUnder = (backing: string): Operation => user('mmap', { hva: 0, backing });
const mprotect = (prot: string): Operation => user('mprotect', { hva: 0, prot });

const READ = guest('read');
const WRITE = guest('write');
const EXEC = guest('exec');
/** An exit for emulation, since nobody has mapped the page of GICV. */
const GICV_READ = guest('read', { page: 'gicv' });
const MUNMAP = user('munmap', { hva: 0 });
const MAP_GICV = user('map_gicv');
const DISABLE = user('memory_disable');
const LOG_WRITES = user('set_memslot', { slot: 0, logging: true });
const LOG_NOTHING = user('set_memslot', { slot: 0, logging: false });
const ALLOW = user('allow_nc');
const resetOf = (device: string): Operation => user('reset', { device });

const OTHER_READ: Operation = { ...READ, actor: 'vcpu1' };

/** From the beginning of an access that faults to the access itself. */
const FAULT_STEPS = 24;

type Turns = NonNullable<ClaimCase['first']>;

const VCPU_FIRST: Turns = [['vcpu0', 1]];

/** Two vCPUs fault on one page: the first has seen that Normal-NC is not allowed, the second that it is. */
const TWO_ANSWERS = [READ, ALLOW, OTHER_READ];
const ONE_EACH: Turns = [
  ['vcpu0', 10],
  ['user0', 2],
  ['vcpu1', 1],
];

const PLATFORM: WorldConfig = { slot0: 'platform' };
const CACHEABLE: WorldConfig = { slot0: 'cacheable' };
const RAM: WorldConfig = { slot0: 'ram' };
const RAM_NO_DIC: WorldConfig = { slot0: 'ram', cacheDic: false };
const WITHOUT_FWB: WorldConfig = { fwb: false };
const PROTECTED: WorldConfig = { pkvm: true };

const CASES: readonly ClaimCase[] = [
  {
    claim: 'gicv-never-normal-nc',
    kind: 'gicv-normal-nc',
    state: 'v1',
    ops: [MAP_GICV],
    keeper: 'v3',
  },
  {
    claim: 'gicv-never-normal-nc',
    kind: 'gicv-normal-nc',
    state: 'v2',
    ops: [MAP_GICV],
    keeper: 'pre',
  },
  {
    claim: 'stage2-never-normal-nc-without-flag',
    kind: 'normal-nc-without-flag',
    state: 'v2',
    ops: [READ],
    world: { slot0: 'mem' },
    keeper: 'v9',
  },
  {
    claim: 'stage2-never-normal-nc-without-flag',
    kind: 'normal-nc-without-flag',
    state: 'v9+mutant-equals-flag',
    ops: [READ],
    world: { bits: '32' },
    keeper: 'v9',
  },
  {
    claim: 'stage2-never-normal-nc-without-flag',
    kind: 'normal-nc-by-stale-flag',
    state: 'v9+mutant-seq-after-unlock',
    ops: [READ, mmap('platform')],
    // The fault has sampled the flag and let go of the mmap lock, and is about to read mmu_invalidate_seq.
    first: [
      ['vcpu0', 7],
      ['vcpu2', 1],
    ],
    keeper: 'v9',
  },
  {
    claim: 'platform-device-stays-device',
    kind: 'platform-device-relaxed',
    state: 'v1',
    ops: [READ],
    world: PLATFORM,
    keeper: 'v3',
  },
  {
    claim: 'platform-device-stays-device',
    kind: 'platform-device-relaxed',
    state: 'v2',
    ops: [READ],
    world: PLATFORM,
    keeper: 'pre',
  },
  {
    claim: 'guest-chooses-normal-nc-for-bar',
    kind: 'another-type-forced',
    state: 'pre',
    ops: [READ],
    keeper: 'v9',
  },
  {
    claim: 'guest-chooses-normal-nc-for-bar',
    kind: 'another-type-forced',
    state: 'v9:1+2+3',
    ops: [READ],
    keeper: 'v2',
  },
  {
    claim: 'guest-chooses-normal-nc-for-bar',
    kind: 'another-type-forced',
    state: 'v9+mutant-flag-in-int',
    ops: [READ],
    keeper: 'v3',
  },
  {
    claim: 'device-never-mapped-cacheable',
    kind: 'device-mapped-cacheable',
    state: 'v1',
    ops: [READ],
    world: CACHEABLE,
    keeper: 'v3',
  },
  {
    claim: 'device-never-executable',
    kind: 'device-mapped-executable',
    state: 'v1:1',
    ops: [READ],
    world: CACHEABLE,
    keeper: 'v9',
  },
  {
    claim: 'device-never-executable',
    kind: 'device-mapped-executable',
    state: 'v6+mutant-no-exec-guard',
    ops: [EXEC],
    keeper: 'v6',
  },
  {
    claim: 'encoder-refuses-executable-device',
    kind: 'executable-device-encoded',
    state: 'v3:1',
    ops: [encode('NX')],
    keeper: 'v7',
  },
  {
    claim: 'encoder-refuses-executable-device',
    kind: 'executable-device-encoded',
    state: 'v6',
    ops: [encode('DNX')],
    keeper: 'v4',
  },
  {
    claim: 'encoder-refuses-two-types',
    kind: 'two-types-accepted',
    state: 'v3:1',
    ops: [encode('DN')],
    keeper: 'v3',
  },
  {
    claim: 'encoder-refuses-two-types',
    kind: 'two-types-accepted',
    state: 'v4',
    ops: [encode('DN')],
    keeper: 'v9',
  },
  {
    claim: 'encoder-chooses-a-type',
    kind: 'uninitialised-attribute',
    state: 'v5',
    ops: [encode('DN')],
    keeper: 'v4',
  },
  {
    claim: 'permission-fault-keeps-memory-type',
    kind: 'type-changed-by-permission-fault',
    state: 'v9+mutant-relax-by-encoder',
    ops: [mprotect('r'), READ, WRITE, mprotect('rw'), OTHER_READ],
    // The write has found the entry of the read, without permission. That is gone then, and vcpu1 makes another.
    first: [
      ['user0', 14],
      ['vcpu0', 27],
      ['user0', 14],
      ['vcpu1', 1],
    ],
    keeper: null,
  },
  {
    claim: 'memory-type-changes-through-invalid',
    kind: 'changed-while-valid',
    state: 'alt-ioctl+mutant-make-without-break',
    ops: TWO_ANSWERS,
    first: ONE_EACH,
    keeper: null,
  },
  {
    claim: 'memory-type-changes-through-invalid',
    kind: 'tlb-not-told',
    state: 'alt-ioctl+mutant-break-without-tlbi',
    ops: TWO_ANSWERS,
    first: ONE_EACH,
    keeper: null,
  },
  {
    claim: 'guest-never-uses-gone-mapping',
    kind: 'gone-mapping-used',
    state: 'v9+mutant-no-retry',
    ops: [READ, mmap('platform')],
    // The fault is about to write its entry.
    first: [
      ['vcpu0', 17],
      ['vcpu2', 1],
    ],
    keeper: 'v9',
  },
  {
    claim: 'guest-never-uses-gone-mapping',
    kind: 'disabled-memory-used',
    state: 'v9+mutant-no-retry',
    ops: [READ, DISABLE],
    first: [
      ['vcpu0', 17],
      ['user0', 1],
    ],
    keeper: 'v9',
  },
  {
    claim: 'bar-fault-succeeds-without-fwb',
    kind: 'bar-fault-fails',
    state: 'v1',
    ops: [READ],
    world: WITHOUT_FWB,
    keeper: 'v3',
  },
  {
    claim: 'vma-not-used-after-unlock',
    kind: 'vma-used-after-unlock',
    state: 'v9+mutant-vma-after-unlock',
    ops: [READ],
    keeper: 'v9',
  },
  {
    claim: 'guest-never-caches-device',
    kind: 'cacheable-access',
    state: 'v1',
    ops: [guest('read', { stage1: 'normal-wb' })],
    world: CACHEABLE,
    keeper: 'v9',
  },
  {
    claim: 'guest-never-caches-device',
    kind: 'cacheable-access',
    state: 'v9+mutant-guest-chooses',
    ops: [guest('read', { stage1: 'normal-wt' })],
    keeper: 'v9',
  },
  {
    claim: 'guest-never-caches-device',
    kind: 'cacheable-access',
    state: 'v9+mutant-force-write-back',
    ops: [guest('read', { stage1: 'device-nGnRnE' })],
    keeper: 'v9',
  },
  {
    claim: 'unflagged-behaves-as-before',
    kind: 'other-memory-type',
    state: 'v2',
    ops: [READ, MAP_GICV],
    world: PLATFORM,
    keeper: 'v9',
  },
  {
    claim: 'unflagged-behaves-as-before',
    kind: 'other-execute-permission',
    state: 'v1:1',
    ops: [READ],
    world: CACHEABLE,
    keeper: 'v9',
  },
  {
    claim: 'unflagged-behaves-as-before',
    kind: 'other-end-of-fault',
    state: 'v1:1',
    ops: [READ],
    world: { ...PLATFORM, fwb: false },
    keeper: 'v9',
  },
  {
    claim: 'guest-writes-arrive-before-reset',
    kind: 'write-after-reset',
    state: 'v2',
    ops: [WRITE, MUNMAP, resetOf('platform')],
    world: PLATFORM,
    first: [['vcpu0', 1]],
    keeper: 'v9',
  },
  {
    claim: 'logged-slot-never-maps-device',
    kind: 'device-mapped',
    state: 'v9',
    ops: [LOG_WRITES, mapUnder('pci'), READ],
    world: RAM,
    keeper: 'alt-fd',
  },
  {
    claim: 'logged-slot-never-maps-device',
    kind: 'device-write-protected',
    state: 'pre',
    ops: [LOG_WRITES, { ...mapUnder('pci'), actor: 'vcpu0' }, READ],
    world: RAM,
    // The check has found memory, and let go of the mmap lock.
    first: [
      ['user0', 6],
      ['vcpu0', 41],
    ],
    keeper: 'alt-fd',
  },
  {
    claim: 'no-deadlock',
    kind: 'lock-cycle',
    state: 'v9+mutant-leak-mmap-lock',
    ops: [READ, MUNMAP],
    world: { slot0: 'none' },
    // The fault fails, and its vCPU comes back with the lock.
    first: [
      ['vcpu0', 8],
      ['user0', 1],
    ],
    keeper: 'v9',
  },
  {
    claim: 'no-livelock',
    kind: 'repeating-state',
    state: 'v9+mutant-retry-forever',
    ops: [READ],
    world: { slot0: 'none' },
    keeper: 'v9',
  },
  {
    claim: 'lock-discipline',
    kind: 'return-with-lock-held',
    state: 'v9+mutant-leak-mmap-lock',
    ops: [READ],
    world: { slot0: 'none' },
    keeper: 'v9',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'EINVAL-without-cause',
    state: 'v1',
    ops: [READ, GICV_READ],
    world: WITHOUT_FWB,
    keeper: 'v3',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'EFAULT-without-cause',
    state: 'v3~late-call(vfio_pci_mmap_fault)',
    ops: [READ, GICV_READ],
    keeper: 'v3',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'EINVAL-without-cause',
    state: 'v3~flip(ioremapType.exec)',
    ops: [MAP_GICV, encode('DX')],
    keeper: 'v3',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-instruction-abort',
    state: 'v6+mutant-no-exec-guard',
    ops: [EXEC],
    keeper: 'v6',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-instruction-abort',
    state: 'v1:1',
    ops: [READ, EXEC],
    world: CACHEABLE,
    keeper: 'v9',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EFAULT',
    state: 'v3~ignore-error(guest_access, -14)',
    ops: [MUNMAP, READ],
    keeper: 'v3',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EINVAL',
    state: 'v3~ignore-error(kvm_arch_prepare_memory_region, -22)',
    ops: [LOG_WRITES],
    keeper: 'v3',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-ENOMEM',
    state: 'v3~ignore-error(do_mprotect, -12)',
    ops: [MUNMAP, mprotect('r')],
    keeper: 'v3',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EPERM',
    state: 'v3~ignore-error(kvm_phys_addr_ioremap, -1)',
    ops: [MAP_GICV],
    world: PROTECTED,
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'guest_access-succeeds-without-effect',
    state: 'v3~drop-call(guest_access, 0)',
    ops: [READ],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'mmap-succeeds-without-effect',
    state: 'v3~drop-call(ksys_mmap_pgoff, 0)',
    ops: [mapUnder('pci')],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'munmap-succeeds-without-effect',
    state: 'v3~drop-call(do_munmap, 0)',
    ops: [MUNMAP],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'mprotect-succeeds-without-effect',
    state: 'v3~drop-call(do_mprotect, 0)',
    ops: [mprotect('r')],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'memory_disable-succeeds-without-effect',
    state: 'v3~drop-call(vfio_basic_config_write, 0)',
    ops: [DISABLE],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'reset-succeeds-without-effect',
    state: 'v3~drop-call(vfio_platform_call_reset, 0)',
    ops: [resetOf('platform')],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'set_memslot-succeeds-without-effect',
    state: 'v3~drop-call(kvm_set_memory_region, 0)',
    ops: [LOG_WRITES],
    world: RAM,
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'map_gicv-succeeds-without-effect',
    state: 'v3~drop-call(kvm_phys_addr_ioremap, 0)',
    ops: [MAP_GICV],
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'host_mmio-succeeds-without-effect',
    state: 'v3~drop-call(host_stage2_idmap, 0)',
    ops: [user('host_mmio')],
    world: PROTECTED,
    keeper: 'v3',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'allow_nc-succeeds-without-effect',
    state: 'alt-ioctl~drop-call(kvm_vm_ioctl_allow_nc, 0)',
    ops: [ALLOW],
    keeper: 'alt-ioctl',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'set_memslot-fails-with-effect',
    state: 'v9+mutant-flags-before-check',
    ops: [LOG_WRITES],
    keeper: 'v9',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'reset-while-mapped',
    state: 'v9+mutant-no-retry',
    ops: [READ, resetOf('pci')],
    // The fault has its page frame, and writes its entry behind the zap.
    first: [
      ['vcpu0', 16],
      ['user0', 8],
      ['vcpu0', 3],
      ['user0', 1],
    ],
    keeper: 'v9',
  },
  {
    claim: 'encoder-writes-what-is-asked',
    kind: 'another-attribute-written',
    state: 'v1',
    ops: [encode('D')],
    keeper: 'v3',
  },
  {
    claim: 'encoder-writes-what-is-asked',
    kind: 'another-attribute-written',
    state: 'v9+mutant-force-write-back',
    ops: [encode('N')],
    keeper: 'v9',
  },
  {
    claim: 'encoder-writes-what-is-asked',
    kind: 'another-attribute-written',
    state: 'v3~flip(hasNormalNc)',
    ops: [encode('N')],
    keeper: 'v3',
  },
  {
    claim: 'dirty-log-is-exact',
    kind: 'left-writable',
    state: 'v3~drop-call(kvm_mmu_wp_memory_region)',
    ops: [WRITE, LOG_WRITES],
    world: RAM,
    first: VCPU_FIRST,
    keeper: 'v3',
  },
  {
    claim: 'dirty-log-is-exact',
    kind: 'written-unlogged',
    state: 'v3~drop-lock(kvm_set_memory_region, kvm->srcu)',
    ops: [WRITE, LOG_WRITES],
    world: RAM,
    // The fault has read the flags of the slot.
    first: [
      ['vcpu0', 4],
      ['user0', 1],
    ],
    keeper: 'v3',
  },
  {
    claim: 'dirty-log-is-exact',
    kind: 'not-marked',
    state: 'v9+mutant-dirty-unmarked',
    ops: [LOG_WRITES, WRITE],
    world: RAM,
    keeper: 'v9',
  },
  {
    claim: 'dirty-log-is-exact',
    kind: 'marked-without-entry',
    state: 'v3~ignore-error(kvm_pgtable_stage2_map, -11)',
    ops: [LOG_WRITES, OTHER_READ, WRITE],
    world: RAM,
    // The write has found no entry, and the read maps one that is not writable.
    first: [
      ['user0', 12],
      ['vcpu0', 2],
      ['vcpu1', 1],
    ],
    keeper: 'v3',
  },
  {
    claim: 'no-kernel-bug',
    kind: 'bug-on',
    state: 'v3~late-call(kvm_mmu_notifier_invalidate_range_start)',
    ops: [READ, MUNMAP],
    first: VCPU_FIRST,
    keeper: 'v3',
  },
  {
    claim: 'lock-discipline',
    kind: 'lock-not-held',
    state: 'v3~late-lock(do_munmap, mmap_lock)',
    ops: [MUNMAP],
    keeper: 'v3',
  },
];

testClaimCases(series, CASES);

const judged = (state: string, ops: readonly Operation[], world: WorldConfig = {}, first: Turns = []) => {
  const schedule = first.flatMap(([actor, steps]) => Array<string>(steps).fill(actor));
  const scenario = { format: 1, model: `s2-memattr/${state}`, ops, world, schedule } as const;
  const judgement = record(series.model(state)!, scenario, STEPS_MAX);
  expect(judgement.stale).toBeNull();
  return judgement;
};

/** What one deviation from the default rule does not reach. */
describe('a claim is asked and kept', () => {
  test.each<[claim: string, state: string, ops: readonly Operation[], world: WorldConfig, first: Turns]>([
    ['permission-fault-keeps-memory-type', 'v9', [LOG_WRITES, READ, WRITE], RAM, []],
    ['memory-type-changes-through-invalid', 'alt-ioctl', TWO_ANSWERS, {}, ONE_EACH],
    [
      'memory-type-changes-through-invalid',
      'v9',
      [READ, mmap('platform')],
      {},
      // Between the entry and the access.
      [
        ['vcpu0', 22],
        ['vcpu2', 1],
      ],
    ],
    ['guest-writes-arrive-before-reset', 'v9', [WRITE, resetOf('pci')], {}, VCPU_FIRST],
    // Each answer of an access, with its cause.
    ['errors-have-a-cause', 'v9', [MUNMAP, READ], {}, []],
    ['errors-have-a-cause', 'v9', [mprotect('r'), WRITE], {}, []],
    ['errors-have-a-cause', 'v9', [DISABLE, READ], {}, []],
    ['errors-have-a-cause', 'v9', [EXEC], {}, []],
    ['errors-have-a-cause', 'v9', [guest('read', { unaligned: true })], PLATFORM, []],
    ['errors-have-a-cause', 'v9', [guest('read', { unaligned: true, stage1: 'device-GRE' })], {}, []],
    ['errors-have-a-cause', 'post', [READ], { slot0: 'usemem', cacheDic: false }, []],
    ['errors-have-a-cause', 'alt-reject', [READ], { slot0: 'resource_wc' }, []],
    ['errors-have-a-cause', 'alt-fd', [DISABLE, READ], {}, []],
    ['causes-give-an-error', 'post', [LOG_WRITES, mapUnder('usemem'), LOG_NOTHING], RAM_NO_DIC, []],
    // It has been logged before, and no flag changes.
    ['causes-give-an-error', 'v9', [LOG_WRITES, mapUnder('pci'), EXEC, LOG_WRITES], RAM, []],
    ['dirty-log-is-exact', 'v9', [LOG_WRITES, WRITE, LOG_NOTHING, OTHER_READ], RAM, []],
    ['logged-slot-never-maps-device', 'v9', [LOG_WRITES, READ, WRITE], RAM, []],
    // Memory that vfio-pci maps is no device's.
    ['logged-slot-never-maps-device', 'v9', [LOG_WRITES, mapUnder('vfio_ram'), READ], RAM, []],
  ])('%s: %s', (claim, state, ops, world, first) => {
    const { exercised, violations } = judged(state, ops, world, first);
    expect(exercised).toContain(claim);
    expect(violations.filter(({ property }) => property === claim)).toEqual([]);
  });
});

describe('a claim is not exercised', () => {
  test.each(series.states.map(({ id }) => id))('by what neither maps nor accesses anything (%s)', (state) => {
    expect(judged(state, [user('memory_enable')]).exercised).toEqual([
      'success-has-its-effect',
      'no-deadlock',
      'no-livelock',
      'lock-discipline',
    ]);
  });

  test.each<{
    readonly claim: string;
    readonly what: string;
    readonly ops: readonly Operation[];
    readonly world?: WorldConfig;
    readonly first?: Turns;
  }>([
    { claim: 'gicv-never-normal-nc', what: 'a memory slot', ops: [READ] },
    { claim: 'stage2-never-normal-nc-without-flag', what: 'a BAR whose driver allows it', ops: [READ] },
    { claim: 'stage2-never-normal-nc-without-flag', what: 'memory', ops: [READ], world: RAM },
    { claim: 'platform-device-stays-device', what: 'a BAR', ops: [READ] },
    {
      claim: 'guest-chooses-normal-nc-for-bar',
      what: 'a guest that chooses Device',
      ops: [guest('read', { stage1: 'device-nGnRE' })],
    },
    { claim: 'guest-chooses-normal-nc-for-bar', what: 'a platform device', ops: [READ], world: PLATFORM },
    { claim: 'guest-chooses-normal-nc-for-bar', what: 'a 32-bit host', ops: [READ], world: { bits: '32' } },
    { claim: 'device-never-mapped-cacheable', what: 'memory', ops: [READ], world: RAM },
    {
      claim: 'device-never-mapped-cacheable',
      what: 'memory that vfio-pci maps',
      ops: [READ],
      world: { slot0: 'vfio_ram' },
    },
    { claim: 'device-never-executable', what: 'memory', ops: [EXEC], world: RAM },
    { claim: 'encoder-refuses-executable-device', what: 'memory', ops: [encode('X')] },
    { claim: 'encoder-refuses-two-types', what: 'one type', ops: [encode('D'), encode('N')] },
    { claim: 'encoder-chooses-a-type', what: 'an error', ops: [encode('DN')] },
    { claim: 'permission-fault-keeps-memory-type', what: 'a translation fault', ops: [READ, READ] },
    {
      claim: 'memory-type-changes-through-invalid',
      what: 'a type that stays',
      ops: [READ, MUNMAP],
      first: VCPU_FIRST,
    },
    { claim: 'guest-never-uses-gone-mapping', what: 'a mapping that stays', ops: [READ, WRITE] },
    {
      claim: 'guest-never-uses-gone-mapping',
      what: 'nothing but GICV',
      ops: [MAP_GICV, MUNMAP, guest('read', { page: 'gicv' })],
    },
    { claim: 'bar-fault-succeeds-without-fwb', what: 'a host with FWB', ops: [READ] },
    {
      claim: 'bar-fault-succeeds-without-fwb',
      what: 'an instruction fetch',
      ops: [EXEC],
      world: WITHOUT_FWB,
    },
    {
      claim: 'bar-fault-succeeds-without-fwb',
      what: 'disabled memory',
      ops: [DISABLE, READ],
      world: WITHOUT_FWB,
    },
    { claim: 'vma-not-used-after-unlock', what: 'an address that is not mapped', ops: [MUNMAP, READ] },
    {
      claim: 'guest-never-caches-device',
      what: 'memory',
      ops: [guest('read', { stage1: 'normal-wb' })],
      world: RAM,
    },
    { claim: 'unflagged-behaves-as-before', what: 'a VMA that has the flag', ops: [MAP_GICV, READ] },
    {
      claim: 'guest-writes-arrive-before-reset',
      what: 'reads',
      ops: [READ, resetOf('pci')],
      first: VCPU_FIRST,
    },
    {
      claim: 'guest-writes-arrive-before-reset',
      what: 'writes to another device',
      ops: [WRITE, resetOf('platform')],
      first: VCPU_FIRST,
    },
    { claim: 'logged-slot-never-maps-device', what: 'a slot without logging', ops: [READ, WRITE] },
    { claim: 'logged-slot-never-maps-device', what: 'flags that are refused', ops: [LOG_WRITES, READ] },
    { claim: 'errors-have-a-cause', what: 'calls that succeed', ops: [READ, encode('D')] },
    { claim: 'causes-give-an-error', what: 'calls that nothing is in the way of', ops: [READ, MAP_GICV] },
    {
      claim: 'causes-give-an-error',
      what: 'a cause that comes while the access is under way',
      ops: [READ, MUNMAP],
      first: VCPU_FIRST,
    },
    { claim: 'encoder-writes-what-is-asked', what: 'two types', ops: [encode('DN')] },
    { claim: 'dirty-log-is-exact', what: 'a slot without logging', ops: [WRITE, LOG_NOTHING], world: RAM },
    { claim: 'no-kernel-bug', what: 'what was never mapped', ops: [MUNMAP] },
    {
      claim: 'logged-slot-never-maps-device',
      what: 'what nobody maps',
      ops: [LOG_WRITES, MUNMAP, READ],
      world: RAM,
    },
  ])('$claim by $what', ({ claim, ops, world = {}, first = [] }) => {
    expect(judged('v9', ops, world, first).exercised).not.toContain(claim);
  });

  test.each(['pre', 'v1:1', 'v1'])(
    'encoder-refuses-two-types is not asked without the second bit (%s)',
    (state) => {
      const asked = (of: string) => series.model(of)!.properties.map(({ id }) => id);
      expect(asked(state)).not.toContain('encoder-refuses-two-types');
      expect(asked('v3:1')).toContain('encoder-refuses-two-types');
    },
  );
});

describe('nobody is accused', () => {
  const violated = (...args: Parameters<typeof judged>) =>
    judged(...args).violations.map(({ property }) => property);

  test.each(['pre', 'v3', 'v9', 'post'])('for refusing an instruction fetch from a device (%s)', (state) => {
    expect(violated(state, [EXEC], PLATFORM)).toEqual([]);
  });

  test.each(['v3', 'v9', 'post'])('wherever in a fault something else cuts in (%s)', (state) => {
    for (const op of [MUNMAP, DISABLE, resetOf('pci'), mprotect('r'), mmap('platform'), mmap('cacheable')]) {
      for (let steps = 1; steps <= FAULT_STEPS; steps++) {
        const first: Turns = [
          ['vcpu0', steps],
          [op.actor, 1],
        ];
        expect(violated(state, [READ, op], {}, first)).toEqual([]);
      }
    }
  });

  test('for Device at an alias of a BAR that the guest has Normal-NC elsewhere', () => {
    expect(violated('v9', [READ, guest('read', { page: 'slot1' })], { slot1: 'mem' })).toEqual([]);
  });

  test('where the VMM maps cacheable, and post knows it', () => {
    expect(violated('post', [READ], { slot0: 'usemem', slot1: 'pci' })).toEqual([]);
    expect(violated('post', [READ], { slot0: 'usemem', slot1: 'pci', fwb: false })).toEqual([]);
    expect(violated('post', [READ], { slot0: 'usemem', slot1: 'pci', cacheDic: false })).toEqual([]);
  });

  test('for what 32-bit hosts cannot have', () => {
    expect(violated('v9', [READ], { bits: '32' })).toEqual([]);
  });

  test('for a BAR whose memory is disabled, without FWB', () => {
    expect(violated('v9', [DISABLE, READ], WITHOUT_FWB)).toEqual([]);
  });

  test('for writes to a PCIe device, which a reset comes behind', () => {
    expect(violated('v9', [WRITE, resetOf('pci')], {}, VCPU_FIRST)).toEqual([]);
  });

  test('for the flag of a VMA that maps memory', () => {
    expect(violated('v9', [WRITE], { slot0: 'vfio_ram' })).toEqual([]);
  });

  test.each(['v3', 'v7', 'v9', 'merged+nvgrace', 'post'])(
    'when two vCPUs fault while the VMM maps something else (%s)',
    (state) => {
      const ops = [READ, { ...WRITE, actor: 'vcpu1' }, mmap('platform')];
      const model = series.model(state)!;
      for (const { id } of model.properties) {
        expect([id, explored(model, id, ops)?.kinds]).toEqual([id, []]);
      }
    },
  );
});
