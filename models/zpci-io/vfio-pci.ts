/** drivers/vfio/pci of v5.11: what `pre` has, and every state keeps for functions that it does not treat specially. */
import { EBUSY, EFAULT, EINVAL, EIO, ENOMEM } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { FileAccess } from '../../properties/zpci-io/evidence.ts';
import {
  REQUEST_SIZE,
  VFIO_PCI_CONFIG_REGION_INDEX,
  VFIO_PCI_NUM_REGIONS,
  VFIO_PCI_REGION_SPAN,
  ZPCI_IO_BAR_MAX,
} from './layout.ts';
import { reachable } from './user-copy.ts';
import type { ZpciWorld } from './world.ts';

/** Largest mapping that ioremap can make on a host with MIO; a 256 TiB BAR is beyond it. */
const IOREMAP_MAX = 2 ** 39;

/** First open. A failure of vfio_config_init disables the device again, as every error path here should. */
export function vfio_pci_enable(w: ZpciWorld): number {
  if (w.settings.fault === 'config_init') return -ENOMEM;
  w.open.enabled = true;
  return 0;
}

/**
 * vfio_pci_read and vfio_pci_write, and the dispatch on the index that the position encodes. It touches nothing
 * shared, and hands out the code path of the region instead of being one.
 */
export function vfio_pci_rw(t: Thread, w: ZpciWorld, access: FileAccess): CodePath<number> {
  if (access.count === 0) return atOnce(0);
  // The position is index << 40 | pos: one beyond 1 TiB names the next region.
  const index = access.index + Math.floor(access.pos / VFIO_PCI_REGION_SPAN);
  const pos = access.pos % VFIO_PCI_REGION_SPAN;
  if (index <= ZPCI_IO_BAR_MAX) return w.kernel.vfio_pci_bar_rw(t, w, index, pos, access);
  // Config space is emulated, and is reached through memory_disable and memory_enable here.
  if (index === VFIO_PCI_CONFIG_REGION_INDEX) return atOnce(-EFAULT);
  if (index === VFIO_PCI_NUM_REGIONS && w.region !== null) {
    return w.kernel.vfio_pci_zdev_io_rw!(t, w, pos, access.index === index ? access : overflown(access, pos));
  }
  return atOnce(-EINVAL);
}

/** An access to a BAR whose position names the zPCI I/O region instead; what a BAR access writes counts as zeroes. */
const overflown = (access: FileAccess, pos: number): FileAccess => ({
  ...access,
  pos,
  image: new Uint8Array(REQUEST_SIZE),
});

/** A code path without a step. */
function* atOnce(ret: number): CodePath<number> {
  return ret;
}

export function* vfio_pci_bar_rw(
  t: Thread,
  w: ZpciWorld,
  bar: number,
  pos: number,
  access: FileAccess,
): CodePath<number> {
  const end = w.settings.barSize[bar]!;
  if (end === 0 || pos >= end) return -EINVAL;
  const count = Math.min(access.count, end - pos);
  const ret = yield* w.kernel.vfio_pci_setup_barmap(t, w, bar);
  if (ret < 0) return ret;
  return yield* w.kernel.do_io_rw(t, w, bar, pos, count, access);
}

/**
 * Maps the BAR at the first access. Nothing locks it: of two first accesses at once, one can find the resource
 * requested but not mapped yet, and fails with -EBUSY.
 */
export function* vfio_pci_setup_barmap(_t: Thread, w: ZpciWorld, bar: number): CodePath<number> {
  const { barmap, resource } = w.vdev.bars[bar]!;
  yield barmap.read;
  if (barmap.value) return 0;
  yield resource.update;
  if (resource.value) return -EBUSY;
  resource.value = true;
  if (w.settings.haveMio && w.settings.barSize[bar]! > IOREMAP_MAX) {
    yield resource.write;
    resource.value = false;
    return -ENOMEM;
  }
  yield barmap.write;
  barmap.value = true;
  w.mapped[bar] = true;
  return 0;
}

/**
 * Splits an access into naturally aligned pieces of 4, 2 and 1 bytes. Nothing is held from one piece to the next,
 * and a piece that fails hides that earlier ones were done.
 */
export function* do_io_rw(
  t: Thread,
  w: ZpciWorld,
  bar: number,
  pos: number,
  count: number,
  access: FileAccess,
): CodePath<number> {
  const { msix } = w.settings;
  const windowed = msix !== null && msix.bar === bar;
  const windowStart = windowed ? msix.start : 0;
  const windowEnd = windowed ? msix.end : 0;
  const mapped = reachable(access);
  let done = 0;
  while (done < count) {
    const at = pos + done;
    const left = count - done;
    const fillable = at < windowStart ? Math.min(left, windowStart - at) : at >= windowEnd ? left : 0;
    if (fillable === 0) {
      // Inside the MSI-X table: reads give -1, writes are dropped.
      const skipped = Math.min(left, windowEnd - at);
      if (!access.iswrite && done + skipped > mapped) return -EFAULT;
      done += skipped;
      continue;
    }
    w.noteFaultIn(t);
    const width = w.kernel.ioWidths.find((n) => fillable >= n && at % n === 0)!;
    if (access.iswrite && done + width > mapped) return -EFAULT;
    const ret = yield* w.kernel.vfio_pci_io(t, w, bar, at, width, access.iswrite);
    if (ret < 0) return ret;
    if (!access.iswrite && done + width > mapped) return -EFAULT;
    done += width;
  }
  return done;
}

/** vfio_pci_iowrite8/16/32 and vfio_pci_ioread8/16/32: memory_lock around the check and the access. */
export function* vfio_pci_io(
  t: Thread,
  w: ZpciWorld,
  bar: number,
  offset: number,
  width: number,
  iswrite: boolean,
): CodePath<number> {
  yield w.vdev.memoryLock.acquireShared;
  if (!(yield* __vfio_pci_memory_enabled(w))) {
    yield w.vdev.memoryLock.releaseShared;
    return -EIO;
  }
  // iowriteN and ioreadN report nothing: a failed access is lost, and a failed read gives all ones.
  if (iswrite) yield* w.kernel.zpci_store(t, w, bar, offset, width);
  else yield* w.kernel.zpci_load(t, w, bar, offset, width);
  yield w.vdev.memoryLock.releaseShared;
  return 0;
}

export function* __vfio_pci_memory_enabled(w: ZpciWorld): CodePath<boolean> {
  if (w.settings.noCommandMemory) return true;
  yield w.vdev.command.read;
  // "Caller should hold memory_lock semaphore" (vfio_pci_config.c).
  w.machine.assertHeld(w.vdev.memoryLock);
  return w.vdev.command.value;
}

/** The guest's write to PCI_COMMAND: memory_lock for writing, whichever way the bit goes. */
export function* vfio_basic_config_write(t: Thread, w: ZpciWorld, enable: boolean): CodePath<number> {
  yield w.vdev.memoryLock.acquire;
  yield w.vdev.command.write;
  // What __vfio_pci_memory_enabled looks at under it.
  w.machine.assertHeld(w.vdev.memoryLock, true);
  w.vdev.command.value = enable;
  w.memoryEnabled = enable;
  w.commandWrites.push({ step: w.machine.steps, call: t.call!, enable, holdsFile: w.fileUsers.has(t) });
  yield w.vdev.memoryLock.release;
  return 0;
}

/**
 * Last close. The function reset is tried only if dev->mutex is to be had without waiting, which an unplug that
 * waits for this very close holds.
 */
export function* vfio_pci_disable(t: Thread, w: ZpciWorld): CodePath<void> {
  if ((yield w.deviceMutex.tryAcquire) === 1) {
    if (w.kernel.reset_slot !== undefined) yield* w.kernel.reset_slot(t, w);
    // __pci_reset_function_locked: its caller holds the device lock (drivers/pci/pci.c).
    w.machine.assertHeld(w.deviceMutex);
    yield w.deviceMutex.release;
  }
  // kfree(region->data): nobody can be in the region, the last file reference is gone.
  w.region = null;
  w.deviceEnabled = false;
}

/** Asks user space to let go of the device, through the eventfd it registered for that. */
export function* vfio_pci_request(_t: Thread, w: ZpciWorld): CodePath<void> {
  yield w.vdev.igate.acquire;
  yield w.vdev.reqTrigger.signal;
  // The ioctl that sets or puts req_trigger runs under igate: eventfd_signal must not meet it (vfio_pci.c).
  w.machine.assertHeld(w.vdev.igate);
  w.machine.spawn('qemu', w.vmm, (thread) => w.kernel.vfio_req_notifier_handler(thread, w));
  yield w.vdev.igate.release;
}
