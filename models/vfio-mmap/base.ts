import { ENOSYS } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { VfioOperation } from '../../properties/vfio-mmap/evidence.ts';
import { vfio_pci_bar_rw } from './bar-rw.ts';
import {
  vfio_basic_config_write,
  vfio_pci_core_disable,
  vfio_pci_core_enable,
  vfio_pci_core_request,
  vfio_pci_ioctl_reset,
  vfio_req_notifier_handler,
} from './device.ts';
import { filp_close, fput, vfio_device_fops_release, vfio_device_open, withDeviceFd } from './file.ts';
import { disable_slot, vfio_unregister_group_dev } from './hotplug.ts';
import type { VfioKernel } from './kernel.ts';
import {
  do_exception,
  do_mprotect,
  do_munmap,
  fixup_user_fault,
  kernel_clone,
  ksys_mmap_pgoff,
  munmap_vma,
  touch,
} from './mm.ts';
import {
  __memcpy_fromio_inuser,
  __memcpy_toio_inuser,
  follow_pte,
  mmio_length_is_valid,
  mmio_lookup_pfn,
  s390_pci_mmio_read,
  s390_pci_mmio_write,
  zpci_memcpy_fromio,
  zpci_memcpy_toio,
} from './mmio.ts';
import {
  pci_mmap_resource,
  proc_bus_pci_mmap,
  vfio_pci_ioctl_get_region_info,
  vfio_pci_probe_mmaps,
} from './probe.ts';
import {
  pci_iomap,
  vfio_pci_core_mmap,
  vfio_pci_core_setup_barmap,
  vfio_pci_mmap_close,
  vfio_pci_mmap_fault,
  vfio_pci_mmap_open,
  vfio_pci_zap_and_down_write_memory_lock,
} from './vfio-mmap.ts';
import type { VfioWorld } from './world.ts';

/** Linux v6.10-rc1, the base of v3: `pre`, the kernel that every patch is applied to. */
export const base: VfioKernel = {
  dispatch,
  ksys_mmap_pgoff,
  do_munmap,
  munmap_vma,
  do_mprotect,
  kernel_clone,
  touch,
  do_exception,
  fixup_user_fault,
  follow_pte,
  filp_close,
  fput,
  vfio_device_open,
  vfio_device_fops_release,
  vfio_unregister_group_dev,
  // def_bool y if !S390
  CONFIG_VFIO_PCI_MMAP: (arch) => arch !== 's390',
  vfio_pci_probe_mmaps,
  vfio_pci_ioctl_get_region_info,
  vfio_pci_core_mmap,
  vfio_pci_core_setup_barmap,
  pci_iomap,
  vfio_pci_mmap_fault,
  vfio_pci_mmap_open,
  vfio_pci_mmap_close,
  vmasOnInode: false,
  vfio_pci_zap_and_down_write_memory_lock,
  vfio_basic_config_write,
  vfio_pci_ioctl_reset,
  vfio_pci_bar_rw,
  ioWidths: [4, 2, 1],
  vfio_pci_core_enable,
  vfio_pci_core_disable,
  vfio_pci_core_request,
  s390_pci_mmio_write,
  s390_pci_mmio_read,
  mmio_length_is_valid,
  mmioReadNeeds: 'write',
  mmio_lookup_pfn,
  // ret is still 0 from the lookup (a67a88b0b8de).
  mmioWriteBelowIomap: 0,
  zpci_memcpy_toio,
  zpci_memcpy_fromio,
  __memcpy_toio_inuser,
  __memcpy_fromio_inuser,
  pci_mmap_resource,
  proc_bus_pci_mmap,
  exclusion: 'none',
  disable_slot,
  vfio_req_notifier_handler,
  buildFailures: [],
};

function dispatch(t: Thread, w: VfioWorld, operation: VfioOperation): CodePath<number | null> {
  const { kernel } = w;
  switch (operation.kind) {
    case 'region_info':
      return withDeviceFd(t, w, kernel.vfio_pci_ioctl_get_region_info(t, w, operation.bar));
    case 'mmap':
      return kernel.ksys_mmap_pgoff(t, w, operation);
    case 'touch':
      return kernel.touch(t, w, operation.map, operation.offset, operation.access);
    case 'mmio_read':
      return w.settings.arch === 's390' ? kernel.s390_pci_mmio_read(t, w, operation) : noSuchSystemCall();
    case 'mmio_write':
      return w.settings.arch === 's390' ? kernel.s390_pci_mmio_write(t, w, operation) : noSuchSystemCall();
    case 'pread':
    case 'pwrite': {
      const { bar, pos, count } = operation;
      const iswrite = operation.kind === 'pwrite';
      return withDeviceFd(t, w, kernel.vfio_pci_bar_rw(t, w, { bar, pos, count, iswrite }));
    }
    case 'mprotect':
      return kernel.do_mprotect(t, w, operation.map, operation.prot);
    case 'munmap':
      return kernel.do_munmap(t, w, operation.map, operation.offset, operation.length);
    case 'memory_disable':
      return withDeviceFd(t, w, kernel.vfio_basic_config_write(t, w, false));
    case 'memory_enable':
      return withDeviceFd(t, w, kernel.vfio_basic_config_write(t, w, true));
    case 'reset':
      return withDeviceFd(t, w, kernel.vfio_pci_ioctl_reset(t, w));
    case 'open':
      return kernel.vfio_device_open(t, w, w.mmOf(t));
    case 'close':
      return kernel.filp_close(t, w, w.mmOf(t));
    case 'fork':
      return kernel.kernel_clone(t, w);
    case 'power_off':
      return kernel.disable_slot(t, w);
    default:
      return operation satisfies never;
  }
}

function* noSuchSystemCall(): CodePath<number> {
  return -ENOSYS;
}
