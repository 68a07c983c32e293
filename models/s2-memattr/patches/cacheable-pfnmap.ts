import { EFAULT } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { MemAttrFacts } from '../../../properties/s2-memattr/evidence.ts';
import type { Abort, MemAttrKernel, TypeBits, Vma } from '../kernel.ts';
import { ENOEXEC } from '../layout.ts';
import { DEVICE, NORMAL_NC, ofMemory } from '../mmu.ts';
import type { MemAttrWorld } from '../world.ts';

const kvm_supports_cacheable_pfnmap = ({ fwb, cacheDic }: MemAttrFacts): boolean => fwb && cacheDic;

function* sampleVma(_t: Thread, w: MemAttrWorld, abort: Abort, { mapping }: Vma): CodePath<void> {
  // Linux sets vma to NULL after it, since it may be freed after mmap_read_unlock().
  w.machine.assertHeld(w.mm.mmapLock);
  abort.fault.flag = mapping.flag;
  abort.hostType = mapping.hostType;
  abort.pfnmap = mapping.pfnmap;
}

const outsideMemory = ({ pfnmap, fault }: Abort): boolean => pfnmap && fault.devicePfn;

const s2_force_noncacheable = (abort: Abort): boolean => outsideMemory(abort) && abort.hostType !== 'normal';

function checkPfn({ facts }: MemAttrWorld, abort: Abort): number {
  const { fault, hostType } = abort;
  if (outsideMemory(abort)) {
    if (hostType === 'normal' && !kvm_supports_cacheable_pfnmap(facts)) return -EFAULT;
  } else if (fault.logging && fault.access !== 'write') {
    abort.writable = false;
  }
  return fault.access === 'exec' && s2_force_noncacheable(abort) ? -ENOEXEC : 0;
}

function typeByVma(w: MemAttrWorld, abort: Abort): TypeBits {
  if (s2_force_noncacheable(abort)) return abort.fault.flag ? NORMAL_NC : DEVICE;
  return ofMemory(w);
}

/** What the VMM maps cacheable the guest has cacheable, where nothing needs to be cleaned for that. */
export const supportCacheablePfnmap: Patch<MemAttrKernel> = {
  id: 'cacheable-pfnmap',
  subject: 'KVM: arm64: Map GPU device memory as cacheable',
  source: {
    status: 'merged',
    date: 'v6.17',
    messageId: '20250705071717.5062-6-ankita@nvidia.com',
    commit: '0c67288e0c8b',
    note: 'five patches as one, read in their result: with 8cc9dc1ae4fb, 216887f79d98, 2a8dfab26677 and f55ce5a6cd33; in the pull request for v6.17, 20250730181703.113459-1-pbonzini@redhat.com',
  },
  apply: (kernel) => ({
    ...kernel,
    mapsCacheablePfnmap: true,
    sample_vma: sampleVma,
    check_pfn: checkPfn,
    stage2_memory_type: typeByVma,
    refusesSlotOver: ({ facts }, { mapping }) =>
      mapping.hostType === 'normal' && !kvm_supports_cacheable_pfnmap(facts),
  }),
};
