/** Command register, reset, first and last use of the device. Source: drivers/vfio/pci of v6.10-rc1. */
import { EAGAIN, EINVAL, EIO } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import { askOwner } from './file.ts';
import type { VfioWorld } from './world.ts';

/** pwrite of PCI_COMMAND in the config region. Only clearing the memory bit zaps; both need memory_lock. */
export function* vfio_basic_config_write(t: Thread, w: VfioWorld, enable: boolean): CodePath<number> {
  const { memoryLock, command } = w.vdev;
  if (enable) yield memoryLock.acquire;
  else yield* w.kernel.vfio_pci_zap_and_down_write_memory_lock(t, w);
  yield command.write;
  // __vfio_pci_memory_enabled() reads it with memory_lock held for reading, and relies on that.
  w.machine.assertHeld(memoryLock, true);
  command.value = enable;
  w.memoryEnabled = enable;
  w.commandWrites.push({ ...w.deed(t), enabled: enable });
  yield memoryLock.release;
  return 0;
}

/** VFIO_DEVICE_RESET. Config space, and the memory bit with it, is as before when it returns. */
export function* vfio_pci_ioctl_reset(t: Thread, w: VfioWorld): CodePath<number> {
  if (!w.resetWorks) return -EINVAL;
  yield* w.kernel.vfio_pci_zap_and_down_write_memory_lock(t, w);
  const ret = yield* pci_try_reset_function(t, w);
  // Nobody faults anything in, or reads or writes a BAR, while the function is reset.
  w.machine.assertHeld(w.vdev.memoryLock, true);
  yield w.vdev.memoryLock.release;
  return ret;
}

function* pci_try_reset_function(t: Thread, w: VfioWorld): CodePath<number> {
  if ((yield w.deviceMutex.tryAcquire) === 0) return -EAGAIN;
  const ret = yield* reset_slot(w);
  // pci_dev_restore() wants it from its caller, and pci_dev_save_and_disable() before: against the driver's remove.
  w.machine.assertHeld(w.deviceMutex);
  if (ret === 0) w.resets.push(w.deed(t));
  yield w.deviceMutex.release;
  return ret;
}

/** The s390 slot's reset gives up where the slot is being switched off (bcb5d6c76903). */
function* reset_slot(w: VfioWorld): CodePath<number> {
  if (w.settings.arch !== 's390') return 0;
  if ((yield w.zdev.stateLock.tryAcquire) === 0) return -EIO;
  // zpci_hot_reset_device() asserts the second; the first is pci_dev_save_and_disable()'s, which came just before.
  w.machine.assertHeld(w.deviceMutex);
  w.machine.assertHeld(w.zdev.stateLock);
  yield w.zdev.stateLock.release;
  return 0;
}

/**
 * First open. Without dev->mutex, which power-off has, it fails. A reset that fails in another way is not tried again
 * until the next first open.
 */
export function* vfio_pci_core_enable(t: Thread, w: VfioWorld): CodePath<number> {
  // pci_enable_device() sets it.
  yield w.vdev.command.write;
  w.vdev.command.value = true;
  w.memoryEnabled = true;
  const ret = yield* pci_try_reset_function(t, w);
  // Its caller asserts it: vfio_df_device_first_open().
  w.machine.assertHeld(w.devSetLock);
  if (ret === -EAGAIN) return ret;
  w.resetWorks = ret === 0;
  return 0;
}

/** Last close: the kernel's own mappings go, and a reset is tried if dev->mutex is to be had without waiting. */
export function* vfio_pci_core_disable(t: Thread, w: VfioWorld): CodePath<void> {
  w.machine.assertHeld(w.devSetLock);
  for (const [number, bar] of w.vdev.bars.entries()) {
    if (bar === null) continue;
    yield bar.barmap.read;
    if (!bar.barmap.value) continue;
    yield bar.resource.write;
    bar.resource.value = false;
    yield bar.barmap.write;
    bar.barmap.value = false;
    const gone = w.kernelMappings.find((one) => one.bar === number && one.undone < 0);
    if (gone !== undefined) gone.undone = w.machine.steps;
  }
  if (w.resetWorks) yield* pci_try_reset_function(t, w);
  // It asserts it at its beginning, and relies on it to its end: nobody may open the device meanwhile.
  w.machine.assertHeld(w.devSetLock);
}

/** Asks user space to let go of the device, through the eventfd that the owner registered for that. */
export function* vfio_pci_core_request(_t: Thread, w: VfioWorld): CodePath<void> {
  yield w.vdev.igate.acquire;
  yield w.vdev.reqTrigger.signal;
  // VFIO_DEVICE_SET_IRQS sets and clears the trigger under it.
  w.machine.assertHeld(w.vdev.igate);
  askOwner(w);
  yield w.vdev.igate.release;
}

/**
 * A thread of the owner waited for that eventfd: it closes the descriptor, so that nothing new can be mapped, and
 * unmaps what there is, also what calls that were under way have mapped yet. (In Linux the next request, 10 s later,
 * reminds it of those.) What a child inherited is the child's.
 */
export function* vfio_req_notifier_handler(t: Thread, w: VfioWorld): CodePath<null> {
  const space = w.mmOf(t);
  yield* w.kernel.filp_close(t, w, space);
  yield space.fd.wait;
  for (;;) {
    yield space.vmas.read;
    const vma = space.vmas.value.find(({ mapping }) => mapping.bar !== null);
    if (vma === undefined) return null;
    yield* w.kernel.munmap_vma(t, w, vma);
  }
}
