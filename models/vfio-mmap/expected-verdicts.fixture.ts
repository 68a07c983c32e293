import type { ExpectedOf } from '../../harness/campaign/expected-verdicts.fixture.ts';

/** A write system call is silent about a foreign page frame, in every state but one that nobody posted. */
const silentWrite = 'successful-write-is-stored';
/** Fault handler and zap of v6.10-rc1. Off s390 BARs can be mapped in every state, so that faults happen. */
const oldFault = 'vma-flags-change-under-write-lock';
/** The list of that zap knows nothing of a child's pages. Where s390 can map BARs at all. */
const oldList = 'no-syscall-io-while-memory-disabled';
/** Reads ask for VM_WRITE: /dev/mem shows it where BARs cannot be mapped. */
const wrongPermission = 'mmio-needs-its-permission';
const lazyFault = 'first-access-to-a-lazily-mapped-bar-succeeds';
/** No size test: offered, and -ENOMEM. With the test of 2/3, a BAR of exactly the area still is. */
const offered = 'advertised-bar-can-be-mapped';
/** 2/3 takes an oversized BAR from vfio, and sysfs and procfs of x86 still map it. */
const vfioAlone = 'interfaces-agree-on-mappability';
const powerpc = 'every-prefix-builds';
const oversized = 'no-mmap-of-oversized-bar';

/** What takes a mapping of a BAR, which s390 does not have without 3/3, or a fault in a system call. */
const unmappable = [lazyFault, oldList, 'faults-in-at-most-once'];

const v3 = [oldList, offered, oldFault, silentWrite, vfioAlone, powerpc];
const v7 = [offered, silentWrite];

/** What each state is expected to break; README.md says why. */
export const expected: ExpectedOf = {
  pre: { violated: [wrongPermission, offered, oldFault, silentWrite], inconclusive: unmappable },
  v1: { violated: v3 },
  v2: { violated: v3 },
  v3: { violated: v3 },
  'v3:1': { violated: [offered, oldFault, silentWrite], inconclusive: unmappable },
  'v3:2': {
    violated: [wrongPermission, offered, oldFault, silentWrite, vfioAlone, powerpc],
    inconclusive: unmappable,
  },
  'v3:3': {
    violated: [lazyFault, oldList, wrongPermission, offered, oversized, oldFault, silentWrite],
    inconclusive: ['faults-in-at-most-once'],
  },
  'v3:1+2': {
    violated: [offered, oldFault, silentWrite, vfioAlone, powerpc],
    inconclusive: unmappable,
  },
  'v3:1+3': { violated: [oldList, offered, oversized, oldFault, silentWrite] },
  'v3:2+3': {
    violated: [lazyFault, wrongPermission, ...v3],
    inconclusive: ['faults-in-at-most-once'],
  },
  'v3+fault-fix': { violated: [offered, silentWrite, vfioAlone, powerpc] },
  'v3+guard-page': { violated: v3.filter((claim) => claim !== offered) },
  v7: { violated: v7 },
  'v7:1': { violated: v7, inconclusive: unmappable },
  'v7:1+2': { violated: v7, inconclusive: unmappable },
  'v7+write-errno': { violated: [offered] },
  'v3+mutant-access-after-unlock': { violated: [...v3, 'no-access-after-zap'] },
  'v3+mutant-drop-mmap-lock': { violated: [...v3, 'no-stale-vma'] },
  'v3+mutant-retry-forever': {
    violated: [...v3, 'faults-in-at-most-once', 'no-livelock'],
    // Executions in which memory stays disabled are cut off.
    inconclusive: ['no-deadlock'],
  },
  'v3+mutant-disable-without-zap': { violated: v3 },
  'v3+mutant-unbounded-length': { violated: [...v3, 'no-access-across-pages'] },
  'v3+mutant-inverted-size-test': {
    violated: [
      offered,
      oversized,
      'other-architectures-unchanged',
      oldFault,
      silentWrite,
      vfioAlone,
      powerpc,
    ],
    // What can be mapped there is too large for a mapping of its own.
    inconclusive: ['no-access-after-zap', 'no-syscall-io-while-memory-disabled'],
  },
  'v3+mutant-leak-mmap-lock': { violated: [...v3, 'no-deadlock', 'lock-discipline'] },
  'v3+mutant-memory-lock-first': { violated: [...v3, 'no-deadlock'] },
  'v7+mutant-no-ism-quirk': { violated: [...v7, oversized] },
};
