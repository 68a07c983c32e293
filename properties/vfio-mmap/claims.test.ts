import { describe, expect, test } from 'vitest';
import { type ClaimCase, explored, testClaimCases } from '../../harness/campaign/claim-cases.fixture.ts';
import type { Model, Operation, WorldConfig } from '../../harness/model/model.ts';
import { record } from '../../harness/scenario/recording.ts';
import { series as vfioMmap } from '../../models/vfio-mmap/series.ts';

const STEPS_MAX = 10_000;

type Fields = { readonly [field: string]: Operation[string] };

const op = (name: string, fields: Fields = {}, actor = 'user0'): Operation => ({
  actor,
  op: name,
  ...fields,
});

const map = (fields: Fields = {}, actor = 'user0'): Operation =>
  op('mmap', { bar: 4, offset: 0, length: 0x4000, prot: 'rw', as: 'm0', ...fields }, actor);
const mmio = (kind: 'mmio_read' | 'mmio_write', fields: Fields = {}, actor = 'user0'): Operation =>
  op(kind, { map: 'm0', offset: 0, length: 8, ...fields }, actor);

const MAP = map();
const READ = mmio('mmio_read');
const WRITE = mmio('mmio_write');
const TOUCH = op('touch', { map: 'm0', offset: 0, access: 'load' });
const DISABLE = op('memory_disable');
const ENABLE = op('memory_enable');
const INFO = op('region_info', { bar: 4 });

/** A BAR of 256 TiB, as ISM functions have it, on hosts that know no ISM. */
const HUGE_BAR = [{ bar: 0, size: '0x1000000000000' }];
const ISM_MAP = map({ bar: 0, length: 0x1000 });

const CASES: readonly ClaimCase[] = [
  {
    claim: 'first-access-to-a-lazily-mapped-bar-succeeds',
    kind: 'first-access-refused',
    state: 'v3:2+3',
    ops: [MAP, READ],
    keeper: 'v3',
  },
  {
    claim: 'first-access-to-a-lazily-mapped-bar-succeeds',
    kind: 'refused-after-zap',
    state: 'v3:2+3',
    // The load ends with SIGILL, and leaves the page mapped.
    ops: [MAP, TOUCH, DISABLE, ENABLE, WRITE],
    keeper: 'v3',
  },
  {
    claim: 'no-syscall-io-while-memory-disabled',
    kind: 'io-while-disabled',
    state: 'v3+mutant-disable-without-zap',
    ops: [MAP, READ, DISABLE, READ],
    keeper: 'v3',
  },
  {
    claim: 'no-syscall-io-while-memory-disabled',
    kind: 'wrong-errno-while-disabled',
    state: 'v3+mutant-disable-without-zap',
    ops: [MAP, READ, DISABLE, WRITE],
    keeper: 'v3',
  },
  {
    claim: 'no-access-after-zap',
    kind: 'access-through-zapped-page',
    state: 'v3+mutant-access-after-unlock',
    ops: [MAP, READ, op('memory_disable', {}, 'user1')],
    // The read has let go of the PTE lock, and is about to access the device.
    first: [
      ['user0', 28],
      ['user1', 1],
    ],
    keeper: 'v3',
  },
  {
    claim: 'mmio-needs-its-permission',
    kind: 'forbidden-access-let-through',
    state: 'v3:2+3',
    ops: [map({ prot: 'w' }), READ],
    keeper: 'v3',
  },
  {
    claim: 'mmio-needs-its-permission',
    kind: 'permitted-access-refused',
    state: 'pre',
    ops: [map({ file: 'mem', prot: 'r' }), READ],
    keeper: 'v3:1',
  },
  {
    claim: 'no-access-across-pages',
    kind: 'two-pages-accepted',
    state: 'v3+mutant-unbounded-length',
    ops: [MAP, mmio('mmio_write', { offset: 0xffc })],
    keeper: 'v3',
  },
  {
    claim: 'no-access-across-pages',
    kind: 'no-bytes-accepted',
    state: 'v3+mutant-unbounded-length',
    ops: [MAP, mmio('mmio_read', { length: 0 })],
    keeper: 'v3',
  },
  {
    claim: 'advertised-bar-can-be-mapped',
    kind: 'advertised-but-refused',
    state: 'v3:1+3',
    ops: [
      op('region_info', { bar: 0 }),
      map({ bar: 0, length: 2 ** 48 }),
      op('region_info', { bar: 2 }),
      map({ bar: 2, length: 0x10000 }),
    ],
    world: { function: 'ism', mio: true },
    keeper: 'v3',
  },
  {
    claim: 'advertised-bar-can-be-mapped',
    kind: 'advertised-but-refused',
    state: 'pre',
    ops: [op('region_info', { bar: 0 }), ISM_MAP, INFO, MAP],
    world: { arch: 'x86', bars: [...HUGE_BAR, { bar: 4, size: 0x4000 }] },
    keeper: 'v3',
  },
  {
    claim: 'no-mmap-of-oversized-bar',
    kind: 'excluded-bar-mapped',
    state: 'v3:1+3',
    ops: [ISM_MAP],
    world: { function: 'ism' },
    keeper: 'v3',
  },
  {
    claim: 'no-mmap-of-oversized-bar',
    kind: 'excluded-bar-mapped',
    state: 'v3+mutant-inverted-size-test',
    ops: [ISM_MAP],
    world: { function: 'ism' },
    keeper: 'v7',
  },
  {
    claim: 'no-mmap-of-oversized-bar',
    kind: 'excluded-bar-mapped',
    state: 'v7+mutant-no-ism-quirk',
    ops: [map({ bar: 2 })],
    world: { function: 'ism' },
    keeper: 'v7',
  },
  {
    claim: 'other-architectures-unchanged',
    kind: 'offer-differs',
    state: 'v3+mutant-inverted-size-test',
    ops: [INFO],
    world: { arch: 'x86' },
    keeper: 'v3',
  },
  {
    claim: 'other-architectures-unchanged',
    kind: 'mmap-differs',
    state: 'v3+mutant-inverted-size-test',
    ops: [MAP],
    world: { arch: 'powerpc' },
    keeper: 'v7',
  },
  {
    claim: 'vma-flags-change-under-write-lock',
    kind: 'changed-without-write-lock',
    state: 'v3',
    ops: [MAP, READ],
    keeper: 'v3+fault-fix',
  },
  {
    claim: 'vma-flags-change-under-write-lock',
    kind: 'changed-without-write-lock',
    state: 'pre',
    ops: [MAP, TOUCH],
    world: { arch: 'x86' },
    keeper: 'v7',
  },
  {
    claim: 'successful-write-is-stored',
    kind: 'write-lost',
    state: 'v7',
    ops: [map({ file: 'mem' }), WRITE],
    keeper: 'v7+write-errno',
  },
  {
    claim: 'no-stale-vma',
    kind: 'lock-let-go',
    state: 'v3+mutant-drop-mmap-lock',
    ops: [MAP, WRITE],
    keeper: 'v3',
  },
  {
    claim: 'no-stale-vma',
    kind: 'unmapped-vma-used',
    state: 'v3+mutant-drop-mmap-lock',
    ops: [MAP, READ, op('munmap', { map: 'm0' }, 'user1')],
    // The read is about to look for the page, and does not find it.
    first: [
      ['user0', 12],
      ['user1', 1],
    ],
    keeper: 'v3',
  },
  {
    claim: 'faults-in-at-most-once',
    kind: 'tries-again',
    state: 'v3+mutant-retry-forever',
    ops: [MAP, DISABLE, READ],
    keeper: 'v3',
  },
  {
    claim: 'faults-in-at-most-once',
    kind: 'never-returns',
    state: 'v3+mutant-retry-forever',
    ops: [MAP, DISABLE, WRITE],
    keeper: 'v7',
  },
  {
    claim: 'interfaces-agree-on-mappability',
    kind: 'answers-differ',
    state: 'v3',
    ops: [op('region_info', { bar: 0 })],
    world: { arch: 'x86', bars: HUGE_BAR },
    keeper: 'v7',
  },
  {
    claim: 'no-deadlock',
    kind: 'lock-cycle',
    state: 'v3+mutant-memory-lock-first',
    ops: [MAP, READ, op('memory_disable', {}, 'user1')],
    // The fault handler has memory_lock, and is about to take vma_lock.
    first: [
      ['user0', 18],
      ['user1', 1],
    ],
    keeper: 'v3',
  },
  {
    claim: 'no-livelock',
    kind: 'repeating-state',
    state: 'v3+mutant-retry-forever',
    ops: [MAP, DISABLE, READ],
    keeper: 'v3',
  },
  {
    claim: 'lock-discipline',
    kind: 'return-with-lock-held',
    state: 'v3+mutant-leak-mmap-lock',
    ops: [WRITE],
    keeper: 'v3',
  },
];

/** What calls return and do, what is given back, who answers what. */
const DEEDS: readonly ClaimCase[] = [
  {
    claim: 'errors-have-a-cause',
    kind: 'EINVAL-without-cause',
    state: 'v7~answer(mmio_length_is_valid, false)',
    ops: [MAP, READ, mmio('mmio_read', { length: 0 })],
    keeper: 'v7',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'EBADF-without-cause',
    state: 'v7~drop-call(vfio_device_open, 0)',
    ops: [op('close'), INFO, op('open'), INFO],
    keeper: 'v7',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EBADF',
    state: 'v7~ignore-error(filp_close, -9)',
    ops: [op('close'), op('close')],
    keeper: 'v7',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EINVAL',
    state: 'v7~ignore-error(do_munmap, -22)',
    ops: [MAP, op('munmap', { map: 'm0', offset: 4 })],
    keeper: 'v7',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-ENODEV',
    state: 'v7~ignore-error(s390_pci_mmio_write, -19)',
    ops: [WRITE],
    world: { zpci: false },
    keeper: 'v7',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-ENOMEM',
    state: 'v7~ignore-error(do_mprotect, -12)',
    ops: [MAP, op('munmap', { map: 'm0', offset: 0x1000 }), op('mprotect', { map: 'm0', prot: 'r' })],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'region_info-without-effect',
    state: 'v7~drop-call(vfio_pci_ioctl_get_region_info, 0)',
    ops: [INFO],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'mmap-without-effect',
    state: 'v7~drop-call(ksys_mmap_pgoff, 0)',
    ops: [MAP],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'munmap-without-effect',
    state: 'v7~drop-call(do_munmap, 0)',
    ops: [MAP, op('munmap', { map: 'm0', offset: 0x1000, length: 0x1000 })],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'mprotect-without-effect',
    state: 'v7~drop-call(do_mprotect, 0)',
    ops: [MAP, op('mprotect', { map: 'm0', prot: 'r' })],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'touch-without-effect',
    state: 'v7~drop-call(touch, 0)',
    ops: [MAP, TOUCH],
    world: { arch: 'x86' },
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'mmio_write-without-effect',
    state: 'v7~late-call(__memcpy_toio_inuser, 0)',
    ops: [WRITE, MAP],
    world: { mio: true },
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'mmio_read-without-effect',
    state: 'v7~drop-call(zpci_memcpy_fromio, 0)',
    ops: [MAP, READ],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'pread-without-effect',
    state: 'v7~ignore-error(vfio_pci_bar_rw, -5)',
    ops: [DISABLE, op('pread', { bar: 4, pos: 0, count: 8 })],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'access-without-kernel-mapping',
    state: 'v7~drop-call(vfio_pci_core_setup_barmap, 0)',
    ops: [op('pread', { bar: 4, pos: 0, count: 8 })],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'memory_disable-without-effect',
    state: 'v7~drop-call(vfio_basic_config_write, 0)',
    ops: [DISABLE],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'reset-without-effect',
    state: 'v7~drop-call(vfio_pci_ioctl_reset, 0)',
    ops: [op('reset')],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'open-without-effect',
    state: 'v7~drop-call(vfio_device_open, 0)',
    ops: [op('close'), op('open')],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'close-without-effect',
    state: 'v7~drop-call(filp_close, 0)',
    ops: [op('close')],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'fork-without-effect',
    state: 'v7~drop-call(kernel_clone, 0)',
    ops: [MAP, op('fork')],
    keeper: 'v7',
  },
  {
    claim: 'success-has-its-effect',
    kind: 'power_off-without-effect',
    state: 'v7~drop-call(disable_slot, 0)',
    ops: [op('power_off', {}, 'admin')],
    keeper: 'v7',
  },
  {
    claim: 'zap-finds-every-mapping',
    kind: 'misses-inherited-pages',
    state: 'v3',
    ops: [MAP, READ, op('fork')],
    keeper: 'v3+fault-fix',
  },
  {
    claim: 'zap-finds-every-mapping',
    kind: 'misses-present-pages',
    state: 'v3~drop-call(vfio_pci_mmap_open)',
    ops: [
      MAP,
      READ,
      map({ as: 'm1' }),
      mmio('mmio_read', { map: 'm1' }),
      op('munmap', { map: 'm0', offset: 0x1000, length: 0x1000 }),
    ],
    keeper: 'v3',
  },
  {
    claim: 'zap-finds-every-mapping',
    kind: 'remembers-what-is-gone',
    state: 'v3~drop-call(vfio_pci_mmap_close)',
    ops: [MAP, READ, map({ as: 'm1' }), mmio('mmio_read', { map: 'm1' }), op('munmap', { map: 'm0' })],
    keeper: 'v3',
  },
  {
    claim: 'last-user-releases-the-device',
    kind: 'stays-open-without-user',
    state: 'v7~drop-call(fput)',
    ops: [op('close')],
    keeper: 'v7',
  },
  {
    claim: 'last-user-releases-the-device',
    kind: 'kernel-mapping-left',
    state: 'v7~drop-call(vfio_pci_core_disable)',
    ops: [op('pread', { bar: 4, pos: 0, count: 8 }), op('close')],
    keeper: 'v7',
  },
  {
    claim: 'power-off-asks-and-waits',
    kind: 'removed-under-its-user',
    state: 'v7~drop-call(vfio_unregister_group_dev)',
    ops: [op('power_off', {}, 'admin')],
    keeper: 'v7',
  },
  {
    claim: 'power-off-asks-and-waits',
    kind: 'access-after-removal',
    state: 'v7~drop-wait(vfio_unregister_group_dev, vfio device)',
    ops: [op('pread', { bar: 4, pos: 0, count: 8 }), op('power_off', {}, 'admin')],
    world: { owner: 'silent' },
    first: [['admin', 13]],
    keeper: null,
  },
  {
    claim: 'power-off-asks-and-waits',
    kind: 'waits-without-asking',
    state: 'v7~drop-signal(vfio_pci_core_request, req_trigger)',
    ops: [op('power_off', {}, 'admin')],
    world: { owner: 'silent' },
    keeper: 'v7',
  },
  {
    claim: 'neighbours-answer-by-the-bar',
    kind: 'sysfs-differs',
    state: 'v3~answer(pci_mmap_resource, true)',
    ops: [op('region_info', { bar: 0 })],
    keeper: 'v3',
  },
  {
    claim: 'neighbours-answer-by-the-bar',
    kind: 'procfs-differs',
    state: 'v3~answer(proc_bus_pci_mmap, true)',
    ops: [INFO],
    keeper: 'v3',
  },
  {
    claim: 'neighbours-answer-by-the-bar',
    kind: 'sysfs-differs',
    state: 'v7+mutant-no-ism-quirk',
    ops: [op('region_info', { bar: 0 })],
    world: { function: 'ism' },
    keeper: 'v7',
  },
  {
    claim: 's390-has-resource-files',
    kind: 'no-file',
    state: 'v7~revert(pci_mmap_resource)',
    ops: [INFO],
    keeper: 'v7',
  },
  {
    claim: 'lock-discipline',
    kind: 'lock-not-held',
    state: 'v7~drop-lock(vfio_pci_bar_rw, memory_lock)',
    ops: [op('pread', { bar: 4, pos: 0, count: 8 })],
    keeper: 'v7',
  },
];

const model = (state: string): Model => vfioMmap.model(state)!;

testClaimCases(vfioMmap, [...CASES, ...DEEDS]);

const judged = (
  state: string,
  ops: readonly Operation[],
  world: WorldConfig = {},
  schedule: readonly string[] = [],
) => record(model(state), { format: 1, model: `vfio-mmap/${state}`, ops, world, schedule }, STEPS_MAX);

describe('a BAR that the size test of 2/3 lets through', () => {
  const sized = (size: number): WorldConfig => ({ mio: true, bars: [{ bar: 4, size }] });
  const claim = 'advertised-bar-can-be-mapped';

  test('is refused all the same where it fills the ioremap area, which has no room for the guard page then', () => {
    const full = explored(model('v3'), claim, [INFO, MAP], sized(2 ** 39));
    expect(full).toEqual({ kinds: ['advertised-but-refused'], exercised: true });
  });

  test('is mapped where it leaves a page', () => {
    const less = explored(model('v3'), claim, [INFO, MAP], sized(2 ** 39 - 4096));
    expect(less).toEqual({ kinds: [], exercised: true });
  });
});

describe('what cited facts say of states', () => {
  const failures = (state: string) =>
    model(state).stateVerdicts.map(({ verdict, findings }) => [verdict, findings.map(({ kind }) => kind)]);

  test.each(['v1', 'v3', 'v3:2', 'v3:1+2', 'v3:2+3'])('%s does not build on powerpc', (state) => {
    expect(failures(state)).toEqual([['violated', ['fails-on-powerpc']]]);
  });

  test.each(['pre', 'v3:1', 'v3:1+3', 'v7', 'v7:1', 'v7:1+2'])('%s builds', (state) => {
    expect(failures(state)).toEqual([['holds', []]]);
  });
});

describe('a claim is not exercised', () => {
  test.each(vfioMmap.states.map(({ id }) => id))(
    'by what neither maps nor accesses anything (%s)',
    (state) => {
      expect(judged(state, [ENABLE]).exercised).toEqual([
        'success-has-its-effect',
        'no-deadlock',
        'no-livelock',
        'lock-discipline',
      ]);
    },
  );

  const TO_USER1 = op('memory_disable', {}, 'user1');

  test.each([
    {
      claim: 'first-access-to-a-lazily-mapped-bar-succeeds',
      what: 'a MIO host',
      ops: [MAP, READ],
      world: { mio: true },
    },
    {
      claim: 'first-access-to-a-lazily-mapped-bar-succeeds',
      what: 'disabled memory',
      ops: [MAP, DISABLE, READ],
    },
    {
      claim: 'first-access-to-a-lazily-mapped-bar-succeeds',
      what: 'memory that another thread disables',
      ops: [MAP, READ, TO_USER1],
    },
    {
      claim: 'first-access-to-a-lazily-mapped-bar-succeeds',
      what: 'a mapping without permission',
      ops: [map({ prot: '' }), READ],
    },
    {
      claim: 'first-access-to-a-lazily-mapped-bar-succeeds',
      what: 'a page-crossing access',
      ops: [MAP, mmio('mmio_read', { offset: 0xffc })],
    },
    {
      claim: 'first-access-to-a-lazily-mapped-bar-succeeds',
      what: 'a bad buffer',
      ops: [MAP, mmio('mmio_write', { buffer: 'bad' })],
    },
    {
      claim: 'first-access-to-a-lazily-mapped-bar-succeeds',
      what: '/dev/mem',
      ops: [map({ file: 'mem' }), WRITE],
    },
    { claim: 'no-syscall-io-while-memory-disabled', what: 'memory that stays enabled', ops: [MAP, READ] },
    { claim: 'no-access-after-zap', what: 'an access without a zap', ops: [MAP, READ] },
    {
      claim: 'no-access-after-zap',
      what: 'pread',
      ops: [MAP, op('munmap', { map: 'm0' }), op('pread', { bar: 4, pos: 0, count: 8 })],
    },
    { claim: 'mmio-needs-its-permission', what: 'a MIO host', ops: [MAP, READ], world: { mio: true } },
    { claim: 'mmio-needs-its-permission', what: 'an address that is not mapped', ops: [READ] },
    { claim: 'no-access-across-pages', what: 'a length that fits', ops: [MAP, READ] },
    {
      claim: 'no-access-across-pages',
      what: 'a host without zPCI',
      ops: [mmio('mmio_read', { length: 0 })],
      world: { zpci: false },
    },
    {
      claim: 'no-access-across-pages',
      what: 'another architecture',
      ops: [mmio('mmio_read', { length: 0 })],
      world: { arch: 'x86' },
    },
    { claim: 'advertised-bar-can-be-mapped', what: 'a BAR that nobody asked about', ops: [MAP] },
    {
      claim: 'advertised-bar-can-be-mapped',
      what: 'a mapping past the end',
      ops: [INFO, map({ offset: 0x1000 })],
    },
    { claim: 'advertised-bar-can-be-mapped', what: 'a private mapping', ops: [INFO, map({ private: true })] },
    { claim: 'advertised-bar-can-be-mapped', what: 'a closed file', ops: [INFO, op('close'), MAP] },
    { claim: 'no-mmap-of-oversized-bar', what: 'a BAR that fits', ops: [MAP] },
    { claim: 'other-architectures-unchanged', what: 's390', ops: [INFO, MAP] },
    { claim: 'vma-flags-change-under-write-lock', what: 'a mapping that fails', ops: [map({ bar: 9 })] },
    {
      claim: 'successful-write-is-stored',
      what: 'a write that is refused at once',
      ops: [MAP, mmio('mmio_write', { length: 0 })],
    },
    { claim: 'no-stale-vma', what: 'a mapping without permission', ops: [map({ prot: '' }), READ] },
    { claim: 'faults-in-at-most-once', what: 'a page that is there', ops: [map({ file: 'mem' }), WRITE] },
    { claim: 'interfaces-agree-on-mappability', what: 's390, where vfio is the only way', ops: [INFO] },
    {
      claim: 'interfaces-agree-on-mappability',
      what: 'a BAR smaller than a page',
      ops: [INFO],
      world: { arch: 'x86', bars: [{ bar: 4, size: 0x800 }] },
    },
  ])('$claim by $what', ({ claim, ops, world = {} }) => {
    expect(judged('v3', ops, world).exercised).not.toContain(claim);
  });
});

describe('nobody is accused', () => {
  const violated = (...args: Parameters<typeof judged>) =>
    judged(...args).violations.map(({ property }) => property);

  test('where a zap comes between fault and access', () => {
    const ops = [MAP, READ, op('memory_disable', {}, 'user1'), op('memory_enable', {}, 'user1')];
    const claims = [
      'first-access-to-a-lazily-mapped-bar-succeeds',
      'no-syscall-io-while-memory-disabled',
      'no-access-after-zap',
    ];
    for (const claim of claims) expect(explored(model('v3'), claim, ops)?.kinds).toEqual([]);
  });

  test('of two that use a BAR first at once, one of which gets -EBUSY', () => {
    const ops = [INFO, MAP, op('pread', { bar: 4, pos: 0, count: 8 }, 'user1')];
    for (const state of ['v3', 'v7']) {
      expect(explored(model(state), 'advertised-bar-can-be-mapped', ops)).toEqual({
        kinds: [],
        exercised: true,
      });
    }
  });

  test('where mmap has no address for so long a mapping', () => {
    const world = { arch: 'x86', bars: HUGE_BAR, ioremapArea: '0x4000000000000' };
    const ops = [op('region_info', { bar: 0 }), map({ bar: 0, length: 2 ** 48 })];
    const { calls } = judged('v7', ops, world);
    expect(calls.map(({ ret }) => ret)).toEqual([7, -12]);
    expect(violated('v7', ops, world)).toEqual([]);
  });

  test('where a BAR of 256 TiB cannot be mapped, and is no longer offered', () => {
    const world = { arch: 'powerpc', bars: HUGE_BAR };
    expect(violated('v3', [op('region_info', { bar: 0 }), ISM_MAP], world)).not.toContain(
      'other-architectures-unchanged',
    );
  });

  test('who accesses a mapping after close', () => {
    const { calls, violations, exercised } = judged('v7', [MAP, op('close'), READ]);
    expect(calls.map(({ ret }) => ret)).toEqual([0, 0, 0]);
    expect(exercised).toContain('first-access-to-a-lazily-mapped-bar-succeeds');
    expect(violations).toEqual([]);
  });
});

describe('a refused first access', () => {
  const kinds = (...ops: Operation[]) =>
    judged('v3:2+3', ops)
      .violations.filter(({ property }) => property === 'first-access-to-a-lazily-mapped-bar-succeeds')
      .map(({ kind }) => kind);

  test('is one whatever another thread enables that is enabled', () => {
    expect(kinds(MAP, WRITE, op('memory_enable', {}, 'user1'))).toEqual(['first-access-refused']);
    expect(kinds(MAP, WRITE, op('memory_disable', {}, 'user1'))).toEqual([]);
  });

  test('comes after a zap only if the page was there to be zapped', () => {
    const unmap = op('munmap', { map: 'm0', offset: 0x1000, length: 0x1000 });
    expect(kinds(MAP, unmap, WRITE)).toEqual(['first-access-refused']);
    expect(kinds(MAP, TOUCH, DISABLE, ENABLE, WRITE)).toEqual(['refused-after-zap']);
  });
});
