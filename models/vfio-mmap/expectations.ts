/** Verdicts other than that a claim holds, and what in the code is behind them: README.md has them as a table. */
import type { Expectation } from '../../harness/model/expectation.ts';

/** Each mutant has what v3 breaks; these two break some of it in ways of their own. */
const disableWithoutZap = 'v3+mutant-disable-without-zap';
const invertedSizeTest = 'v3+mutant-inverted-size-test';
const otherMutants = [
  'v3+mutant-access-after-unlock',
  'v3+mutant-drop-mmap-lock',
  'v3+mutant-retry-forever',
  'v3+mutant-unbounded-length',
  'v3+mutant-leak-mmap-lock',
  'v3+mutant-memory-lock-first',
];

/** Each of these has what v7 breaks. */
const mutantsOfV7 = [
  'v7+mutant-no-ism-quirk',
  'v7+mutant-length-off-by-one',
  'v7+mutant-reset-says-done',
  'v7+mutant-close-keeps-bars',
  'v7+mutant-remove-without-wait',
  'v7+mutant-no-resource-files',
];

/** With the size test of 2/3 as posted, which counts no guard page. */
const sizeTest = [
  'v1',
  'v2',
  'v3',
  'v3:2',
  'v3:1+2',
  'v3:2+3',
  'v3+fault-fix',
  disableWithoutZap,
  ...otherMutants,
];
const anySizeTest = [...sizeTest, 'v3+guard-page', invertedSizeTest];
const noSizeTest = [
  'pre',
  'v3:1',
  'v3:3',
  'v3:1+3',
  'v7',
  'v7:1',
  'v7:1+2',
  'v7+write-errno',
  ...mutantsOfV7,
];

/** Fault handler and zap of v6.10-rc1, where s390 can map BARs. */
const oldZap = ['v1', 'v2', 'v3', 'v3:3', 'v3:1+3', 'v3:2+3', 'v3+guard-page', ...otherMutants];
const oldFault = [...oldZap, 'pre', 'v3:1', 'v3:2', 'v3:1+2', disableWithoutZap, invertedSizeTest];

const mutant = { status: 'mutant' } as const;
const patch1 = {
  status: 'posted',
  date: '2024-05-29',
  messageId: '20240529-vfio_pci_mmap-v3-1-cd217d019218@linux.ibm.com',
} as const;
const patch2 = {
  status: 'posted',
  date: '2024-05-29',
  messageId: '20240529-vfio_pci_mmap-v3-2-cd217d019218@linux.ibm.com',
} as const;

// Several claims break, or are not exercised, by one and the same thing.

const optionIsOff = {
  states: ['pre', 'v3:1', 'v3:2', 'v3:1+2', 'v7:1'],
  verdict: 'inconclusive',
  reason: 'VFIO_PCI_MMAP is off on s390: no BAR is mapped, so that no system call reaches one.',
  source: { status: 'merged', date: 'v6.10-rc1', note: 'def_bool y if !S390' },
} as const;
const flagIsSet = {
  states: ['v7:1+2'],
  verdict: 'inconclusive',
  reason:
    'pdev->non_mappable_bars is set for every function of s390 until 3/3: no BAR is mapped, so that no system call reaches one.',
  source: { status: 'merged', date: 'v6.15', commit: '888bd8322dfc' },
} as const;
const endlessRetry = {
  states: ['v3+mutant-retry-forever'],
  verdict: 'violated',
  reason:
    'The system calls fault and look again until the page is there, and with memory disabled it never is.',
  source: mutant,
} as const;
const leakedLock = {
  states: ['v3+mutant-leak-mmap-lock'],
  verdict: 'violated',
  reason:
    's390_pci_mmio_write returns -EINVAL with the mmap lock held for reading, and the next writer waits for it for ever.',
  source: mutant,
} as const;

export const expectations: readonly Expectation[] = [
  // What the system calls do with a page that is not there.
  {
    property: 'first-access-to-a-lazily-mapped-bar-succeeds',
    states: ['v3:3', 'v3:2+3'],
    verdict: 'violated',
    reason:
      'vfio maps lazily, and without 1/3 follow_pte of a page that nobody touched yet is -EINVAL, and so again after each zap.',
    source: patch1,
  },
  { property: 'first-access-to-a-lazily-mapped-bar-succeeds', ...optionIsOff },
  { property: 'first-access-to-a-lazily-mapped-bar-succeeds', ...flagIsSet },
  {
    property: 'faults-in-at-most-once',
    states: ['v3:3', 'v3:2+3'],
    verdict: 'inconclusive',
    reason: 'Without 1/3 the system calls fault nothing in.',
    source: patch1,
  },
  { property: 'faults-in-at-most-once', ...optionIsOff },
  { property: 'faults-in-at-most-once', ...flagIsSet },
  { property: 'faults-in-at-most-once', ...endlessRetry },
  { property: 'no-livelock', ...endlessRetry },
  {
    property: 'no-deadlock',
    states: ['v3+mutant-retry-forever'],
    verdict: 'inconclusive',
    reason: 'Executions in which the system calls go on retrying are cut off.',
    source: mutant,
  },
  {
    property: 'no-stale-vma',
    states: ['v3+mutant-drop-mmap-lock'],
    verdict: 'violated',
    reason:
      'fixup_user_fault lets go of the mmap lock, and the VMA is used after that without another vma_lookup.',
    source: mutant,
  },

  // What the system calls check.
  {
    property: 'mmio-needs-its-permission',
    states: ['pre', 'v3:2', 'v3:3', 'v3:2+3'],
    verdict: 'violated',
    reason:
      'Without 1/3 s390_pci_mmio_read asks for VM_WRITE: it refuses a read-only mapping and reads a write-only one, which /dev/mem shows where no BAR is mapped.',
    source: {
      status: 'merged',
      date: 'v6.15',
      commit: '41a0926e82f4',
      note: 'in 1/3 of every version; its log says so from v5 on',
    },
  },
  {
    property: 'no-access-across-pages',
    states: ['v3+mutant-unbounded-length'],
    verdict: 'violated',
    reason: 'The system calls do not look at the length: none, and one that leaves the page, go on.',
    source: mutant,
  },
  {
    property: 'successful-write-is-stored',
    states: [...oldFault, 'v3+fault-fix', 'v7', 'v7:1', 'v7:1+2', ...mutantsOfV7],
    verdict: 'violated',
    reason:
      's390_pci_mmio_write leaves ret at 0 where the page frame is below ZPCI_IOMAP_ADDR_BASE, as in a mapping of /dev/mem, and stores nothing.',
    source: {
      status: 'inferred',
      commit: 'a67a88b0b8de',
      note: 'which lost the -EFAULT; no version of the series touches it',
    },
  },

  // Memory that is taken away while it is mapped.
  {
    property: 'no-syscall-io-while-memory-disabled',
    states: oldZap,
    verdict: 'violated',
    reason:
      'A fork calls vfio_pci_mmap_open, which zaps, before it copies the page tables, so that the child has entries that the list of memory disable knows nothing of.',
    source: {
      status: 'inferred',
      date: 'v6.9',
      commit: '35e351780fa9',
      note: 'its order in fork; the backports to 6.6 of 2024-07-17 say what it does to vfio',
    },
  },
  {
    property: 'no-syscall-io-while-memory-disabled',
    states: [disableWithoutZap],
    verdict: 'violated',
    reason:
      'Memory disable and reset leave the page tables alone, and a system call reaches the device through them.',
    source: mutant,
  },
  {
    property: 'no-syscall-io-while-memory-disabled',
    states: [invertedSizeTest],
    verdict: 'may be violated',
    reason:
      'It breaks by a fork as on v3, but only a BAR beyond the ioremap area is mapped there, which a search seldom combines with a fork and memory disable.',
    source: mutant,
  },
  { property: 'no-syscall-io-while-memory-disabled', ...optionIsOff },
  { property: 'no-syscall-io-while-memory-disabled', ...flagIsSet },
  {
    property: 'no-access-after-zap',
    states: ['v3+mutant-access-after-unlock'],
    verdict: 'violated',
    reason: 'The system calls let go of the PTE lock before the access, so that a zap gets in between.',
    source: mutant,
  },
  {
    property: 'no-access-after-zap',
    states: [invertedSizeTest],
    verdict: 'may be violated',
    reason:
      'Nothing here breaks it, but only a BAR beyond the ioremap area is mapped there, which a search seldom zaps, so that it may stay inconclusive.',
    source: mutant,
  },
  {
    property: 'zap-finds-every-mapping',
    states: oldFault.filter((state) => state !== invertedSizeTest),
    verdict: 'violated',
    reason:
      'A fork calls vfio_pci_mmap_open, which zaps, before it copies the page tables, so that the child has entries of a VMA that is on no list.',
    source: {
      status: 'inferred',
      date: 'v6.9',
      commit: '35e351780fa9',
      note: 'its order in fork; the backports to 6.6 of 2024-07-17 say what it does to vfio',
    },
  },
  {
    property: 'zap-finds-every-mapping',
    states: [invertedSizeTest],
    verdict: 'may be violated',
    reason:
      'It breaks by a fork as on v3, but only a BAR beyond the ioremap area is mapped there, which a search seldom combines with a fork.',
    source: mutant,
  },
  {
    property: 'vma-flags-change-under-write-lock',
    states: oldFault,
    verdict: 'violated',
    reason:
      'vfio_pci_mmap_fault of v6.10-rc1 calls io_remap_pfn_range, whose vm_flags_set changes the VMA with the mmap lock held for reading.',
    source: {
      status: 'posted',
      date: '2024-06-11',
      note: 'Niklas Schnelle; fixed by aac6db75a9fc and d71a989cf5d9',
    },
  },
  {
    property: 'no-deadlock',
    states: ['v3+mutant-memory-lock-first'],
    verdict: 'violated',
    reason:
      'The fault handler takes vma_lock under memory_lock, and the zap waits for memory_lock with vma_lock held.',
    source: mutant,
  },
  { property: 'no-deadlock', ...leakedLock },
  { property: 'lock-discipline', ...leakedLock },
  {
    property: 'lock-discipline',
    states: ['v3+mutant-access-after-unlock'],
    verdict: 'violated',
    reason: 'The system calls rely on the PTE lock for what follow_pte found, and have let go of it.',
    source: mutant,
  },

  // Which BARs are offered and mapped.
  {
    property: 'advertised-bar-can-be-mapped',
    states: noSizeTest,
    verdict: 'violated',
    reason:
      'No BAR is too large to be offered, and vfio_pci_core_mmap, which maps all of it, is -ENOMEM for one beyond the ioremap area on x86 and on s390 with MIO.',
    source: patch2,
  },
  {
    property: 'advertised-bar-can-be-mapped',
    states: sizeTest,
    verdict: 'violated',
    reason:
      'The size test compares the BAR alone with the ioremap area, and a mapping has a guard page besides, so that mmap of a BAR of exactly the area is -ENOMEM.',
    source: {
      status: 'inferred',
      messageId: '20240529-vfio_pci_mmap-v3-0-cd217d019218@linux.ibm.com',
      note: 'the failed allocation in the cover letter is of 2^48 bytes and a page',
    },
  },
  {
    property: 'advertised-bar-can-be-mapped',
    states: [invertedSizeTest],
    verdict: 'violated',
    reason: 'What is offered are the BARs beyond the ioremap area, for which mmap is -ENOMEM.',
    source: mutant,
  },
  {
    property: 'no-mmap-of-oversized-bar',
    states: ['v3:3', 'v3:1+3'],
    verdict: 'violated',
    reason:
      'Without 2/3 BAR 0 of an ISM function is offered, and without MIO pci_iomap needs no address space for its 256 TiB.',
    source: patch2,
  },
  {
    property: 'no-mmap-of-oversized-bar',
    states: [invertedSizeTest],
    verdict: 'violated',
    reason: 'The size test is turned round, and the BARs beyond the ioremap area are what passes it.',
    source: mutant,
  },
  {
    property: 'no-mmap-of-oversized-bar',
    states: ['v7+mutant-no-ism-quirk'],
    verdict: 'violated',
    reason: 'pdev->non_mappable_bars is set for no function, not even an ISM one.',
    source: mutant,
  },
  {
    property: 'other-architectures-unchanged',
    states: [invertedSizeTest],
    verdict: 'violated',
    reason: 'The size test is turned round, and x86 and powerpc offer no ordinary BAR any more.',
    source: mutant,
  },
  {
    property: 'interfaces-agree-on-mappability',
    states: anySizeTest,
    verdict: 'violated',
    reason:
      'The size test of 2/3 is in vfio_pci_probe_mmaps alone, and sysfs and procfs of x86 map what it refuses.',
    source: {
      status: 'inferred',
      date: 'v6.15',
      commit: '888bd8322dfc',
      note: 'has all three honour one flag, from v6 on',
    },
  },
  {
    property: 'neighbours-answer-by-the-bar',
    states: ['v7+mutant-no-ism-quirk'],
    verdict: 'violated',
    reason: 'Without the flag the resource files of sysfs are there for the BARs of ISM functions, too.',
    source: mutant,
  },
  {
    property: 's390-has-resource-files',
    states: ['v7+mutant-no-resource-files'],
    verdict: 'violated',
    reason: 'Without ARCH_GENERIC_PCI_MMAP_RESOURCE sysfs has no resource files on s390.',
    source: mutant,
  },

  // What the calls return, and what they are for.
  {
    property: 'errors-have-a-cause',
    states: ['v7+mutant-length-off-by-one'],
    verdict: 'violated',
    reason: 'An access up to the last byte of its page is -EINVAL, and nothing is wrong with it.',
    source: mutant,
  },
  {
    property: 'success-has-its-effect',
    states: ['v7+mutant-reset-says-done'],
    verdict: 'violated',
    reason: 'VFIO_DEVICE_RESET says that it worked where another had dev->mutex, and has reset nothing.',
    source: mutant,
  },
  {
    property: 'last-user-releases-the-device',
    states: ['v7+mutant-close-keeps-bars'],
    verdict: 'violated',
    reason: 'The last close leaves the BARs that the kernel has mapped for itself as they are.',
    source: mutant,
  },
  {
    property: 'power-off-asks-and-waits',
    states: ['v7+mutant-remove-without-wait'],
    verdict: 'violated',
    reason: 'The slot is switched off while the owner still has its descriptor, or keeps it.',
    source: mutant,
  },
  {
    property: 'causes-give-an-error',
    states: ['v3+mutant-unbounded-length'],
    verdict: 'violated',
    reason: 'A system call for no byte, or for bytes of two pages, succeeds.',
    source: mutant,
  },

  // The build.
  {
    property: 'every-prefix-builds',
    states: anySizeTest,
    verdict: 'violated',
    reason:
      'IOREMAP_END, which 2/3 uses, is __kernel_io_end on powerpc, and that is not exported to vfio-pci-core as a module.',
    source: {
      status: 'posted',
      date: '2024-06-18',
      messageId: '20240618095134.41478bbf.alex.williamson@redhat.com',
    },
  },
];
