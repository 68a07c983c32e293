import { ENOTTY } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { MemAttrOperation } from '../../properties/s2-memattr/evidence.ts';
import { deviceOrNormal } from './encoder.ts';
import { guest_access } from './guest.ts';
import type { MemAttrKernel } from './kernel.ts';
import { do_mprotect, do_munmap, ksys_mmap_pgoff } from './mm.ts';
import {
  __gfn_to_pfn_memslot,
  check_pfn,
  DEVICE,
  kvm_arch_prepare_memory_region,
  kvm_handle_guest_abort,
  kvm_mmu_wp_memory_region,
  kvm_phys_addr_ioremap,
  kvm_set_memory_region,
  mmu_invalidate_retry,
  read_mmu_seq_and_unlock,
  sample_vma,
  stage2_memory_type,
  user_mem_abort,
} from './mmu.ts';
import {
  kvm_mmu_notifier_invalidate_range_end,
  kvm_mmu_notifier_invalidate_range_start,
} from './notifier.ts';
import { host_stage2_idmap, kvm_pgtable_stage2_map, kvm_pgtable_stage2_relax_perms } from './pgtable.ts';
import {
  vfio_basic_config_write,
  vfio_pci_ioctl_reset,
  vfio_pci_mmap_fault,
  vfio_pci_zap_and_down_write_memory_lock,
  vfio_platform_call_reset,
} from './vfio.ts';
import type { MemAttrWorld } from './world.ts';

/** Linux v6.8, before the series: `pre`, the kernel that every patch is applied to. */
export const base: MemAttrKernel = {
  dispatch,
  guest_access,
  kvm_handle_guest_abort,
  user_mem_abort,
  sample_vma,
  read_mmu_seq_and_unlock,
  check_pfn,
  mmu_invalidate_retry,
  check_under_mmu_lock: () => 0,
  stage2_memory_type,
  kvm_phys_addr_ioremap,
  ioremapType: DEVICE,
  kvm_arch_prepare_memory_region,
  refusesSlotOver: () => false,
  mapsCacheablePfnmap: false,
  refusesMismatches: false,
  kvm_mmu_wp_memory_region,
  stage2_set_prot_attr: deviceOrNormal,
  hasNormalNc: false,
  kvm_pgtable_stage2_map,
  kvm_pgtable_stage2_relax_perms,
  host_stage2_idmap,
  kvm_set_memory_region,
  kvm_mmu_notifier_invalidate_range_start,
  kvm_mmu_notifier_invalidate_range_end,
  __gfn_to_pfn_memslot,
  ksys_mmap_pgoff,
  do_munmap,
  do_mprotect,
  flagHasBit: false,
  setsFlag: [],
  fdBacked: false,
  vfio_pci_mmap_fault,
  vfio_pci_zap_and_down_write_memory_lock,
  vfio_basic_config_write,
  vfio_pci_ioctl_reset,
  vfio_platform_call_reset,
};

function dispatch(t: Thread, w: MemAttrWorld, operation: MemAttrOperation): CodePath<number | null> {
  const { kernel } = w;
  switch (operation.kind) {
    case 'guest_access':
      return kernel.guest_access(t, w, operation);
    case 'mmap':
      return kernel.ksys_mmap_pgoff(t, w, operation.hva, operation.backing, operation.writable);
    case 'munmap':
      return kernel.do_munmap(t, w, operation.hva);
    case 'mprotect':
      return kernel.do_mprotect(t, w, operation.hva, operation.writable);
    case 'memory_disable':
      return kernel.vfio_basic_config_write(t, w, false);
    case 'memory_enable':
      return kernel.vfio_basic_config_write(t, w, true);
    case 'reset':
      return operation.device === 'pci'
        ? kernel.vfio_pci_ioctl_reset(t, w)
        : kernel.vfio_platform_call_reset(t, w);
    case 'allow_nc':
      return kernel.kvm_vm_ioctl_allow_nc?.(t, w) ?? noSuchIoctl();
    case 'set_memslot':
      return kernel.kvm_set_memory_region(t, w, operation.slot, operation.logging);
    case 'set_prot_attr':
      return encodeOnly(t, w, operation.prot);
    case 'map_gicv':
      return kernel.kvm_phys_addr_ioremap(t, w);
    case 'host_mmio':
      return kernel.host_stage2_idmap(t, w);
    default:
      return operation satisfies never;
  }
}

function* noSuchIoctl(): CodePath<number> {
  return -ENOTTY;
}

/** What a caller of the page table code that does not exist yet would get. */
function* encodeOnly(
  t: Thread,
  w: MemAttrWorld,
  prot: (MemAttrOperation & { kind: 'set_prot_attr' })['prot'],
): CodePath<number> {
  return w.encode(t, 'direct', prot).ret;
}
