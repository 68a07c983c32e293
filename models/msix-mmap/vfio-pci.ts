/** drivers/vfio/pci of v4.5. */
import { EBUSY, EINVAL } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Area, Gate, MsixTable } from '../../properties/msix-mmap/evidence.ts';
import { writeTable } from './access.ts';
import type { Operation } from './kernel.ts';
import {
  ASSIGNED,
  VFIO_REGION_INFO_FLAG_CAPS,
  VFIO_REGION_INFO_FLAG_MMAP,
  VFIO_REGION_INFO_FLAG_READ,
  VFIO_REGION_INFO_FLAG_WRITE,
} from './layout.ts';
import { barName } from './pci.ts';
import { alignDown, alignUp } from './resources.ts';
import type { Mapping, MsixWorld } from './world.ts';

/** vfio_pci_open: the first open enables the function, all under driver_lock. */
export function* vfio_pci_open(t: Thread, w: MsixWorld): CodePath<number> {
  yield w.driverLock.acquire;
  let ret = 0;
  if (w.refcnt === 0) ret = yield* w.kernel.vfio_pci_enable(t, w);
  else w.opens.push({ step: w.machine.steps, call: t.call!, ret, enabled: false, leaked: 0 });
  // refcnt has no other protection; vfio_device_first_open of later kernels asserts dev_set->lock in its place.
  w.machine.assertHeld(w.driverLock);
  if (ret === 0) w.refcnt++;
  yield w.driverLock.release;
  return ret;
}

/** The last reference to a file is gone; the last file disables the function. */
export function* vfio_pci_release(t: Thread, w: MsixWorld): CodePath<void> {
  yield w.driverLock.acquire;
  w.machine.assertHeld(w.driverLock);
  if (--w.refcnt === 0) {
    yield* w.kernel.vfio_pci_disable(t, w);
    yield w.pageTables.read;
    w.closes.push({
      step: w.machine.steps,
      call: t.call!,
      dummiesLeft: w.dummiesReserved,
      enabled: w.enabled,
      mappingsLeft: w.pageTables.mappings.size,
    });
  }
  yield w.driverLock.release;
}

/** pci_enable_device() refuses a function with a BAR that has no address (pci_enable_resources). */
export function* vfio_pci_enable(t: Thread | null, w: MsixWorld): CodePath<number> {
  let ret = w.bars.some((bar) => bar !== null && bar.start === null) ? -EINVAL : 0;
  if (ret === 0) {
    yield w.vdev.enableCnt.update;
    w.machine.assertHeld(w.driverLock);
    w.vdev.enableCnt.value++;
    w.enabled = true;
    ret = w.kernel.vfio_pci_igd_init?.(w.settings) ?? 0;
    if (ret < 0) yield* w.kernel.vfio_pci_disable(t, w);
    else if (w.kernel.vfio_pci_probe_mmaps !== undefined) yield* w.kernel.vfio_pci_probe_mmaps(t, w);
  }
  w.opens.push({
    step: w.machine.steps,
    call: t?.call ?? null,
    ret,
    enabled: true,
    leaked: ret < 0 ? w.dummiesReserved : 0,
  });
  return ret;
}

/** Interrupts, eventfds, BAR mappings of the kernel's own and dummy resources go, then pci_disable_device(). */
export function* vfio_pci_disable(t: Thread | null, w: MsixWorld): CodePath<void> {
  yield w.vdev.numCtx.read;
  if (w.vdev.numCtx.value > 0) yield* disableMsix(w);
  if (w.kernel.vfio_pci_ioeventfd !== undefined) {
    // No file is left, and it takes no lock.
    yield w.vdev.ioeventfds.write;
    w.vdev.ioeventfds.places.clear();
  }
  for (let bar = 0; bar < w.bars.length; bar++) {
    const barmap = w.vdev.barmap[bar]!;
    if (w.bars[bar] === null) continue;
    yield barmap.read;
    if (!barmap.value) continue;
    const region = w.vdev.region[bar]!;
    yield region.write;
    region.value = false;
    w.regionChanges.push({ step: w.machine.steps, bar, requested: false });
    yield barmap.write;
    barmap.value = false;
  }
  if (w.kernel.releaseDummies !== undefined) yield* w.kernel.releaseDummies(t, w);
  yield w.vdev.enableCnt.update;
  // vfio_device_last_close of later kernels asserts it.
  w.machine.assertHeld(w.driverLock);
  w.vdev.enableCnt.value--;
  w.enabled = false;
}

/** The size rule of v4.5: a BAR smaller than a page may share it. */
export function* mayMapBar(t: Thread, w: MsixWorld, bar: number): CodePath<boolean> {
  const mmapable = w.bars[bar]!.size >= w.settings.pageSize;
  w.decide(t.call!, bar, mmapable, null);
  return mmapable;
}

/** Asks whether the table may be mapped, if the request is for the BAR that has it. */
function gateOpen(t: Thread, w: MsixWorld, asked: Gate['asked']): boolean {
  const gate = w.kernel.msixGate;
  if (gate === undefined) return false;
  const allowed = gate.allows(w.settings, w.kernel);
  if (gate.by === null) return allowed;
  w.gates.push({
    step: w.machine.steps,
    call: t.call!,
    asked,
    allowed,
    ownPath: gate.ownPath(w.settings),
    by: gate.by,
  });
  return allowed;
}

/** VFIO_DEVICE_GET_REGION_INFO of a BAR. */
export function* vfio_pci_get_region_info(t: Thread, w: MsixWorld, index: number): CodePath<number> {
  const bar = w.bars[index]!;
  if (bar === null) return 0;
  let flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
  const mayMap = yield* w.kernel.mayMapBar(t, w, index);
  const mmap = w.kernel.infoSaysMmap === undefined ? mayMap : yield* w.kernel.infoSaysMmap(t, w, index);
  const open = w.settings.table?.bar === index && gateOpen(t, w, 'region_info');
  let areas: readonly Area[] | null = null;
  let msixMappable = false;
  if (mmap) {
    flags |= VFIO_REGION_INFO_FLAG_MMAP;
    if (w.settings.table?.bar === index) {
      if (w.kernel.regionCapability === 'sparse') {
        // Where the table may be mapped, one area: all of the BAR.
        areas = open ? [{ offset: 0, size: bar.size }] : msix_sparse_mmap_cap(w, bar.size);
      }
      msixMappable = w.kernel.regionCapability === 'msix mappable';
      if (areas !== null || msixMappable) flags |= VFIO_REGION_INFO_FLAG_CAPS;
    }
  }
  w.infos.push({
    step: w.machine.steps,
    call: t.call!,
    bar: index,
    size: bar.size,
    mmap,
    areas,
    msixMappable,
    pagesMappable: mayMap ? pagesMappable(w, index, bar.size, open) : 0,
  });
  return flags;
}

/** Page ranges on both sides of the table. Where there is neither, one of size 0 is told all the same. */
function msix_sparse_mmap_cap({ settings }: MsixWorld, end: number): Area[] {
  const { pageSize } = settings;
  const table = settings.table!;
  const before = alignDown(table.offset, pageSize);
  const after = alignUp(table.offset + table.size, pageSize);
  const areas: Area[] = [];
  if (before > 0) areas.push({ offset: 0, size: before });
  if (after < end) areas.push({ offset: after, size: end - after });
  return areas.length > 0 ? areas : [{ offset: 0, size: 0 }];
}

/** For evidence: pages that vfio_pci_mmap would let through one by one, were it asked for each now. */
function pagesMappable(w: MsixWorld, bar: number, size: number, gateIsOpen: boolean): number {
  const { pageSize } = w.settings;
  const end = w.kernel.physLen(w.settings, size);
  let pages = 0;
  for (let offset = 0; offset + pageSize <= end; offset += pageSize) {
    if (gateIsOpen || !w.hasTable(bar, offset, pageSize)) pages++;
  }
  return pages;
}

/** Under mmap_sem. */
export function* vfio_pci_mmap(
  t: Thread,
  w: MsixWorld,
  { bar: index, offset, length, read, write, shared, as }: Operation<'mmap'>,
  file: number,
): CodePath<number> {
  const bar = w.bars[index]!;
  if (!shared || bar === null) return -EINVAL;
  if (!(yield* w.kernel.mayMapBar(t, w, index))) return -EINVAL;
  const { pageSize } = w.settings;
  const requested = alignUp(length, pageSize);
  if (offset + requested > w.kernel.physLen(w.settings, bar.size)) return -EINVAL;
  if (w.settings.table?.bar === index && !gateOpen(t, w, 'mmap') && w.hasTable(index, offset, requested)) {
    return -EINVAL;
  }
  const ret = yield* w.kernel.vfio_pci_setup_barmap(t, w, index);
  if (ret < 0) return ret;
  // vm_pgoff: the page that the BAR begins in, wherever in it that is.
  const start = w.pageOf(bar) + offset;
  const mapping: Mapping = { name: as, bar: index, offset, length: requested, start, read, write, file };
  // The VMA's reference to the file that the call has one to.
  const { refs } = w.files[file]!;
  yield refs.adjust;
  refs.count++;
  // remap_pfn_range(): "only safe if the mm semaphore is held", says its description.
  yield w.pageTables.write;
  w.machine.assertHeld(w.mmapSem, true);
  w.pageTables.mappings.set(as, mapping);
  w.expose(t.call!, 'mmap', mapping, w.decoders.in(mapping.start, mapping.length));
  return 0;
}

/**
 * Requests the region and maps it for the kernel at the first access. Nothing locks it: of two first accesses at once,
 * one can find the region busy.
 */
export function* vfio_pci_setup_barmap(_t: Thread, w: MsixWorld, bar: number): CodePath<number> {
  const barmap = w.vdev.barmap[bar]!;
  const region = w.vdev.region[bar]!;
  yield barmap.read;
  if (barmap.value) return 0;
  yield region.update;
  if (region.value) return -EBUSY;
  region.value = true;
  w.regionChanges.push({ step: w.machine.steps, bar, requested: true });
  yield barmap.write;
  barmap.value = true;
  return 0;
}

/** Reads `vdev->barmap[bar]`, as pread, pwrite and ioeventfds do before they make use of it. */
export function* useBarmap(t: Thread, w: MsixWorld, bar: number): CodePath<void> {
  const barmap = w.vdev.barmap[bar]!;
  yield barmap.read;
  w.barmapUses.push({ step: w.machine.steps, call: t.call!, bar, mapped: barmap.value });
}

export function* vfio_pci_bar_rw(
  t: Thread,
  w: MsixWorld,
  operation: Operation<'pread' | 'pwrite'>,
): CodePath<number> {
  const { bar: index, pos } = operation;
  if (operation.count === 0) return 0;
  const bar = w.bars[index]!;
  if (bar === null || bar.start === null || pos >= bar.size) return -EINVAL;
  const count = Math.min(operation.count, bar.size - pos);
  let ret = yield* w.kernel.vfio_pci_setup_barmap(t, w, index);
  if (ret === 0) {
    const { table } = w.settings;
    const excluded =
      table?.bar === index &&
      w.kernel.excludesTable &&
      !(w.kernel.msixGate?.opensFile === true && gateOpen(t, w, operation.kind));
    yield* useBarmap(t, w, index);
    ret = yield* w.kernel.do_io_rw(t, w, operation, count, excluded ? table : null);
  }
  if (w.hasTable(index, pos, count)) {
    w.tableAccesses.push({ step: w.machine.steps, call: t.call!, via: operation.kind, ret });
  }
  return ret;
}

/** Naturally aligned pieces of 4, 2 and 1 bytes. In what is excluded reads give all ones and writes are dropped. */
export function* do_io_rw(
  t: Thread,
  w: MsixWorld,
  { kind, bar: index, pos }: Operation<'pread' | 'pwrite'>,
  count: number,
  excluded: MsixTable | null,
): CodePath<number> {
  const from = excluded === null ? 0 : excluded.offset;
  const to = excluded === null ? 0 : excluded.offset + excluded.size;
  const bar = w.bars[index]!;
  let done = 0;
  while (done < count) {
    const at = pos + done;
    const left = count - done;
    const fillable = at < from ? Math.min(left, from - at) : at >= to ? left : 0;
    if (fillable === 0) {
      done += Math.min(left, to - at);
      continue;
    }
    const width = fillable >= 4 && at % 4 === 0 ? 4 : fillable >= 2 && at % 2 === 0 ? 2 : 1;
    yield w.mmio.access;
    w.fileAccesses.push({ step: w.machine.steps, call: t.call!, bar: index, at, width });
    // What is recorded beyond the function's own size nobody answers for.
    w.noteMsix('nobody answers', null);
    if (at < bar.hardware) {
      const target = barName(ASSIGNED, bar);
      w.log({ actor: t.name, access: kind === 'pwrite' ? 'store' : 'load', target, offset: at });
      if (kind === 'pwrite' && w.hasTable(index, at, width)) writeTable(t, w, 'pwrite', at, 0);
    }
    done += width;
  }
  return count;
}

/** pci_disable_msix() after the vectors were freed: masked, and MSI-X off. */
function* disableMsix(w: MsixWorld): CodePath<void> {
  yield w.irqDescLock.acquire;
  yield w.vdev.numCtx.write;
  // __free_irq() has it around irq_shutdown().
  w.machine.assertHeld(w.irqDescLock);
  w.vdev.numCtx.value = 0;
  yield w.irqDescLock.release;
  yield w.mmio.access;
  w.mmio.enabled = false;
  w.msixEnables.push({ step: w.machine.steps, enabled: false });
  w.noteMsix('MSI-X off', null);
  for (const vector of w.mmio.vectors) {
    vector.masked = true;
    vector.maskedBy = 'host';
  }
}

/**
 * VFIO_DEVICE_SET_IRQS for MSI-X: a trigger for each vector from 0 on. The message is written before each, from the
 * value that the host keeps, since a reset may have cleared the table.
 */
export function* vfio_pci_set_irqs_ioctl(t: Thread, w: MsixWorld, vectors: number): CodePath<number> {
  if (vectors > w.mmio.vectors.length) return -EINVAL;
  yield w.vdev.igate.acquire;
  yield w.vdev.numCtx.read;
  // num_ctx and ctx of vfio_pci_intrs.c have no other protection; later kernels assert it there.
  w.machine.assertHeld(w.vdev.igate);
  const enabled = w.vdev.numCtx.value;
  let ret = 0;
  if (vectors === 0) {
    if (enabled === 0) ret = -EINVAL;
    else yield* disableMsix(w);
  } else if (enabled > 0 && vectors > enabled) {
    // vfio_msi_set_block: no more than were enabled.
    ret = -EINVAL;
  } else {
    if (enabled === 0) {
      yield w.mmio.access;
      w.mmio.enabled = true;
      w.msixEnables.push({ step: w.machine.steps, enabled: true });
      w.noteMsix('MSI-X on', null);
      yield w.vdev.numCtx.write;
      w.machine.assertHeld(w.vdev.igate);
      w.vdev.numCtx.value = vectors;
    }
    for (let vector = 0; vector < vectors; vector++) {
      yield* writeMessage(t, w, vector);
      yield w.irqDescLock.acquire;
      yield* writeControl(t, w, vector, false);
      yield w.irqDescLock.release;
      w.machine.assertHeld(w.vdev.igate);
    }
  }
  yield w.vdev.igate.release;
  return ret;
}

/** pci_write_msi_msg() with what the host keeps. */
export function* writeMessage(t: Thread, w: MsixWorld, vector: number): CodePath<void> {
  yield w.mmio.access;
  const entry = w.mmio.vectors[vector]!;
  const overwroteUser = entry.message === 'user';
  entry.message = 'host';
  w.noteMsix('host writes the message', vector);
  w.hostWrites.push({
    step: w.machine.steps,
    call: t.call!,
    vector,
    part: 'message',
    masks: false,
    overwroteUser,
  });
}

/** pci_msi_mask_irq() and pci_msi_unmask_irq() write the control word that the host keeps, and never read it back. */
export function* writeControl(t: Thread, w: MsixWorld, vector: number, masked: boolean): CodePath<void> {
  yield w.mmio.access;
  // irq_move_masked_irq() asserts it, and it is between a mask and an unmask.
  w.machine.assertHeld(w.irqDescLock);
  const entry = w.mmio.vectors[vector]!;
  const overwroteUser = entry.maskedBy === 'user' && entry.masked !== masked;
  entry.masked = masked;
  entry.maskedBy = 'host';
  w.noteMsix(masked ? 'host sets the mask' : 'host clears the mask', vector);
  w.hostWrites.push({
    step: w.machine.steps,
    call: t.call!,
    vector,
    part: 'control',
    masks: masked,
    overwroteUser,
  });
}
