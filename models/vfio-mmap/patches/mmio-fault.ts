import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import type { MmioCall } from '../../../properties/vfio-mmap/evidence.ts';
import type { AddressSpace, Vma } from '../address-space.ts';
import type { VfioKernel } from '../kernel.ts';
import type { VfioWorld } from '../world.ts';

/**
 * What is not there is faulted in once and looked for once more. The mmap lock stays held, since `unlocked` is NULL,
 * and what fixup_user_fault returns is ignored: the second lookup's errno is what the caller gets.
 */
export function* lookupAfterFault(
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  vma: Vma,
  page: number,
  call: MmioCall,
): CodePath<number> {
  const ret = yield* w.kernel.follow_pte(t, w, space, vma, page, call);
  if (ret === 0) return 0;
  const { kind, map } = call.request;
  yield* w.kernel.fixup_user_fault(t, w, space, map, page, kind === 'mmio_write', call);
  return yield* w.kernel.follow_pte(t, w, space, vma, page, call);
}

/**
 * Patch 1/3 of every version. The mm that it names (vma->vm_mm in v1 and v2, current->mm from v3 on) and the lookup
 * (follow_pte, follow_pfnmap_start from v5 on) differ, what they do here does not. The read system call now asks for
 * VM_READ; the log says so from v5 on, the code always did.
 */
export const mmioFaultHandling = (source: Source): Patch<VfioKernel> => ({
  id: '1/3',
  subject: 's390/pci: Fix s390_mmio_read/write syscall page fault handling',
  source,
  apply: (kernel) => ({ ...kernel, mmio_lookup_pfn: lookupAfterFault, mmioReadNeeds: 'read' }),
});
