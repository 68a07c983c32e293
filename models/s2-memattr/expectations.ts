/** Verdicts other than that a claim holds, and what in the code is behind them: README.md has them as a table. */
import type { Expectation } from '../../harness/model/expectation.ts';

/** Each mutant has all that the state below it breaks. */
const seqAfterUnlock = 'v9+mutant-seq-after-unlock';
const noRetry = 'v9+mutant-no-retry';
const vmaAfterUnlock = 'v9+mutant-vma-after-unlock';
const v9Mutants = [
  seqAfterUnlock,
  noRetry,
  vmaAfterUnlock,
  'v9+mutant-flag-in-int',
  'v9+mutant-equals-flag',
  'v9+mutant-relax-by-encoder',
  'v9+mutant-guest-chooses',
  'v9+mutant-force-write-back',
  'v9+mutant-flags-before-check',
  'v9+mutant-dirty-unmarked',
  'v9+mutant-end-before-start',
  'v9+mutant-leak-mmap-lock',
  'v9+mutant-retry-forever',
];
const noExecGuard = 'v6+mutant-no-exec-guard';

/** The encoder whose switch has a default that goes on. */
const uninitialised = ['v5', 'v6', noExecGuard];
const optIn = ['alt-ioctl', 'alt-ioctl+mutant-make-without-break', 'alt-ioctl+mutant-break-without-tlbi'];
/** Alternatives stand on v3, and have its encoder. */
const underVmas = ['alt-follow', 'alt-reject', ...optIn, 'alt-pfn'];
const laxEncoder = ['v2', 'v3', 'v4', ...uninitialised, ...underVmas, 'alt-fd'];
const strictEncoder = ['v7', 'v8', 'v9', ...v9Mutants, 'merged+nvgrace-v1', 'merged+nvgrace', 'post'];

const mutant = { status: 'mutant' } as const;
const textOfV1 = {
  status: 'inferred',
  date: '2023-09-07',
  messageId: '20230907181459.18145-2-ankita@nvidia.com',
  note: 'read off v1 1/2; 20231013092954.GB13524@willie-the-truck has why MMIO must not be cacheable',
} as const;
const policyInEncoder = {
  status: 'posted',
  date: '2023-10-12',
  messageId: '20231012122701.GA11824@willie-the-truck',
  note: 'Will Deacon on v1 2/2: policy does not belong into the page table code',
} as const;
const upton = { date: '2023-12-13', messageId: 'ZXoOieQN7rBiLL4A@linux.dev' } as const;
const backedByFile = {
  status: 'inferred',
  date: '2023-12-21',
  messageId: 'ZYQ7VjApH1v1QwTW@arm.com',
  note: 'from what Catalin Marinas proposes there',
} as const;

// Several claims break by one and the same thing.

const encodedAsNormalNc = {
  states: ['v1'],
  verdict: 'violated',
  reason:
    'stage2_set_prot_attr encodes KVM_PGTABLE_PROT_DEVICE as Normal-NC, whoever asks for it and for whatever device.',
  source: policyInEncoder,
} as const;
const askedForEveryDevice = {
  states: ['v2'],
  verdict: 'violated',
  reason: 'user_mem_abort asks for KVM_PGTABLE_PROT_NORMAL_NC for every page frame that is no memory.',
  source: {
    status: 'posted',
    date: '2023-12-05',
    messageId: 'ZW8OKZHpXeVjoNo6@arm.com',
    note: 'Catalin Marinas takes his Ack back: it is to be for PCIe devices only',
  },
} as const;
const typeOfTheVmm = {
  states: ['v1'],
  verdict: 'violated',
  reason:
    'user_mem_abort goes by vm_page_prot and does not ask what the page frame is: MMIO that the VMM maps cacheable is write-back.',
  source: textOfV1,
} as const;
const followedVmm = {
  states: ['alt-follow'],
  verdict: 'violated',
  reason:
    'There is no flag: what the VMM has mapped write-combining, as by resourceN_wc of sysfs, is Normal-NC.',
  source: { status: 'proposed in review', ...upton },
} as const;
const rangesOfPageFrames = {
  states: ['alt-pfn'],
  verdict: 'violated',
  reason:
    'There is no flag: a page frame of PCIe is Normal-NC, whether vfio-pci, sysfs or /dev/mem has mapped it.',
  source: { status: 'proposed in review', date: '2023-12-05', messageId: 'ZW8MP2tDt4_9ROBz@arm.com' },
} as const;
const staleFlag = {
  states: [seqAfterUnlock],
  verdict: 'violated',
  reason:
    'mmu_invalidate_seq is read after mmap_read_unlock: if the VMA is replaced in between, nothing sends the fault back, and the flag of the old one is taken for the page frame of the new.',
  source: mutant,
} as const;
const neverSentBack = {
  states: [noRetry],
  verdict: 'violated',
  reason:
    'mmu_invalidate_retry is not called: a VMA that is replaced between the two lookups leaves its flag to the next one, and what is gone after them is mapped all the same.',
  source: mutant,
} as const;
const comparedWithItself = {
  states: ['v9+mutant-equals-flag'],
  verdict: 'violated',
  reason: 'The flag is tested with `== FLAG`, and where that is VM_NONE, on 32-bit, every VMA has it.',
  source: mutant,
} as const;
const relaxedByEncoder = {
  states: ['v9+mutant-relax-by-encoder'],
  verdict: 'violated',
  reason:
    'kvm_pgtable_stage2_relax_perms writes what stage2_set_prot_attr makes of R, W and X alone, which is write-back, over the valid entry.',
  source: mutant,
} as const;
const forcedWriteBack = {
  states: ['v9+mutant-force-write-back'],
  verdict: 'violated',
  reason: 'Normal-NC is encoded as 0b110 of FWB, which is write-back whatever the guest asks for.',
  source: mutant,
} as const;
const fetchesLetThrough = {
  states: [noExecGuard],
  verdict: 'violated',
  reason:
    'user_mem_abort has no -ENOEXEC: the encoder takes Normal-NC with X, and kvm_pgtable_stage2_relax_perms adds X to whatever is mapped already.',
  source: mutant,
} as const;
const noVma = {
  states: ['alt-fd'],
  verdict: 'inconclusive',
  reason: 'user_mem_abort has page frame and types from the file of the slot, and looks at no VMA.',
  source: backedByFile,
} as const;
const leakedLock = {
  states: ['v9+mutant-leak-mmap-lock'],
  verdict: 'violated',
  reason:
    'user_mem_abort returns -EFAULT with the mmap lock held for reading, and the next writer waits for it for ever.',
  source: mutant,
} as const;

export const expectations: readonly Expectation[] = [
  // Who gets Normal-NC without having been allowed it.
  { property: 'gicv-never-normal-nc', ...encodedAsNormalNc },
  {
    property: 'gicv-never-normal-nc',
    states: ['v2'],
    verdict: 'violated',
    reason: 'kvm_phys_addr_ioremap asks for KVM_PGTABLE_PROT_NORMAL_NC, and GICV is what it maps.',
    source: {
      status: 'posted',
      date: '2023-12-05',
      messageId: 'ZW8MP2tDt4_9ROBz@arm.com',
      note: 'Catalin Marinas, quoting Marc Zyngier',
    },
  },
  { property: 'stage2-never-normal-nc-without-flag', ...encodedAsNormalNc },
  { property: 'stage2-never-normal-nc-without-flag', ...askedForEveryDevice },
  { property: 'stage2-never-normal-nc-without-flag', ...followedVmm },
  { property: 'stage2-never-normal-nc-without-flag', ...rangesOfPageFrames },
  { property: 'stage2-never-normal-nc-without-flag', ...staleFlag },
  { property: 'stage2-never-normal-nc-without-flag', ...neverSentBack },
  { property: 'stage2-never-normal-nc-without-flag', ...comparedWithItself },
  { property: 'platform-device-stays-device', ...encodedAsNormalNc },
  { property: 'platform-device-stays-device', ...askedForEveryDevice },
  { property: 'platform-device-stays-device', ...staleFlag },
  { property: 'platform-device-stays-device', ...neverSentBack },
  { property: 'platform-device-stays-device', ...comparedWithItself },
  {
    property: 'guest-writes-arrive-before-reset',
    states: ['v1', 'v2'],
    verdict: 'violated',
    reason:
      'vfio-platform is Normal-NC too, where writes may be gathered, and nothing pushes them ahead of its reset as config space of PCIe does.',
    source: {
      status: 'posted',
      date: '2023-10-13',
      messageId: '20231013092954.GB13524@willie-the-truck',
      note: 'Will Deacon asks; that PCIe pushes and a platform bus need not is inferred',
    },
  },

  // Who is allowed Normal-NC and does not get it.
  {
    property: 'guest-chooses-normal-nc-for-bar',
    states: ['pre'],
    verdict: 'violated',
    reason:
      'user_mem_abort asks for KVM_PGTABLE_PROT_DEVICE for every page frame that is no memory, and Device at stage 2 wins over what the guest has.',
    source: { status: 'merged', date: 'v6.9', commit: '8c47ce3e1d2c', note: 'changes that' },
  },
  {
    property: 'guest-chooses-normal-nc-for-bar',
    states: ['alt-follow'],
    verdict: 'violated',
    reason: 'vfio_pci_core_mmap maps BARs by pgprot_noncached, which is Device, and stage 2 follows that.',
    source: { status: 'inferred', ...upton, note: 'from the rule that Oliver Upton proposes' },
  },
  {
    property: 'guest-chooses-normal-nc-for-bar',
    states: optIn,
    verdict: 'violated',
    reason:
      'Without the ioctl of the VMM a BAR is Device, and the ioctl takes away nothing that is mapped by then.',
    source: {
      status: 'inferred',
      date: '2024-01-08',
      messageId: 'ZZvWzyNb1V29-H85@arm.com',
      note: 'Catalin Marinas does not say what becomes of what is mapped',
    },
  },
  { property: 'guest-chooses-normal-nc-for-bar', ...staleFlag },
  { property: 'guest-chooses-normal-nc-for-bar', ...neverSentBack },
  {
    property: 'guest-chooses-normal-nc-for-bar',
    states: ['v9+mutant-flag-in-int'],
    verdict: 'violated',
    reason: 'The flag is bit 39, and the int that it is kept in has no such bit.',
    source: mutant,
  },
  { property: 'guest-chooses-normal-nc-for-bar', ...relaxedByEncoder },
  { property: 'guest-chooses-normal-nc-for-bar', ...forcedWriteBack },

  // Cacheable.
  { property: 'device-never-mapped-cacheable', ...typeOfTheVmm },
  { property: 'device-never-mapped-cacheable', ...forcedWriteBack },
  { property: 'guest-never-caches-device', ...typeOfTheVmm },
  { property: 'guest-never-caches-device', ...relaxedByEncoder },
  {
    property: 'guest-never-caches-device',
    states: ['v9+mutant-guest-chooses'],
    verdict: 'violated',
    reason: 'Normal-NC is encoded as 0b111 of FWB, which leaves every type to the guest.',
    source: mutant,
  },
  { property: 'guest-never-caches-device', ...forcedWriteBack },

  // Executable.
  {
    property: 'device-never-executable',
    states: ['v1'],
    verdict: 'violated',
    reason:
      'With ARM64_HAS_CACHE_DIC whatever the VMM maps cacheable gets X, MMIO too, and a load brings it past the -ENOEXEC, which is for fetches.',
    source: textOfV1,
  },
  { property: 'device-never-executable', ...fetchesLetThrough },
  {
    property: 'encoder-refuses-executable-device',
    states: laxEncoder,
    verdict: 'violated',
    reason: 'stage2_set_prot_attr looks for X where it has Device, and not where it has Normal-NC.',
    source: {
      status: 'merged',
      date: 'v6.9',
      commit: 'c034ec84e879',
      note: 'looks in both, as from v7 on, without a word in the changelog',
    },
  },

  // Both types at once.
  {
    property: 'encoder-refuses-two-types',
    states: ['v2'],
    verdict: 'violated',
    reason: 'stage2_set_prot_attr looks at Device first, and does not look at the other bit then.',
    source: {
      status: 'posted',
      date: '2023-12-12',
      messageId: '20231212121742.GA29205@willie-the-truck',
      note: 'Will Deacon on v3 1/2, whose encoder is the same',
    },
  },
  {
    property: 'encoder-refuses-two-types',
    states: ['v4'],
    verdict: 'violated',
    reason: 'The WARN_ON_ONCE has come in the place of the -EINVAL of v3: Device is written, and 0 returned.',
    source: {
      status: 'inferred',
      date: '2023-12-18',
      messageId: '20231218090719.22250-2-ankita@nvidia.com',
      note: 'read off v4 1/3',
    },
  },
  {
    property: 'encoder-refuses-two-types',
    states: uninitialised,
    verdict: 'violated',
    reason: 'The default of the switch has a WARN_ON_ONCE and no return, so that 0 is returned in the end.',
    source: {
      status: 'posted',
      date: '2024-02-08',
      messageId: '20240208131938.GB23428@willie-the-truck',
      note: 'Will Deacon on v6 asks for an error',
    },
  },
  {
    property: 'encoder-chooses-a-type',
    states: uninitialised,
    verdict: 'violated',
    reason: 'With both bits no case of the switch assigns attr, and what it happens to hold is the type.',
    source: {
      status: 'inferred',
      date: '2023-12-21',
      messageId: '20231221154002.32622-2-ankita@nvidia.com',
      note: 'read off v5 1/4; v6 has the same code',
    },
  },

  // The life of an entry.
  { property: 'permission-fault-keeps-memory-type', ...relaxedByEncoder },
  { property: 'memory-type-changes-through-invalid', ...relaxedByEncoder },
  {
    property: 'memory-type-changes-through-invalid',
    states: ['alt-ioctl+mutant-make-without-break'],
    verdict: 'violated',
    reason:
      'stage2_map_walker_try_leaf writes over the valid entry, and of two vCPUs that fault, one before and one after the ioctl, the second has another type.',
    source: mutant,
  },
  {
    property: 'memory-type-changes-through-invalid',
    states: ['alt-ioctl+mutant-break-without-tlbi'],
    verdict: 'violated',
    reason: 'stage2_try_break_pte makes the entry invalid without a TLBI, and the old type stays in the TLB.',
    source: mutant,
  },
  {
    property: 'memory-type-changes-through-invalid',
    states: ['alt-fd'],
    verdict: 'inconclusive',
    reason: 'A slot keeps its file, and with it page frame and type, so that no entry ever gets another.',
    source: backedByFile,
  },
  { property: 'guest-never-uses-gone-mapping', ...neverSentBack },

  // Faults.
  {
    property: 'bar-fault-succeeds-without-fwb',
    states: ['v1'],
    verdict: 'violated',
    reason:
      'Without FWB user_mem_abort returns -EINVAL unless the linear map has the page frame, and of a BAR it has none.',
    source: {
      status: 'posted',
      messageId: 'af13ed63dc9a4f26a6c958ebfa77d78a@huawei.com',
      note: 'Shameer Kolothum on v1 1/2',
    },
  },
  { property: 'bar-fault-succeeds-without-fwb', ...noVma },
  {
    property: 'vma-not-used-after-unlock',
    states: [vmaAfterUnlock],
    verdict: 'violated',
    reason: 'user_mem_abort reads vm_flags after mmap_read_unlock, when munmap may have freed the VMA.',
    source: mutant,
  },
  { property: 'vma-not-used-after-unlock', ...noVma },

  // What the series leaves alone.
  {
    property: 'unflagged-behaves-as-before',
    states: ['v1'],
    verdict: 'violated',
    reason:
      'There is no flag: Device is encoded as Normal-NC, MMIO that the VMM maps cacheable is write-back and with DIC executable, and without FWB MMIO is -EINVAL.',
    source: { status: 'inferred', date: '2023-09-07', note: 'read off v1 1/2 and 2/2' },
  },
  { property: 'unflagged-behaves-as-before', ...askedForEveryDevice },
  {
    property: 'unflagged-behaves-as-before',
    states: ['post'],
    verdict: 'violated',
    reason:
      'By design what the VMM maps cacheable is write-back and executable, where it was Device, and -EFAULT without FWB or DIC.',
    source: { status: 'merged', date: 'v6.17', commit: '0c67288e0c8b' },
  },
  { property: 'unflagged-behaves-as-before', ...followedVmm },
  {
    property: 'unflagged-behaves-as-before',
    states: ['alt-reject'],
    verdict: 'violated',
    reason: 'By design MMIO that the VMM maps otherwise than Device is -EFAULT, where it was mapped before.',
    source: { status: 'inferred', ...upton, note: 'Oliver Upton; which faults are refused is inferred' },
  },
  { property: 'unflagged-behaves-as-before', ...rangesOfPageFrames },
  { property: 'unflagged-behaves-as-before', ...comparedWithItself },
  { property: 'unflagged-behaves-as-before', ...fetchesLetThrough },
  {
    property: 'logged-slot-never-maps-device',
    states: ['pre', 'v1', ...laxEncoder.filter((state) => state !== 'alt-fd'), ...strictEncoder],
    verdict: 'violated',
    reason:
      'user_mem_abort does not look at VM_PFNMAP: a BAR that the VMM maps under the slot after kvm_arch_prepare_memory_region is faulted in, and one that comes before kvm_mmu_wp_memory_region write-protected.',
    source: { status: 'inferred', note: 'read off user_mem_abort; nobody raised it (S2-H19)' },
  },

  // What calls are for.
  {
    property: 'errors-have-a-cause',
    states: ['v1'],
    verdict: 'violated',
    reason:
      'Without FWB KVM_RUN fails with -EINVAL wherever the linear map does not have the page frame: of MMIO it never has.',
    source: {
      status: 'posted',
      messageId: 'af13ed63dc9a4f26a6c958ebfa77d78a@huawei.com',
      note: 'Shameer Kolothum on v1 1/2',
    },
  },
  {
    property: 'errors-have-a-cause',
    states: [noExecGuard],
    verdict: 'violated',
    reason:
      'An instruction fetch from what has no flag gets as far as stage2_set_prot_attr, whose -EINVAL for Device with X fails KVM_RUN, where the guest should have its abort.',
    source: mutant,
  },
  {
    property: 'causes-give-an-error',
    states: ['v1'],
    verdict: 'violated',
    reason:
      'With ARM64_HAS_CACHE_DIC MMIO that the VMM maps cacheable gets X with a load, so that a fetch comes through without a fault.',
    source: textOfV1,
  },
  { property: 'causes-give-an-error', ...neverSentBack },
  { property: 'causes-give-an-error', ...fetchesLetThrough },
  { property: 'success-has-its-effect', ...neverSentBack },
  {
    property: 'success-has-its-effect',
    states: ['v9+mutant-flags-before-check'],
    verdict: 'violated',
    reason: 'The flags are in place when kvm_arch_prepare_memory_region returns -EINVAL, and stay there.',
    source: mutant,
  },
  { property: 'encoder-writes-what-is-asked', ...encodedAsNormalNc },
  {
    property: 'encoder-writes-what-is-asked',
    states: ['v9+mutant-guest-chooses'],
    verdict: 'violated',
    reason: 'Normal-NC is encoded as 0b111 of FWB, which leaves every type to the guest.',
    source: mutant,
  },
  { property: 'encoder-writes-what-is-asked', ...forcedWriteBack },

  {
    property: 'dirty-log-is-exact',
    states: ['v9+mutant-dirty-unmarked'],
    verdict: 'violated',
    reason: 'The fault makes the page writable, and nobody ever hears of what the guest writes to it.',
    source: mutant,
  },
  {
    property: 'dirty-log-is-exact',
    states: ['v9+mutant-flags-before-check'],
    verdict: 'violated',
    reason:
      'The flags that a refused call has left there make the next one believe that nothing changes, so that nothing is write-protected.',
    source: mutant,
  },
  {
    property: 'no-kernel-bug',
    states: ['v9+mutant-end-before-start'],
    verdict: 'violated',
    reason: 'mmu_invalidate_in_progress is 0 when it is counted down.',
    source: mutant,
  },

  // Locks.
  { property: 'lock-discipline', ...leakedLock },
  { property: 'no-deadlock', ...leakedLock },
  {
    property: 'no-livelock',
    states: ['v9+mutant-retry-forever'],
    verdict: 'violated',
    reason: 'A fault that fails with -EFAULT is tried again, and with nothing mapped there it always does.',
    source: mutant,
  },
  {
    property: 'no-deadlock',
    states: ['v9+mutant-retry-forever'],
    verdict: 'inconclusive',
    reason: 'Executions in which a fault is tried again and again are cut off.',
    source: mutant,
  },
];
