/** v1: the type comes from the VMM's mapping, and Device means Normal-NC. */
import { EINVAL } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import { deviceMeansNormalNc } from '../encoder.ts';
import type { Abort, MemAttrKernel, TypeBits, Vma } from '../kernel.ts';
import { DEVICE, ofMemory } from '../mmu.ts';
import type { MemAttrWorld } from '../world.ts';

export function* sampleProtection(_t: Thread, w: MemAttrWorld, abort: Abort, vma: Vma): CodePath<void> {
  // vm_page_prot is that of a VMA that may be freed after mmap_read_unlock().
  w.machine.assertHeld(w.mm.mmapLock);
  abort.hostType = vma.mapping.hostType;
}

/** MT_DEVICE_nGnRE, MT_DEVICE_nGnRnE and MT_NORMAL_NC mean Device; the page frame is not asked. */
const typeOfProtection = (w: MemAttrWorld, { hostType }: Abort): TypeBits =>
  hostType === 'normal' ? ofMemory(w) : DEVICE;

export const determineTypeFromVma: Patch<MemAttrKernel> = {
  id: '1/2',
  subject: 'KVM: arm64: determine memory type from VMA',
  source: {
    status: 'posted',
    date: '2023-09-07',
    messageId: '20230907181459.18145-2-ankita@nvidia.com',
    note: 'af13ed63dc9a4f26a6c958ebfa77d78a@huawei.com reports what it does without FWB',
  },
  apply: (kernel) => ({
    ...kernel,
    sample_vma: sampleProtection,
    stage2_memory_type: typeOfProtection,
    // Without FWB the page has to be the one that the linear map has: MMIO has none.
    check_under_mmu_lock: ({ facts }, { fault }) => (!facts.fwb && fault.devicePfn ? -EINVAL : 0),
  }),
};

export const deviceIsNormalNc: Patch<MemAttrKernel> = {
  id: '2/2',
  subject: 'KVM: arm64: allow the VM to select DEVICE_* and NORMAL_NC for IO memory',
  source: {
    status: 'posted',
    date: '2023-09-07',
    messageId: '20230907181459.18145-3-ankita@nvidia.com',
  },
  // By itself it is as good: what it changes is below the fault path.
  apply: (kernel) => ({ ...kernel, stage2_set_prot_attr: deviceMeansNormalNc }),
};
