/** The host's side of hot unplug. Source: s390_pci_hpc.c of v5.11, drivers/pci/remove.c, drivers/vfio/vfio.c. */
import { EIO } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { ZpciWorld } from './world.ts';

/** `echo 0 > /sys/bus/pci/slots/<fid>/power`, without any zPCI lock. */
export function* disable_slot(t: Thread, w: ZpciWorld): CodePath<number> {
  yield w.zdev.state.read;
  if (w.zdev.state.value !== 'configured') return -EIO;
  yield* pci_stop_and_remove_bus_device_locked(t, w);
  yield w.zdev.fh.write;
  w.zdev.fh.value = 0;
  w.slot.disabled ??= w.machine.steps;
  yield w.zdev.state.write;
  w.zdev.state.value = 'standby';
  w.slot.standby ??= w.machine.steps;
  return 0;
}

/**
 * pci_rescan_remove_lock, then dev->mutex in device_release_driver, both held across the driver's remove.
 * pci_stop_and_remove_bus_device relies on the first from its beginning to its end (it asserts so since 2025;
 * drivers/pci/remove.c), __device_release_driver on the second ("must be called with @dev lock held", drivers/base/dd.c).
 */
export function* pci_stop_and_remove_bus_device_locked(t: Thread, w: ZpciWorld): CodePath<void> {
  const { machine, pciRescanRemoveLock, deviceMutex } = w;
  yield pciRescanRemoveLock.acquire;
  machine.assertHeld(pciRescanRemoveLock);
  yield deviceMutex.acquire;
  machine.assertHeld(deviceMutex);
  yield* w.kernel.vfio_del_group_dev(t, w);
  machine.assertHeld(deviceMutex);
  machine.assertHeld(pciRescanRemoveLock);
  yield deviceMutex.release;
  yield pciRescanRemoveLock.release;
}

/**
 * The vfio driver's remove: drop the registration's own reference, ask user space to let go, and wait until the
 * last reference is gone. No timeout, no forced removal. The request is repeated every 10 s and is idempotent, so
 * once is enough here; after the first one the wait cannot be interrupted.
 */
export function* vfio_del_group_dev(t: Thread, w: ZpciWorld): CodePath<void> {
  yield w.released.update;
  if (w.driverUnbound) return;
  w.driverUnbound = true;
  w.released.count--;
  w.removal = { step: w.machine.steps, inUse: w.released.count > 0 };
  if (w.released.count > 0) yield* w.kernel.vfio_pci_request(t, w);
  yield w.released.wait;
}
