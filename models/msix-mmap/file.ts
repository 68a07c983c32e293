/** System calls that open, close and map the device fd. Source: fs/file.c, fs/file_table.c, mm/mmap.c, drivers/vfio/vfio.c. */
import { EBADF, EINVAL, EMFILE, EPERM } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Operation } from './kernel.ts';
import { FILES_MAX } from './layout.ts';
import { alignUp } from './resources.ts';
import { attachAllowed, type MsixWorld } from './world.ts';

/**
 * fdget of the device fd: of several, the one that was opened first. -EBADF if there is none, or if it is closed
 * between the look at the table and the reference.
 */
export function* fdget(w: MsixWorld): CodePath<number> {
  yield w.fdTable.read;
  const open = w.fdTable.value;
  if (open === 0) return -EBADF;
  const file = 31 - Math.clz32(open & -open);
  const { refs } = w.files[file]!;
  yield refs.adjust;
  if (!refs.held) return -EBADF;
  refs.count++;
  return file;
}

/** Drops a reference; the last one closes the file. */
export function* fput(t: Thread, w: MsixWorld, file: number): CodePath<void> {
  const { refs } = w.files[file]!;
  yield refs.adjust;
  if (--refs.count === 0) yield* lastReference(t, w, file);
}

function* lastReference(t: Thread, w: MsixWorld, file: number): CodePath<void> {
  yield* w.kernel.vfio_pci_release(t, w);
  // The file is gone; its place can be had again.
  yield w.fdsTaken.update;
  w.fdsTaken.value &= ~(1 << file);
}

/** open of the group, VFIO_SET_IOMMU, VFIO_GROUP_GET_DEVICE_FD. The first two only count where they fail. */
export function* vfio_group_get_device_fd(t: Thread, w: MsixWorld): CodePath<number> {
  if (!attachAllowed(w)) return -EPERM;
  const ret = yield* w.kernel.vfio_pci_open(t, w);
  if (ret < 0) return ret;
  // get_unused_fd_flags
  yield w.fdsTaken.update;
  const taken = w.fdsTaken.value;
  const file = 31 - Math.clz32(~taken & -~taken);
  if (file >= FILES_MAX) {
    yield* w.kernel.vfio_pci_release(t, w);
    return -EMFILE;
  }
  w.fdsTaken.value = taken | (1 << file);
  // Nobody knows of the file before it is in the table.
  yield w.files[file]!.refs.update;
  w.installFile(file);
  yield w.fdTable.update;
  w.fdTable.value |= 1 << file;
  return 0;
}

/** close(2) of the descriptor that was opened last. */
export function* filp_close(t: Thread, w: MsixWorld): CodePath<number> {
  yield w.fdTable.update;
  const open = w.fdTable.value;
  if (open === 0) return -EBADF;
  const file = 31 - Math.clz32(open);
  w.fdTable.value = open & ~(1 << file);
  const { refs } = w.files[file]!;
  yield refs.update;
  refs.held = false;
  if (--refs.count === 0) yield* lastReference(t, w, file);
  return 0;
}

/**
 * mmap(2) with MAP_FIXED at the place that `as` stands for: what was mapped there goes first. References are dropped on
 * the way back to user space (task_work), after mmap_sem.
 */
export function* ksys_mmap_pgoff(t: Thread, w: MsixWorld, operation: Operation<'mmap'>): CodePath<number> {
  const { as, bar, offset, write } = operation;
  const { pageSize } = w.settings;
  if (offset % pageSize !== 0) return -EINVAL;
  const file = yield* fdget(w);
  if (file < 0) return file;
  const length = alignUp(operation.length, pageSize);
  let ret = -EINVAL;
  let replaced: number | null = null;
  if (length > 0) {
    yield w.mmapSem.acquire;
    yield w.pageTables.read;
    if (w.pageTables.mappings.has(as)) {
      yield w.pageTables.write;
      w.machine.assertHeld(w.mmapSem, true);
      replaced = w.pageTables.mappings.get(as)!.file;
      w.pageTables.mappings.delete(as);
    }
    ret = yield* w.kernel.vfio_pci_mmap(t, w, operation, file);
    yield w.mmapSem.release;
  }
  const table = w.hasTable(bar, offset, length);
  const start = w.bars[bar]?.start ?? null;
  w.mmaps.push({
    step: w.machine.steps,
    call: t.call!,
    map: as,
    bar,
    offset,
    length,
    ret,
    table,
    write,
    start,
  });
  if (replaced !== null) yield* w.kernel.fput(t, w, replaced);
  yield* w.kernel.fput(t, w, file);
  return ret;
}

/** munmap(2) of all of a mapping. Nothing mapped there is no error. */
export function* __vm_munmap(t: Thread, w: MsixWorld, map: string): CodePath<number> {
  yield w.mmapSem.acquire;
  yield w.pageTables.read;
  // find_vma() asserts it, from v5.15 on (5b78ed24e8ec).
  w.machine.assertHeld(w.mmapSem, true);
  const mapping = w.pageTables.mappings.get(map);
  if (mapping !== undefined) {
    yield w.pageTables.write;
    w.machine.assertHeld(w.mmapSem, true);
    w.pageTables.mappings.delete(map);
  }
  yield w.mmapSem.release;
  if (mapping !== undefined) yield* w.kernel.fput(t, w, mapping.file);
  return 0;
}
