import { ENOTTY } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { MsixOperation } from '../../properties/msix-mmap/evidence.ts';
import { access, raise } from './access.ts';
import { __vm_munmap, fdget, filp_close, fput, ksys_mmap_pgoff, vfio_group_get_device_fd } from './file.ts';
import { irq_set_affinity, pciehp_disable_slot, pciehp_enable_slot } from './host.ts';
import type { MsixKernel } from './kernel.ts';
import { VFIO_DEVICE_FLAGS_PCI, VFIO_DEVICE_FLAGS_RESET } from './layout.ts';
import {
  do_io_rw,
  mayMapBar,
  vfio_pci_bar_rw,
  vfio_pci_disable,
  vfio_pci_enable,
  vfio_pci_get_region_info,
  vfio_pci_mmap,
  vfio_pci_open,
  vfio_pci_release,
  vfio_pci_set_irqs_ioctl,
  vfio_pci_setup_barmap,
} from './vfio-pci.ts';
import type { MsixWorld } from './world.ts';

/** Linux v4.5: `pre`, the kernel that every patch of the series is applied to. */
export const base: MsixKernel = {
  documented: new Set(),
  dispatch,
  alignment: {
    noresize: false,
    wildcards: false,
    heedsProbeOnly: false,
    merged: false,
    startalignMarksWindows: true,
  },
  pciehp_enable_slot,
  pciehp_disable_slot,
  // PowerNV registers no iommu_ops for the bus type.
  iommu_capable: ({ arch, intrRemap }) => arch !== 'powernv' && intrRemap,
  vfio_group_get_device_fd,
  filp_close,
  fput,
  ksys_mmap_pgoff,
  __vm_munmap,
  access,
  vfio_pci_open,
  vfio_pci_release,
  vfio_pci_enable,
  vfio_pci_disable,
  dummyListMadeAtProbe: false,
  deviceFlags: () => 0,
  vfio_pci_get_region_info,
  vfio_pci_mmap,
  vfio_pci_bar_rw,
  do_io_rw,
  vfio_pci_setup_barmap,
  vfio_pci_set_irqs_ioctl,
  mayMapBar,
  physLen: (_settings, size) => size,
  regionCapability: 'none',
  excludesTable: true,
  irq_set_affinity,
  raise,
};

function dispatch(t: Thread, w: MsixWorld, operation: MsixOperation): CodePath<number | null> {
  switch (operation.kind) {
    case 'open':
      return w.kernel.vfio_group_get_device_fd(t, w);
    case 'close':
      return w.kernel.filp_close(t, w);
    case 'mmap':
      return w.kernel.ksys_mmap_pgoff(t, w, operation);
    case 'munmap':
      return w.kernel.__vm_munmap(t, w, operation.map);
    case 'touch':
      return w.kernel.access(t, w, operation);
    case 'device_info':
    case 'region_info':
    case 'pread':
    case 'pwrite':
    case 'ioeventfd':
    case 'set_irqs':
      return onDeviceFd(t, w, operation);
    case 'hot_add':
      return w.kernel.pciehp_enable_slot(t, w, operation.slot, operation.size);
    case 'hot_remove':
      return w.kernel.pciehp_disable_slot(t, w, operation.slot);
    case 'affinity':
      return w.kernel.irq_set_affinity(t, w, operation.vector);
    case 'trigger':
      return w.kernel.raise(t, w, operation.vector);
    default:
      return operation satisfies never;
  }
}

type FileOperation = Extract<
  MsixOperation,
  { readonly kind: 'device_info' | 'region_info' | 'pread' | 'pwrite' | 'ioeventfd' | 'set_irqs' }
>;

/** An ioctl, pread or pwrite holds a reference to the file while it lasts. */
function* onDeviceFd(t: Thread, w: MsixWorld, operation: FileOperation): CodePath<number> {
  const file = yield* fdget(w);
  if (file < 0) return file;
  let ret: number;
  switch (operation.kind) {
    case 'device_info':
      ret = VFIO_DEVICE_FLAGS_RESET | VFIO_DEVICE_FLAGS_PCI | w.kernel.deviceFlags(w.settings);
      break;
    case 'region_info':
      ret = yield* w.kernel.vfio_pci_get_region_info(t, w, operation.bar);
      break;
    case 'pread':
    case 'pwrite':
      ret = yield* w.kernel.vfio_pci_bar_rw(t, w, operation);
      break;
    case 'ioeventfd':
      ret =
        w.kernel.vfio_pci_ioeventfd === undefined
          ? -ENOTTY
          : yield* w.kernel.vfio_pci_ioeventfd(t, w, operation);
      break;
    case 'set_irqs':
      ret = yield* w.kernel.vfio_pci_set_irqs_ioctl(t, w, operation.vectors);
      break;
    default:
      ret = operation satisfies never;
  }
  yield* w.kernel.fput(t, w, file);
  return ret;
}
