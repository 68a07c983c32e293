import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { ZpciOperation } from '../../properties/zpci-io/evidence.ts';
import { filp_close, ksys_pread64, ksys_pwrite64, vfio_config_rw, vfio_device_fops_release } from './file.ts';
import { disable_slot, vfio_del_group_dev } from './hotplug.ts';
import { __zpci_load, __zpci_store_block, zpci_load, zpci_store } from './insn.ts';
import type { ZpciKernel } from './kernel.ts';
import {
  do_io_rw,
  vfio_basic_config_write,
  vfio_pci_bar_rw,
  vfio_pci_disable,
  vfio_pci_enable,
  vfio_pci_io,
  vfio_pci_request,
  vfio_pci_rw,
  vfio_pci_setup_barmap,
} from './vfio-pci.ts';
import {
  pcilg_service_call,
  pcistb_service_call,
  pcistg_service_call,
  vfio_req_notifier_handler,
  zpci_deconfigure_device,
} from './vmm.ts';
import type { ZpciWorld } from './world.ts';

/** Linux v5.11 and the QEMU of its time: `pre`, the kernel that every patch of the series is applied to. */
export const base: ZpciKernel = {
  dispatch,
  zdev: { relaxedAlign: false, relaxedFlag: false, maxstbl: false },
  ksys_pread64,
  ksys_pwrite64,
  filp_close,
  put_page: (w, page) => w.mm.putPage(page),
  vfio_device_fops_rw: (t, w, access) => w.kernel.vfio_pci_rw(t, w, access),
  vfio_device_fops_release,
  vfio_del_group_dev,
  vfio_pci_enable,
  vfio_pci_disable,
  vfio_pci_rw,
  vfio_pci_bar_rw,
  vfio_pci_setup_barmap,
  do_io_rw,
  vfio_pci_io,
  ioWidths: [4, 2, 1],
  vfio_config_rw,
  vfio_basic_config_write,
  vfio_pci_request,
  zpci_load,
  zpci_store,
  __zpci_load,
  __zpci_store_block,
  disable_slot,
  pcistb_service_call,
  pcistg_service_call,
  pcilg_service_call,
  vfio_req_notifier_handler,
  zpci_deconfigure_device,
};

function dispatch(t: Thread, w: ZpciWorld, operation: ZpciOperation): CodePath<number | null> {
  switch (operation.kind) {
    case 'region_write':
    case 'bar_write':
      return w.kernel.ksys_pwrite64(t, w, operation.access);
    case 'region_read':
    case 'bar_read':
      return w.kernel.ksys_pread64(t, w, operation.access);
    case 'pcistb':
      return w.kernel.pcistb_service_call(t, w, operation);
    case 'pcistg':
      return w.kernel.pcistg_service_call(t, w, operation);
    case 'pcilg':
      return w.kernel.pcilg_service_call(t, w, operation);
    case 'memory_disable':
      return w.kernel.vfio_config_rw(t, w, false);
    case 'memory_enable':
      return w.kernel.vfio_config_rw(t, w, true);
    case 'power_off':
      return w.kernel.disable_slot(t, w);
    case 'kill':
      return kill(w);
    default:
      return operation satisfies never;
  }
}

/** SIGKILL to the VMM. Once its last thread is out of the kernel, the exit path closes the files. */
function* kill(w: ZpciWorld): CodePath<number> {
  yield w.vmm.kill;
  if (!w.exiting) {
    w.exiting = true;
    w.machine.spawn('exit', null, function* (thread) {
      yield w.vmm.wait;
      yield* w.kernel.filp_close(thread, w);
      return null;
    });
  }
  return 0;
}
