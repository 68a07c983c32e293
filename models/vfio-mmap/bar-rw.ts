/** pread and pwrite on a BAR region. Source: vfio_pci_rdwr.c of v6.10-rc1. */
import { EINVAL, EIO } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { DeviceAccess } from '../../properties/vfio-mmap/evidence.ts';
import type { FileAccess } from './kernel.ts';
import { MSIX_TABLE_SIZE } from './layout.ts';
import type { VfioWorld } from './world.ts';

export function* vfio_pci_bar_rw(t: Thread, w: VfioWorld, access: FileAccess): CodePath<number> {
  if (access.count === 0) return 0;
  const { size } = w.settings.bars[access.bar]!;
  if (access.pos >= size) return -EINVAL;
  const count = Math.min(access.count, size - access.pos);
  const ret = yield* w.kernel.vfio_pci_core_setup_barmap(t, w, access.bar);
  return ret < 0 ? ret : yield* vfio_pci_core_do_io_rw(t, w, access, count);
}

/**
 * Splits an access into naturally aligned pieces, and leaves the MSI-X table out: reads give -1 there, writes are
 * dropped. A piece that fails hides that earlier ones were done.
 */
function* vfio_pci_core_do_io_rw(
  t: Thread,
  w: VfioWorld,
  { bar, pos, iswrite }: FileAccess,
  count: number,
): CodePath<number> {
  const tableEnd = w.settings.bars[bar]!.msix ? MSIX_TABLE_SIZE : 0;
  for (let done = Math.min(Math.max(tableEnd - pos, 0), count); done < count; ) {
    const at = pos + done;
    const width = w.kernel.ioWidths.find((n) => count - done >= n && at % n === 0)!;
    const ret = yield* vfio_pci_core_io(t, w, bar, at, width, iswrite);
    if (ret < 0) return ret;
    done += width;
  }
  return count;
}

/** vfio_pci_core_iowrite8 and its like: memory_lock around the check and the access, but for I/O ports. */
function* vfio_pci_core_io(
  t: Thread,
  w: VfioWorld,
  bar: number,
  offset: number,
  width: number,
  iswrite: boolean,
): CodePath<number> {
  const { memoryLock, command } = w.vdev;
  const testMem = w.settings.bars[bar]!.type === 'mem';
  if (testMem) {
    yield memoryLock.acquireShared;
    yield command.read;
    // The caller of __vfio_pci_memory_enabled() has it, and keeps it until the access is through.
    w.machine.assertHeld(memoryLock);
    if (!command.value) {
      yield memoryLock.releaseShared;
      return -EIO;
    }
  }
  yield w.function.access;
  if (testMem) w.machine.assertHeld(memoryLock);
  w.issue({
    thread: t,
    call: t.call!,
    via: 'pread or pwrite',
    insn: insnOf(w, iswrite),
    iswrite,
    bar,
    offset,
    len: width,
    mapping: null,
    // ioreadN and iowriteN report nothing: MIO to a function that has none is lost, a read of it gives all ones.
    done: !(w.settings.ism && w.settings.haveMio),
    present: true,
  });
  if (testMem) yield memoryLock.releaseShared;
  return 0;
}

function insnOf({ settings }: VfioWorld, iswrite: boolean): DeviceAccess['insn'] {
  if (settings.arch !== 's390') return iswrite ? 'store' : 'load';
  if (settings.haveMio) return iswrite ? 'pcistgi' : 'pcilgi';
  return iswrite ? 'pcistg' : 'pcilg';
}
