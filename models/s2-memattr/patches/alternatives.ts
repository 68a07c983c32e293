/**
 * Rules that the review of v2 and v3 proposed in words. Nobody posted code: how each would look in user_mem_abort() is
 * ours.
 */
import { EFAULT, EINVAL } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import type { Abort, MemAttrKernel, Vma } from '../kernel.ts';
import { BACKINGS, kvm_is_device_pfn } from '../layout.ts';
import { check_pfn, DEVICE, NORMAL_NC, ofDevices, stage2_fault_lock } from '../mmu.ts';
import { invalidateBegin, invalidateEnd } from '../notifier.ts';
import type { MemAttrWorld } from '../world.ts';
import { sampleProtection } from './v1.ts';
import { sampleFlag } from './vma-flag.ts';

function alternative(
  id: string,
  subject: string,
  source: Omit<Source, 'status'>,
  apply: Patch<MemAttrKernel>['apply'],
): Patch<MemAttrKernel> {
  return { id, subject, source: { status: 'proposed in review', ...source }, apply };
}

/** Cacheable is what KVM cannot follow: it stays Device. */
export const followStage1 = alternative(
  'alt-follow',
  "stage 2 follows the type of the VMM's own mapping",
  {
    date: '2023-12-13',
    messageId: 'ZXoOieQN7rBiLL4A@linux.dev',
    note: 'Oliver Upton: "follow the stage-1 attributes (where possible)"',
  },
  (kernel) => ({
    ...kernel,
    setsFlag: [],
    sample_vma: sampleProtection,
    stage2_memory_type: ofDevices(({ hostType }) => (hostType === 'normal-nc' ? NORMAL_NC : DEVICE)),
  }),
);

function* sampleBoth(t: Thread, w: MemAttrWorld, abort: Abort, vma: Vma): CodePath<void> {
  yield* sampleFlag(t, w, abort, vma);
  yield* sampleProtection(t, w, abort, vma);
}

/** The flag says that a device bears a mismatch. Without it, Device over anything but Device in the VMM is one. */
export const rejectMismatches = alternative(
  'alt-reject',
  'a device that bears no mismatch is refused where the VMM maps it otherwise than stage 2 would',
  {
    date: '2023-12-13',
    messageId: 'ZXoOieQN7rBiLL4A@linux.dev',
    note: 'Oliver Upton; which faults are refused is inferred',
  },
  (kernel) => ({
    ...kernel,
    refusesMismatches: true,
    sample_vma: sampleBoth,
    check_pfn: (w, abort) => {
      const { fault, hostType } = abort;
      if (fault.devicePfn && !fault.flag && hostType !== 'device-nGnRnE') return -EFAULT;
      return check_pfn(w, abort);
    },
  }),
);

function* sampleOptIn(t: Thread, w: MemAttrWorld, abort: Abort, vma: Vma): CodePath<void> {
  yield* sampleFlag(t, w, abort, vma);
  yield w.kvm.ncAllowed.read;
  abort.ncAllowed = w.kvm.ncAllowed.value;
}

function* kvm_vm_ioctl_allow_nc(t: Thread, w: MemAttrWorld): CodePath<number> {
  yield w.kvm.ncAllowed.write;
  w.kvm.ncAllowed.value = true;
  w.optIns.push(t.call!);
  return 0;
}

/** What is mapped by then stays as it is: nobody asked for it to be taken away. */
export const optIn = alternative(
  'alt-ioctl',
  'Normal-NC needs the flag of the VMA and an ioctl of the VMM',
  { date: '2024-01-08', messageId: 'ZZvWzyNb1V29-H85@arm.com', note: 'Catalin Marinas' },
  (kernel) => ({
    ...kernel,
    sample_vma: sampleOptIn,
    stage2_memory_type: ofDevices(({ fault, ncAllowed }) => (fault.flag && ncAllowed ? NORMAL_NC : DEVICE)),
    kvm_vm_ioctl_allow_nc,
  }),
);

/** The ranges are those of PCIe host bridges. */
export const safeRanges = alternative(
  'alt-pfn',
  'ranges of page frames that are known to be safe get Normal-NC',
  { date: '2023-12-05', messageId: 'ZW8MP2tDt4_9ROBz@arm.com', note: 'Catalin Marinas, third idea' },
  (kernel) => ({
    ...kernel,
    setsFlag: [],
    stage2_memory_type: ofDevices(({ fault }) =>
      fault.supplier?.pageFrame === 'PCI BAR' ? NORMAL_NC : DEVICE,
    ),
  }),
);

/** The file of the slot gives the page frame and says which types it bears. No VMA is asked, and none can be replaced. */
function* abortByFile(t: Thread, w: MemAttrWorld, abort: Abort): CodePath<number> {
  const { fault, slot } = abort;
  const { memoryLock, command } = w.vdev;
  yield w.kvm.mmuInvalidateSeq.read;
  fault.mmuSeq = w.kvm.mmuInvalidateSeq.value;
  const file = w.slotFile(slot);
  if (file === undefined) return -EFAULT;
  if (BACKINGS[file.backing].vfioPciCore) {
    yield memoryLock.acquireShared;
    yield command.read;
    w.machine.assertHeld(memoryLock);
    const enabled = command.value;
    yield memoryLock.releaseShared;
    if (!enabled) return -EFAULT;
  }
  fault.supplier = file;
  fault.flag = file.flag;
  fault.devicePfn = kvm_is_device_pfn(file.pageFrame);
  abort.writable = true;
  const ret = w.kernel.check_pfn(w, abort);
  return ret < 0 ? ret : yield* stage2_fault_lock(t, w, abort);
}

/** What the VMM does with mappings of its own is nothing to a slot. */
function* nothingToInvalidate(): CodePath<void> {}

function* zapFiles(t: Thread, w: MemAttrWorld): CodePath<void> {
  yield w.vdev.memoryLock.acquire;
  for (const slot of w.facts.backings.keys()) {
    const file = w.slotFile(slot);
    if (file === undefined || !BACKINGS[file.backing].vfioPciCore) continue;
    // As where VMAs are zapped: a fault looks whether memory is enabled with memory_lock held for reading.
    w.machine.assertHeld(w.vdev.memoryLock, true);
    yield* invalidateBegin(t, w, slot, null);
    yield* invalidateEnd(t, w);
  }
}

function* prepareByFile(_t: Thread, w: MemAttrWorld, slot: number, logging: boolean): CodePath<number> {
  return logging && w.slotFile(slot)?.pfnmap === true ? -EINVAL : 0;
}

export const backByFile = alternative(
  'alt-fd',
  'slots are backed by files, which say the page frame and the types that it bears',
  {
    date: '2023-12-21',
    messageId: 'ZYQ7VjApH1v1QwTW@arm.com',
    note: 'Catalin Marinas, and Jason Gunthorpe on 2024-01-02',
  },
  (kernel) => ({
    ...kernel,
    fdBacked: true,
    user_mem_abort: abortByFile,
    kvm_arch_prepare_memory_region: prepareByFile,
    kvm_mmu_notifier_invalidate_range_start: nothingToInvalidate,
    kvm_mmu_notifier_invalidate_range_end: nothingToInvalidate,
    vfio_pci_zap_and_down_write_memory_lock: zapFiles,
  }),
);
