/** The host's side of hot unplug. Source: s390_pci_hpc.c and drivers/vfio of v6.10-rc1, drivers/pci/remove.c. */
import { EIO } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { VfioWorld } from './world.ts';

/** `echo 0 > /sys/bus/pci/slots/<fid>/power`, with zdev->state_lock held throughout on s390. */
export function* disable_slot(t: Thread, w: VfioWorld): CodePath<number> {
  const { stateLock, state } = w.zdev;
  const s390 = w.settings.arch === 's390';
  if (s390) yield stateLock.acquire;
  yield state.read;
  if (s390) w.machine.assertHeld(stateLock);
  const configured = state.value === 'configured';
  if (configured) {
    yield* pci_stop_and_remove_bus_device_locked(t, w);
    yield state.write;
    // zpci_deconfigure_device() asserts it.
    if (s390) w.machine.assertHeld(stateLock);
    state.value = 'standby';
    w.deconfigurations.push(w.deed(t));
  }
  if (s390) yield stateLock.release;
  return configured ? 0 : -EIO;
}

/** pci_rescan_remove_lock, then dev->mutex in device_release_driver, both held across the driver's remove. */
function* pci_stop_and_remove_bus_device_locked(t: Thread, w: VfioWorld): CodePath<void> {
  yield w.pciRescanRemoveLock.acquire;
  yield w.deviceMutex.acquire;
  yield* w.kernel.vfio_unregister_group_dev(t, w);
  yield w.deviceMutex.release;
  yield w.pciRescanRemoveLock.release;
}

/**
 * The vfio driver's remove: drop the registration's own reference, ask user space to let go, and wait until the last
 * reference is gone. No timeout, no forced removal. The request is repeated every 10 s and is idempotent, so once is
 * enough here.
 */
export function* vfio_unregister_group_dev(t: Thread, w: VfioWorld): CodePath<void> {
  assertRemoving(w);
  yield w.released.update;
  if (w.driverUnbound) return;
  w.driverUnbound = true;
  w.released.count--;
  if (w.released.count > 0) yield* w.kernel.vfio_pci_core_request(t, w);
  yield w.released.wait;
  assertRemoving(w);
}

/**
 * What a driver's remove can rely on: __device_release_driver() is called with dev->mutex held, and
 * pci_stop_and_remove_bus_device() with pci_rescan_remove_lock, which v6.15 does not assert yet.
 */
function assertRemoving({ machine, deviceMutex, pciRescanRemoveLock }: VfioWorld): void {
  machine.assertHeld(deviceMutex);
  machine.assertHeld(pciRescanRemoveLock);
}
