/** The VMA flag: VM_VFIO_ALLOW_WC in v3 to v6, VM_ALLOW_ANY_UNCACHED from v7 on. Bit 39. */
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import type { Backing } from '../../../properties/s2-memattr/evidence.ts';
import type { Abort, MemAttrKernel, Vma } from '../kernel.ts';
import { DEVICE, NORMAL_NC, ofDevices } from '../mmu.ts';
import type { MemAttrWorld } from '../world.ts';

/** What vfio_pci_core_mmap() maps, of whichever driver that calls it. */
export const VFIO_PCI_CORE: readonly Backing[] = ['pci', 'vfio_ram'];

export function* sampleFlag(_t: Thread, w: MemAttrWorld, { fault }: Abort, vma: Vma): CodePath<void> {
  // After mmap_read_unlock() the VMA may be freed, which is why v3 looks here.
  w.machine.assertHeld(w.mm.mmapLock);
  fault.flag = vma.mapping.flag;
}

/** The page frame says whether, the flag says what. */
const typeByFlag = ofDevices(({ fault }) => (fault.flag ? NORMAL_NC : DEVICE));

export const giveFlagABit = (kernel: MemAttrKernel): MemAttrKernel => ({ ...kernel, flagHasBit: true });

export const goByFlag = (kernel: MemAttrKernel): MemAttrKernel => ({
  ...kernel,
  sample_vma: sampleFlag,
  stage2_memory_type: typeByFlag,
});

export const setFlag = (kernel: MemAttrKernel): MemAttrKernel => ({
  ...kernel,
  setsFlag: [...kernel.setsFlag, ...VFIO_PCI_CORE],
});

/** The patch of v5 to v9 that brings the flag alone. */
export const introduceFlag = (id: string, subject: string, source: Source): Patch<MemAttrKernel> => ({
  id,
  subject,
  source,
  apply: giveFlagABit,
});

/** user_mem_abort(), in v4 with the flag itself. */
export const honourFlag = (
  id: string,
  subject: string,
  requires: readonly string[],
  source: Source,
  bringsFlag = false,
): Patch<MemAttrKernel> => ({
  id,
  subject,
  source,
  requires,
  apply: (kernel) => goByFlag(bringsFlag ? giveFlagABit(kernel) : kernel),
});

/** vfio_pci_core_mmap(). */
export const conveyFlag = (
  id: string,
  subject: string,
  requires: readonly string[],
  source: Source,
): Patch<MemAttrKernel> => ({
  id,
  subject,
  source,
  requires,
  apply: setFlag,
});
