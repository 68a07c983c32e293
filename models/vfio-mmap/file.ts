/** The device file: descriptors, and the last reference. Source: fs/open.c, fs/file_table.c, drivers/vfio of v6.10. */
import { EBADF, ENODEV } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { AddressSpace } from './address-space.ts';
import type { VfioWorld } from './world.ts';

/**
 * A system call on the device fd: fdget of a descriptor that other threads use too takes a reference, so that a
 * close during the call only drops one. `path` is what the call does with the file; it has not begun yet.
 */
export function* withDeviceFd(t: Thread, w: VfioWorld, path: CodePath<number>): CodePath<number> {
  const { fd } = w.mmOf(t);
  yield fd.adjust;
  if (!fd.held) return -EBADF;
  fd.count++;
  const ret = yield* path;
  yield fd.adjust;
  if (--fd.count === 0) yield* w.kernel.fput(t, w);
  return ret;
}

/** close(2): the table's reference goes. */
export function* filp_close(t: Thread, w: VfioWorld, { fd }: AddressSpace): CodePath<number> {
  yield fd.update;
  if (!fd.held) return -EBADF;
  fd.held = false;
  if (--fd.count === 0) yield* w.kernel.fput(t, w);
  return 0;
}

/** A descriptor's or a VMA's reference to the open file goes. */
export function* fput(t: Thread, w: VfioWorld): CodePath<void> {
  yield w.file.update;
  if (--w.file.count === 0) yield* w.kernel.vfio_device_fops_release(t, w);
}

/**
 * Last reference: shut the device down, then drop the reference to the registration. Somebody may have opened the
 * device again before this thread had the lock; it stays enabled then.
 */
export function* vfio_device_fops_release(t: Thread, w: VfioWorld): CodePath<void> {
  yield w.devSetLock.acquire;
  yield w.file.update;
  // vfio_df_close() asserts it for the count, vfio_df_device_last_close() for the rest.
  w.machine.assertHeld(w.devSetLock);
  if (w.file.count === 0) {
    yield* w.kernel.vfio_pci_core_disable(t, w);
    w.machine.assertHeld(w.devSetLock);
    w.enabled = false;
  }
  yield w.devSetLock.release;
  yield w.released.update;
  w.released.count--;
}

/**
 * VFIO_GROUP_GET_DEVICE_FD: a reference to the registration, which an unregistration under way refuses, and the first
 * open enables the device. A process has one descriptor here: with the device open already, this does nothing.
 */
export function* vfio_device_open(t: Thread, w: VfioWorld, { fd }: AddressSpace): CodePath<number> {
  yield fd.adjust;
  if (fd.held) return 0;
  yield w.released.update;
  if (w.driverUnbound) return -ENODEV;
  w.released.count++;
  yield w.devSetLock.acquire;
  // vfio_df_open() asserts it, and vfio_df_device_first_open().
  w.machine.assertHeld(w.devSetLock);
  if (!w.enabled) {
    const ret = yield* w.kernel.vfio_pci_core_enable(t, w);
    if (ret < 0) {
      yield w.devSetLock.release;
      yield w.released.update;
      w.released.count--;
      return ret;
    }
    w.enabled = true;
  }
  yield w.file.update;
  w.machine.assertHeld(w.devSetLock);
  const first = w.file.count++ === 0;
  yield w.devSetLock.release;
  if (!first) {
    // All open files are one count here, and hold one reference to the registration together.
    yield w.released.update;
    w.released.count--;
  }
  yield fd.update;
  // Another thread opened it meanwhile: of two descriptors one goes.
  if (fd.held) yield* w.kernel.fput(t, w);
  else {
    fd.held = true;
    fd.count++;
  }
  // An unregistration that began meanwhile repeats its request every 10 s: one comes after this, too.
  yield w.released.update;
  if (w.driverUnbound && w.mmOf(t) === w.spaces[0]) askOwner(w);
  return 0;
}

/** The owner's thread that waits for the request goes on, if it answers at all. */
export function askOwner(w: VfioWorld): void {
  if (!w.settings.ownerCooperates) return;
  const owner = w.spaces[0]!.process;
  w.notified = w.machine.spawn('owner', owner, (thread) => w.kernel.vfio_req_notifier_handler(thread, w));
}
