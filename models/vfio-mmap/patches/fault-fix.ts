/** What v3's base lacked and v6.10 had: vfio mappings by the inode's address space, and no flags changed in faults. */

import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { Vma } from '../address-space.ts';
import type { VfioKernel, VmFault } from '../kernel.ts';
import { insertPages, noteFault, zapPages } from '../vfio-mmap.ts';
import type { VfioWorld } from '../world.ts';

/** memory_lock for reading around the check and the insertion; no list, and no lock for one. */
function* faultIn(t: Thread, w: VfioWorld, vma: Vma, start: number, end: number): CodePath<VmFault> {
  const { memoryLock, command } = w.vdev;
  yield memoryLock.acquireShared;
  yield command.read;
  w.machine.assertHeld(memoryLock);
  const enabled = command.value;
  if (enabled) {
    yield* insertPages(w, vma, start, end);
    // Nobody disables memory between the test and the insertion.
    w.machine.assertHeld(memoryLock);
  }
  const result = noteFault(t, w, vma, enabled ? 'nopage' : 'sigbus');
  yield memoryLock.releaseShared;
  return result;
}

/** memory_lock first, then every mapping of the BARs, whoever has it: VMAs of all processes hang on the inode. */
function* zapByInode(t: Thread, w: VfioWorld): CodePath<void> {
  yield w.vdev.memoryLock.acquire;
  // vfio_pci_zap_bars() relies on it from its first VMA on: no fault puts a page back behind it.
  w.machine.assertHeld(w.vdev.memoryLock, true);
  const { iMmapRwsem, iMmap } = w.inode;
  yield iMmapRwsem.acquireShared;
  for (const vma of iMmap) {
    yield* zapPages(t, w, vma, vma.start, vma.end);
    // Only it keeps the VMA and its page tables from going away under unmap_mapping_range_tree().
    w.machine.assertHeld(iMmapRwsem);
  }
  w.machine.assertHeld(w.vdev.memoryLock, true);
  yield iMmapRwsem.releaseShared;
}

export const useUnmapMappingRange: Patch<VfioKernel> = {
  id: 'unmap-mapping-range',
  subject: 'vfio/pci: Use unmap_mapping_range()',
  source: { status: 'merged', date: 'v6.10', commit: 'aac6db75a9fc' },
  apply: ({ vfio_pci_mmap_open: _open, vfio_pci_mmap_close: _close, ...kernel }) => ({
    ...kernel,
    vmasOnInode: true,
    vfio_pci_zap_and_down_write_memory_lock: zapByInode,
    *vfio_pci_mmap_fault(t, w, vma, page) {
      return yield* faultIn(t, w, vma, page, page + 1);
    },
  }),
};

/** The page of the fault first, then the rest of the VMA: one step here, since they are of one kind. */
export const insertFullVma: Patch<VfioKernel> = {
  id: 'insert-full-vma',
  subject: "vfio/pci: Insert full vma on mmap'd MMIO fault",
  source: { status: 'merged', date: 'v6.10', commit: 'd71a989cf5d9' },
  requires: ['unmap-mapping-range'],
  apply: (kernel) => ({
    ...kernel,
    *vfio_pci_mmap_fault(t, w, vma) {
      return yield* faultIn(t, w, vma, vma.start, vma.end);
    },
  }),
};

/** One fault, one entry, of whatever order; s390 has none above a page. */
export const implementHugeFault: Patch<VfioKernel> = {
  id: 'huge-fault',
  subject: 'vfio/pci: Implement huge_fault support',
  source: { status: 'merged', date: 'v6.12', messageId: '20240809160909.1023470-20-peterx@redhat.com' },
  requires: ['insert-full-vma'],
  apply: (kernel) => ({
    ...kernel,
    *vfio_pci_mmap_fault(t, w, vma, page) {
      return yield* faultIn(t, w, vma, page, page + 1);
    },
  }),
};

/** 8-byte accesses of pread and pwrite. */
export const io64: Patch<VfioKernel> = {
  id: 'io64',
  subject: 'vfio/pci: Support 8-byte PCI loads and stores',
  source: {
    status: 'merged',
    date: 'v6.11',
    commit: '186bfe44ea41',
    note: 'with 4df13a6871d9 and abe8103da3c5',
  },
  apply: (kernel) => ({ ...kernel, ioWidths: [8, ...kernel.ioWidths] }),
};
