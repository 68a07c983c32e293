/** mmap, page faults and zaps of device mappings, in the form of v6.10-rc1. Source: vfio_pci_core.c. */
import { EBUSY, EINVAL, ENOMEM } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { MapRequest, VmaFlagChange } from '../../properties/vfio-mmap/evidence.ts';
import type { AddressSpace, Vma } from './address-space.ts';
import type { VmFault } from './kernel.ts';
import {
  PAGE_SIZE,
  VFIO_PCI_NUM_REGIONS,
  VFIO_PCI_REGION_SPAN,
  VFIO_PCI_ROM_REGION_INDEX,
} from './layout.ts';
import type { VfioWorld } from './world.ts';

/** Called with the mmap lock held for writing. */
export function* vfio_pci_core_mmap(t: Thread, w: VfioWorld, request: MapRequest): CodePath<number> {
  const bar = regionOf(request);
  const start = request.offset % VFIO_PCI_REGION_SPAN;
  if (bar >= VFIO_PCI_NUM_REGIONS) return -EINVAL;
  if (request.private) return -EINVAL;
  if (bar >= VFIO_PCI_ROM_REGION_INDEX) return -EINVAL;
  if (w.notMappable[bar] !== null) return -EINVAL;
  const length = pageAlign(request.length);
  if (start + length > pageAlign(w.settings.bars[bar]!.size)) return -EINVAL;
  // Not for the mapping, which does not use it: the BAR has to be requested, and barmap keeps track of that.
  return yield* w.kernel.vfio_pci_core_setup_barmap(t, w, bar);
}

/** The region that a position names: one beyond the span is in the next. */
export const regionOf = ({ bar, offset }: MapRequest): number =>
  bar + Math.floor(offset / VFIO_PCI_REGION_SPAN);

export const pageAlign = (length: number): number => Math.ceil(length / PAGE_SIZE) * PAGE_SIZE;

/**
 * Maps the whole BAR at the first use; vfio_pci_core_mmap has the same once more in its own text. Nothing locks it: of two first uses at once, one can find the resource
 * requested but not mapped yet, and fails with -EBUSY.
 */
export function* vfio_pci_core_setup_barmap(t: Thread, w: VfioWorld, bar: number): CodePath<number> {
  const { barmap, resource } = w.vdev.bars[bar]!;
  yield barmap.read;
  if (barmap.value) {
    w.barUses.push({ call: t.call!, bar });
    return 0;
  }
  yield resource.update;
  if (resource.value) return -EBUSY;
  resource.value = true;
  if (!w.kernel.pci_iomap(w, bar)) {
    yield resource.write;
    resource.value = false;
    return -ENOMEM;
  }
  yield barmap.write;
  barmap.value = true;
  w.kernelMappings.push({ bar, undone: -1 });
  w.barUses.push({ call: t.call!, bar });
  return 0;
}

/**
 * By function handle there is nothing to map, any size does. Everybody else needs room for the BAR and a guard page.
 * Source: pci_iomap_range_fh and pci_iomap_range_mio in arch/s390/pci/pci.c; get_vm_area in mm/vmalloc.c.
 */
export function pci_iomap({ settings }: VfioWorld, bar: number): boolean {
  const { arch, haveMio, bars, ioremapArea } = settings;
  if (arch === 's390' && !haveMio) return true;
  return bars[bar]!.type === 'io' || bars[bar]!.size + PAGE_SIZE <= ioremapArea;
}

/** The VMA's flags as mmap and, before d71a989cf5d9, the fault handler set them. */
export function noteFlagChange(
  t: Thread,
  w: VfioWorld,
  { space, mapping }: Pick<Vma, 'space' | 'mapping'>,
): void {
  const { mmapLock } = space;
  const held: VmaFlagChange['mmapLock'] =
    mmapLock.writer === t ? 'write' : mmapLock.readers.includes(t) ? 'read' : 'none';
  w.flagChanges.push({ step: w.machine.steps, thread: t, call: t.call!, mapping, mmapLock: held });
}

/**
 * The whole VMA at the first fault. io_remap_pfn_range() sets VM_IO and its like again, which it may not do with the
 * mmap lock held for reading only. The list tells a second fault on the same VMA that there is nothing left to do.
 */
export function* vfio_pci_mmap_fault(t: Thread, w: VfioWorld, vma: Vma): CodePath<VmFault> {
  const { vmaLock, vmaList, memoryLock, command } = w.vdev;
  yield vmaLock.acquire;
  yield memoryLock.acquireShared;
  yield command.read;
  w.machine.assertHeld(memoryLock);
  const enabled = command.value;
  if (enabled && !vmaList.includes(vma)) {
    yield* io_remap_pfn_range(t, w, vma);
    // Nobody disables memory between the test and the insertion.
    w.machine.assertHeld(memoryLock);
    // __vfio_pci_add_vma() wants it from its caller.
    w.machine.assertHeld(vmaLock);
    vmaList.push(vma);
  }
  const result = noteFault(t, w, vma, enabled ? 'nopage' : 'sigbus');
  yield memoryLock.releaseShared;
  yield vmaLock.release;
  return result;
}

function* io_remap_pfn_range(t: Thread, w: VfioWorld, vma: Vma): CodePath<void> {
  noteFlagChange(t, w, vma);
  yield* insertPages(w, vma, vma.start, vma.end);
}

/** Page table entries of some pages of a VMA, under the PTE lock, while the mmap lock keeps the VMA where it is. */
export function* insertPages(
  { machine }: VfioWorld,
  { space, mapping, prot }: Vma,
  start: number,
  end: number,
): CodePath<void> {
  yield space.ptl.acquire;
  yield space.pageTables.write;
  machine.assertHeld(space.mmapLock);
  machine.assertHeld(space.ptl);
  space.pageTables.set(mapping, start, end, prot);
  yield space.ptl.release;
}

export function noteFault(t: Thread, w: VfioWorld, { mapping }: Vma, result: VmFault): VmFault {
  w.faults.push({ step: w.machine.steps, thread: t, call: t.call!, mapping, result });
  return result;
}

/** Page table entries of some pages go: whoever holds the PTE lock is done with them before. */
export function* zapPages(
  t: Thread,
  w: VfioWorld,
  { space, mapping }: Pick<Vma, 'space' | 'mapping'>,
  start: number,
  end: number,
): CodePath<void> {
  yield space.ptl.acquire;
  yield space.pageTables.write;
  w.machine.assertHeld(space.ptl);
  for (const run of space.pageTables.zap(mapping, start, end)) {
    const { start: first, end: behind } = run;
    w.zaps.push({ step: w.machine.steps, thread: t, call: t.call!, mapping, start: first, end: behind });
  }
  yield space.ptl.release;
}

/** A VMA that a split or a fork made: what it inherited of page tables goes, so that it is on no list. */
export function* vfio_pci_mmap_open(t: Thread, w: VfioWorld, vma: Vma): CodePath<void> {
  yield* zapPages(t, w, vma, vma.start, vma.end);
}

export function* vfio_pci_mmap_close(_t: Thread, w: VfioWorld, vma: Vma): CodePath<void> {
  const { vmaLock, vmaList } = w.vdev;
  yield vmaLock.acquire;
  w.machine.assertHeld(vmaLock);
  const at = vmaList.indexOf(vma);
  if (at >= 0) vmaList.splice(at, 1);
  yield vmaLock.release;
}

/**
 * Zaps what the list knows, process by process, and leaves with vma_lock held and the list empty. The mmap lock comes
 * before vma_lock: the list is only peeked at to find out whose lock to take.
 */
function* vfio_pci_zap_and_vma_lock(t: Thread, w: VfioWorld): CodePath<void> {
  const { vmaLock, vmaList, zapsUnderWay } = w.vdev;
  yield zapsUnderWay.update;
  zapsUnderWay.count++;
  for (;;) {
    yield vmaLock.acquire;
    const space: AddressSpace | undefined = vmaList[0]?.space;
    if (space === undefined) break;
    yield vmaLock.release;
    yield space.mmapLock.acquireShared;
    yield vmaLock.acquire;
    for (;;) {
      const at = vmaList.findIndex((vma) => vma.space === space);
      if (at < 0) break;
      const [vma] = vmaList.splice(at, 1) as [Vma];
      yield* zapPages(t, w, vma, vma.start, vma.end);
      // Only they keep the VMA, and its place on the list, from going away under zap_vma_ptes().
      w.machine.assertHeld(space.mmapLock);
      w.machine.assertHeld(vmaLock);
    }
    yield vmaLock.release;
    yield space.mmapLock.releaseShared;
  }
  yield zapsUnderWay.update;
  zapsUnderWay.count--;
}

/** Before another fault on a page that an earlier one of the same access had put in. */
export function* waitForZaps({ kernel, vdev }: VfioWorld): CodePath<void> {
  if (!kernel.vmasOnInode) yield vdev.zapsUnderWay.wait;
}

/** Nothing is mapped, and memory_lock is held for writing, before anybody changes what is behind the mappings. */
export function* vfio_pci_zap_and_down_write_memory_lock(t: Thread, w: VfioWorld): CodePath<void> {
  yield* vfio_pci_zap_and_vma_lock(t, w);
  yield w.vdev.memoryLock.acquire;
  yield w.vdev.vmaLock.release;
}
