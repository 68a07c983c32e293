/** Known wrong variants. Nobody posted them; they are kept so that every claim has a state that breaks it. */
import { EAGAIN, EINVAL } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { MmioCall } from '../../../properties/vfio-mmap/evidence.ts';
import type { AddressSpace, Vma } from '../address-space.ts';
import type { VfioKernel, VmFault } from '../kernel.ts';
import { PAGE_SIZE } from '../layout.ts';
import { isMemory, pci_mmap_resource } from '../probe.ts';
import { insertPages, noteFault, noteFlagChange } from '../vfio-mmap.ts';
import type { VfioWorld } from '../world.ts';

function mutant(
  name: string,
  subject: string,
  note: string,
  apply: Patch<VfioKernel>['apply'],
): Patch<VfioKernel> {
  return { id: `mutant-${name}`, subject, source: { status: 'mutant', note }, apply };
}

type Copy = VfioKernel['zpci_memcpy_toio'];

/** The caller lets go of the lock once more, hence it is taken again. */
const afterUnlock = (copy: Copy): Copy =>
  function* copyAfterUnlock(t, w, space, vma, call) {
    yield space.ptl.release;
    const ret = yield* copy(t, w, space, vma, call);
    yield space.ptl.acquire;
    return ret;
  };

export const accessAfterUnlock = mutant(
  'access-after-unlock',
  'the system calls let go of the PTE lock before the access',
  'breaks the claims that nothing reaches the device after a zap or with memory disabled',
  (kernel) => ({
    ...kernel,
    zpci_memcpy_toio: afterUnlock(kernel.zpci_memcpy_toio),
    zpci_memcpy_fromio: afterUnlock(kernel.zpci_memcpy_fromio),
  }),
);

export const dropMmapLock = mutant(
  'drop-mmap-lock',
  'fixup_user_fault is given `unlocked`, lets go of the mmap lock, and the VMA is not looked up again',
  'breaks the claim that the mmap lock is held from the lookup to the access',
  (kernel) => ({
    ...kernel,
    *fixup_user_fault(t, w, space, map, page, write, call) {
      yield* kernel.fixup_user_fault(t, w, space, map, page, write, call);
      // As where the fault handler answers VM_FAULT_RETRY.
      yield space.mmapLock.releaseShared;
      call.lockDropped = true;
      yield space.mmapLock.acquireShared;
    },
  }),
);

function* lookupUntilThere(
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  vma: Vma,
  page: number,
  call: MmioCall,
): CodePath<number> {
  const { kind, map } = call.request;
  while ((yield* w.kernel.follow_pte(t, w, space, vma, page, call)) < 0) {
    yield* w.kernel.fixup_user_fault(t, w, space, map, page, kind === 'mmio_write', call);
  }
  return 0;
}

export const retryForever = mutant(
  'retry-forever',
  'the system calls fault and look again until the page is there',
  'breaks the claim of one retry; with memory disabled it never ends',
  (kernel) => ({ ...kernel, mmio_lookup_pfn: lookupUntilThere }),
);

export const disableWithoutZap = mutant(
  'disable-without-zap',
  'memory disable and reset take memory_lock and leave the mappings alone',
  'breaks the claim that nothing reaches the device with memory disabled',
  (kernel) => ({
    ...kernel,
    *vfio_pci_zap_and_down_write_memory_lock(_t, w) {
      yield w.vdev.memoryLock.acquire;
    },
  }),
);

export const unboundedLength = mutant(
  'unbounded-length',
  'the system calls take any length: none, and one that leaves the page',
  'breaks the claim that such a length is -EINVAL',
  (kernel) => ({ ...kernel, mmio_length_is_valid: () => true }),
);

export const invertedSizeTest = mutant(
  'inverted-size-test',
  'vfio_pci_probe_mmaps refuses the BARs that fit into the ioremap area',
  'breaks the claim that nothing changes for ordinary BARs elsewhere, and that oversized ones stay unmapped',
  (kernel) => ({ ...kernel, resource_exceeds_ioremap: ({ ioremapArea }, size) => size <= ioremapArea }),
);

export const noIsmQuirk = mutant(
  'no-ism-quirk',
  '3/3 clears the flag for every function and has no quirk that sets it for ISM ones',
  'breaks the claim that no BAR of an ISM function is mapped',
  (kernel) => ({
    ...kernel,
    non_mappable_bars: () => false,
    pci_mmap_resource: ({ bars }, bar) => isMemory(bars[bar]!),
  }),
);

export const leakMmapLock = mutant(
  'leak-mmap-lock',
  'a lookup that fails for good returns with the mmap lock held',
  'breaks lock-discipline',
  (kernel) => ({
    ...kernel,
    *s390_pci_mmio_write(t, w, request) {
      const ret = yield* kernel.s390_pci_mmio_write(t, w, request);
      if (ret === -EINVAL) yield w.mmOf(t).mmapLock.acquireShared;
      return ret;
    },
  }),
);

/** As the handler of the base, with its two locks in the other order. */
function* faultMemoryLockFirst(t: Thread, w: VfioWorld, vma: Vma): CodePath<VmFault> {
  const { vmaLock, vmaList, memoryLock, command } = w.vdev;
  yield memoryLock.acquireShared;
  yield command.read;
  const enabled = command.value;
  yield vmaLock.acquire;
  if (enabled && !vmaList.includes(vma)) {
    noteFlagChange(t, w, vma);
    yield* insertPages(w, vma, vma.start, vma.end);
    vmaList.push(vma);
  }
  yield vmaLock.release;
  const result = noteFault(t, w, vma, enabled ? 'nopage' : 'sigbus');
  yield memoryLock.releaseShared;
  return result;
}

export const memoryLockFirst = mutant(
  'memory-lock-first',
  'the fault handler takes memory_lock before vma_lock, the zap the other way round',
  'breaks no-deadlock',
  (kernel) => ({ ...kernel, vfio_pci_mmap_fault: faultMemoryLockFirst }),
);

export const lengthOffByOne = mutant(
  'length-off-by-one',
  'the system calls refuse an access up to the last byte of its page',
  'breaks the claim that an error has its cause',
  (kernel) => ({
    ...kernel,
    mmio_length_is_valid: ({ offset, length }) => length > 0 && PAGE_SIZE - (offset % PAGE_SIZE) > length,
  }),
);

export const resetSaysDone = mutant(
  'reset-says-done',
  'VFIO_DEVICE_RESET returns 0 where it did not get dev->mutex',
  'breaks the claim that a call that succeeds did what it is for',
  (kernel) => ({
    ...kernel,
    *vfio_pci_ioctl_reset(t, w) {
      const ret = yield* kernel.vfio_pci_ioctl_reset(t, w);
      return ret === -EAGAIN ? 0 : ret;
    },
  }),
);

export const closeKeepsBars = mutant(
  'close-keeps-bars',
  'vfio_pci_core_disable leaves the BARs mapped and requested',
  'breaks the claim that the last user releases the device',
  (kernel) => ({ ...kernel, *vfio_pci_core_disable() {} }),
);

export const removeWithoutWait = mutant(
  'remove-without-wait',
  'vfio_unregister_group_dev asks user space for the device and does not wait',
  'breaks the claim that power-off waits',
  (kernel) => ({
    ...kernel,
    *vfio_unregister_group_dev(t, w) {
      yield w.released.update;
      w.driverUnbound = true;
      w.released.count--;
      yield* w.kernel.vfio_pci_core_request(t, w);
    },
  }),
);

export const noResourceFiles = mutant(
  'no-resource-files',
  '3/3 does not select ARCH_GENERIC_PCI_MMAP_RESOURCE',
  'breaks the claim that s390 has resource files',
  (kernel) => ({ ...kernel, pci_mmap_resource }),
);
