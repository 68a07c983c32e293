/** The character device of a work queue: open, release, and the removal of its driver. */
import { EBUSY, EIO, ENODEV, ENOMEM, ENXIO } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { OpenFile } from '../../properties/remote-vm/evidence.ts';
import type { Mm } from './address-space.ts';
import { handleEntries } from './irq.ts';
import type { RemoteVmWorld, WorkQueue } from './world.ts';

export function* idxd_cdev_open(t: Thread, w: RemoteVmWorld, mm: Mm, file: OpenFile): CodePath<number> {
  const { kernel, settings } = w;
  const wq = w.wqs[file.wq];
  yield wq.lock.acquire;
  yield wq.enabled.read;
  if (!wq.enabled.value) {
    // cdev_del has been here: chrdev_open finds nothing. It has no lock of the driver's.
    yield wq.lock.release;
    return -ENXIO;
  }
  if (wq.dedicated) {
    yield wq.clients.read;
    if (wq.clients.value > 0) {
      yield wq.lock.release;
      return -EBUSY;
    }
  }
  yield* kernel.iommu_sva_bind_device(t, w, mm, file);
  if (kernel.userContexts) yield* insertContext(t, w, wq, file);
  const refused = yield* finishOpen(t, w, wq, file);
  if (refused === null) {
    yield wq.clients.update;
    // client_count is a plain int: idxd_wq_get and idxd_wq_put have no callers but under wq_lock.
    w.machine.assertHeld(wq.lock);
    wq.clients.value++;
    file.opened = true;
    yield wq.lock.release;
    return 0;
  }
  if (kernel.idxd_xa_pasid_remove !== undefined) yield* kernel.idxd_xa_pasid_remove(t, w, file);
  if (kernel.labelUnbinds) yield* kernel.iommu_sva_unbind_device(t, w, file);
  yield wq.lock.release;
  // ida_alloc's error is not copied to rc: the file is there, its private_data is not.
  if (settings.fault === 'ida' && refused === 0) {
    file.opened = true;
    file.contextFreed = true;
  }
  return refused;
}

/** What comes after the binding. Null: all went well; otherwise what open returns once it has cleaned up. */
function* finishOpen(t: Thread, w: RemoteVmWorld, wq: WorkQueue, file: OpenFile): CodePath<number | null> {
  const { kernel, settings } = w;
  if (wq.dedicated && settings.fault === 'set_pasid') {
    if (kernel.unbindsBeforeLabel) yield* kernel.iommu_sva_unbind_device(t, w, file);
    return -EIO;
  }
  if (!kernel.fileDevice) return null;
  if (kernel.mendsOpenErrors) {
    return settings.fault === 'ida' ? -ENOMEM : settings.fault === 'device_add' ? -EIO : null;
  }
  // rc is still what xa_insert (or after it idxd_wq_set_pasid) left there.
  if (settings.fault === 'ida') return file.inserted === false && !wq.dedicated ? -EBUSY : 0;
  if (settings.fault === 'device_add') {
    // put_device runs the release callback: all that release does, whose last part wants wq_lock, which open holds.
    yield* drain(t, w, file);
    yield* detach(t, w, file);
    w.crash(t, 'self-deadlock');
    yield wq.lock.acquire;
    return -EIO;
  }
  return null;
}

function* insertContext(t: Thread, w: RemoteVmWorld, wq: WorkQueue, file: OpenFile): CodePath<void> {
  yield wq.ucLock.acquire;
  // "Lock to protect upasid_xa access" (struct idxd_wq).
  w.machine.assertHeld(wq.ucLock);
  file.insertedAs = file.pasid;
  const there = wq.upasid[file.pasid] ?? null;
  const shares = w.kernel.countsContexts && there !== null && there.mm === file.mm;
  file.inserted = there === null || shares;
  if (file.inserted) wq.sharers[file.pasid] = (shares ? wq.sharers[file.pasid]! : 0) + 1;
  if (there === null) wq.upasid[file.pasid] = file;
  else if (!shares) w.log(t, 'warn', false, 'insert failed');
  yield wq.ucLock.release;
}

export function* idxd_xa_pasid_remove(t: Thread, w: RemoteVmWorld, file: OpenFile): CodePath<void> {
  const wq = w.wqs[file.wq];
  yield wq.ucLock.acquire;
  w.machine.assertHeld(wq.ucLock);
  if (w.kernel.countsContexts && file.inserted) {
    wq.sharers[file.pasid]!--;
    if (wq.sharers[file.pasid] === 0) wq.upasid[file.pasid] = null;
  } else if (wq.upasid[file.pasid] === file) {
    wq.upasid[file.pasid] = null;
  } else {
    file.mismatch = true;
    w.log(t, 'warn', false, 'cmpxchg failed');
  }
  w.noteRemoval(file);
  yield wq.ucLock.release;
}

/** Nothing with this PASID is left in the device, and from p9 on neither in the log nor in the workqueue. */
function* drain(t: Thread, w: RemoteVmWorld, file: OpenFile): CodePath<void> {
  // idxd_wq_disable_pasid, which drains the wq; idxd_device_drain_pasid asks the whole device for the PASID.
  const wq = w.wqs[file.wq];
  if (w.kernel.drainsDevice) yield wq.dedicated ? wq.drained.wait : w.mmOf(file.mm).inFlight.wait;
  if (w.kernel.idxd_cdev_evl_drain_pasid !== undefined) {
    yield* w.kernel.idxd_cdev_evl_drain_pasid(t, w, file);
  }
}

/** Unbind, then xa_cmpxchg, as every version has it. */
function* detach(t: Thread, w: RemoteVmWorld, file: OpenFile): CodePath<void> {
  const { idxd_xa_pasid_remove: remove, iommu_sva_unbind_device: unbind, removesContextFirst } = w.kernel;
  if (remove !== undefined && removesContextFirst) yield* remove(t, w, file);
  yield* unbind(t, w, file);
  if (remove !== undefined && !removesContextFirst) yield* remove(t, w, file);
}

/** The last reference is gone. With the file device the same comes from its own release callback. */
export function* idxd_cdev_release(t: Thread, w: RemoteVmWorld, file: OpenFile): CodePath<void> {
  const wq = w.wqs[file.wq];
  if (file.contextFreed) {
    w.crash(t, 'freed-context');
    return;
  }
  yield* drain(t, w, file);
  yield* detach(t, w, file);
  yield wq.lock.acquire;
  yield wq.clients.update;
  w.machine.assertHeld(wq.lock);
  wq.clients.value--;
  file.leftBehind = w.countLeftBehind(file);
  file.contextLeft = file.inserted !== null && !file.removed;
  file.released = true;
  file.releasedAt = w.machine.steps;
  yield wq.lock.release;
}

/** p9: under evl->lock what is in the log is marked, after it the workqueue runs empty. */
export function* idxd_cdev_evl_drain_pasid(t: Thread, w: RemoteVmWorld, file: OpenFile): CodePath<void> {
  const { evl } = w;
  yield evl.lock.acquire;
  if (w.kernel.handlesLogOnRelease) {
    yield* handleEntries(t, w);
  } else {
    yield evl.update;
    // "Lock to protect event log access" (struct idxd_evl): bmap goes by the entries between head and tail.
    w.machine.assertHeld(evl.lock);
    for (const event of evl.entries) {
      const { pasid, wq } = event.descriptor;
      if (pasid === file.pasid && wq === file.wq) event.skip = true;
    }
  }
  const wq = w.wqs[file.wq];
  if (w.kernel.flushesWorkqueue) {
    yield evl.lock.release;
    yield* flush_workqueue(t, w, wq);
    return;
  }
  if (!w.kernel.drainsUnderLock) yield evl.lock.release;
  yield* drain_workqueue(t, w, wq);
  if (w.kernel.drainsUnderLock) yield evl.lock.release;
}

/** While somebody drains, queue_work refuses what does not come from the workqueue itself. */
function* drain_workqueue(t: Thread, w: RemoteVmWorld, wq: WorkQueue): CodePath<void> {
  const { works } = wq;
  yield works.update;
  if (!works.exists) {
    if (!w.kernel.checksWorkqueue) w.crash(t, 'null-workqueue');
    return;
  }
  works.drainers++;
  yield works.wait;
  yield works.update;
  works.drainers--;
}

/** What is queued runs to its end, here with what comes meanwhile; nothing is refused. */
function* flush_workqueue(t: Thread, w: RemoteVmWorld, { works }: WorkQueue): CodePath<void> {
  yield works.update;
  if (works.exists) yield works.wait;
  else if (!w.kernel.checksWorkqueue) w.crash(t, 'null-workqueue');
}

/** Of wq 0; unbind_store says -ENODEV where it is not bound. From p6 on there is a workqueue to be destroyed. */
export function* idxd_user_drv_remove(t: Thread, w: RemoteVmWorld): CodePath<number> {
  const wq = w.wqs[0];
  yield wq.lock.acquire;
  yield wq.enabled.update;
  const was = wq.enabled.value;
  wq.enabled.value = false;
  const pending = w.descriptors.filter((one) => one.inDevice && one.wq === 0);
  // drv_disable_wq: idxd_wq_drain.
  if (was) {
    if (w.kernel.drainsDevice) yield wq.drained.wait;
    const leftInDevice = pending.filter((one) => one.inDevice).length;
    w.removals.push({ step: w.machine.steps, call: t.call!, leftInDevice });
  }
  // lockdep_assert_held in drv_disable_wq, and in what it calls to clear the wq after the drain.
  w.machine.assertHeld(wq.lock);
  if (was && w.kernel.idxd_evl_fault_work !== undefined) {
    // destroy_workqueue: nothing is queued any more from here on, and what is there runs to its end.
    const { works } = wq;
    yield works.update;
    works.drainers++;
    yield works.wait;
    yield works.update;
    works.exists = false;
  }
  yield wq.lock.release;
  return was ? 0 : -ENODEV;
}
