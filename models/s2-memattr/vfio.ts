/** vfio-pci and vfio-platform. Source: drivers/vfio/pci/vfio_pci_core.c (zap by the inode), drivers/vfio/platform. */
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { GuestAccess, PageFrame, Reset } from '../../properties/s2-memattr/evidence.ts';
import type { Vma } from './kernel.ts';
import { BACKINGS } from './layout.ts';
import { changePte } from './mm.ts';
import type { Stage2Entry } from './stage2-entry.ts';
import type { MemAttrWorld } from './world.ts';

/** With memory disabled it is a SIGBUS: no entry comes about. */
export function* vfio_pci_mmap_fault(
  _t: Thread,
  w: MemAttrWorld,
  { mapping, writable }: Vma,
): CodePath<void> {
  const { memoryLock, command } = w.vdev;
  const pte = w.mm.ptes[mapping.hva]!;
  yield memoryLock.acquireShared;
  yield command.read;
  // __vfio_pci_memory_enabled(): "Caller should hold memory_lock".
  w.machine.assertHeld(memoryLock);
  if (command.value) {
    yield pte.write;
    pte.value = { mapping, writable };
    // Or a zap may have come and gone.
    w.machine.assertHeld(memoryLock);
  }
  yield memoryLock.releaseShared;
}

export function* vfio_pci_zap_and_down_write_memory_lock(t: Thread, w: MemAttrWorld): CodePath<void> {
  const { memoryLock, iMmapRwsem, iMmap } = w.vdev;
  yield memoryLock.acquire;
  yield iMmapRwsem.acquireShared;
  // Of the zap of v6.8: memory_lock is there for who zaps and for the fault handler, which would map it again.
  w.machine.assertHeld(memoryLock, true);
  for (const { hva } of iMmap) yield* changePte(t, w, hva, null, null);
  yield iMmapRwsem.releaseShared;
}

export function* vfio_basic_config_write(t: Thread, w: MemAttrWorld, enable: boolean): CodePath<number> {
  const { memoryLock, command } = w.vdev;
  if (enable) yield memoryLock.acquire;
  else yield* w.kernel.vfio_pci_zap_and_down_write_memory_lock(t, w);
  yield command.write;
  command.value = enable;
  // Whoever looks at it holds it for reading: __vfio_pci_memory_enabled().
  w.machine.assertHeld(memoryLock, true);
  w.memoryEnabled = enable;
  w.commandWrites.push({ step: w.machine.steps, call: t.call!, enable });
  yield memoryLock.release;
  return 0;
}

/** Config space comes behind posted writes, so that every write has arrived when the function is reset. */
export function* vfio_pci_ioctl_reset(t: Thread, w: MemAttrWorld): CodePath<number> {
  yield* w.kernel.vfio_pci_zap_and_down_write_memory_lock(t, w);
  yield w.bus.access;
  w.machine.assertHeld(w.vdev.memoryLock, true);
  takePosted(w, 'PCI BAR');
  const mapped = w.entries.filter(mapsVfioPci).map(({ page }) => page);
  noteReset(t, w, { device: 'pci', inFlight: [], mapped });
  yield w.vdev.memoryLock.release;
  return 0;
}

/**
 * vfio-platform takes no mapping away for it, and whatever the reset driver does, nothing orders it behind what the
 * guest wrote before.
 */
export function* vfio_platform_call_reset(t: Thread, w: MemAttrWorld): CodePath<number> {
  yield w.bus.access;
  noteReset(t, w, { device: 'platform', inFlight: takePosted(w, 'platform MMIO'), mapped: [] });
  return 0;
}

/** Removes what is on its way to a device. */
function takePosted(w: MemAttrWorld, pageFrame: PageFrame): GuestAccess[] {
  const taken = w.posted.filter(({ leaf }) => leaf.pageFrame === pageFrame);
  const rest = w.posted.filter(({ leaf }) => leaf.pageFrame !== pageFrame);
  w.posted.splice(0, w.posted.length, ...rest);
  return taken;
}

const mapsVfioPci = ({ leaf }: Stage2Entry): boolean => {
  const supplier = leaf?.fault?.supplier ?? null;
  return supplier !== null && BACKINGS[supplier.backing].vfioPciCore;
};

function noteReset(t: Thread, w: MemAttrWorld, reset: Pick<Reset, 'device' | 'inFlight' | 'mapped'>): void {
  w.resets.push({ step: w.machine.steps, thread: t, call: t.call!, ...reset });
}
