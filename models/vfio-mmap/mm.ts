/** Memory management, as far as device mappings see it. Source: mm/mmap.c, mm/mprotect.c, kernel/fork.c of v6.10-rc1. */
import { EAGAIN, EINVAL, ENOMEM } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Mapping, MapRequest, MmioCall, Protection } from '../../properties/vfio-mmap/evidence.ts';
import type { AddressSpace, Vma } from './address-space.ts';
import { withDeviceFd } from './file.ts';
import type { VmFault } from './kernel.ts';
import { PAGE_SIZE, TASK_SIZE } from './layout.ts';
import { insertPages, noteFlagChange, pageAlign, regionOf, waitForZaps, zapPages } from './vfio-mmap.ts';
import { CHILDREN_MAX, type VfioWorld } from './world.ts';

export const pageOf = (offset: number): number => Math.floor(offset / PAGE_SIZE);

/** mmap(2). /dev/mem is open somewhere; only the device's descriptor can be closed here. */
export function* ksys_mmap_pgoff(t: Thread, w: VfioWorld, request: MapRequest): CodePath<number> {
  if (request.offset % PAGE_SIZE !== 0) return -EINVAL;
  const path = do_mmap(t, w, request);
  return yield* request.file === 'device' ? withDeviceFd(t, w, path) : path;
}

function* do_mmap(t: Thread, w: VfioWorld, request: MapRequest): CodePath<number> {
  const space = w.mmOf(t);
  yield space.mmapLock.acquire;
  const ret = yield* mmap_region(t, w, space, request);
  yield space.mmapLock.release;
  return ret;
}

function* mmap_region(t: Thread, w: VfioWorld, space: AddressSpace, request: MapRequest): CodePath<number> {
  const length = pageAlign(request.length);
  if (length === 0) return -EINVAL;
  if (length > TASK_SIZE[w.settings.arch]) return -ENOMEM;
  const device = request.file === 'device';
  if (device) {
    const ret = yield* w.kernel.vfio_pci_core_mmap(t, w, request);
    if (ret < 0) return ret;
    yield w.file.update;
    w.file.count++;
  }
  const mapping: Mapping = {
    id: w.mappings.length,
    step: w.machine.steps,
    call: t.call!,
    process: space.process,
    bar: device ? regionOf(request) : null,
    offset: request.offset,
    length,
    inherited: null,
  };
  const vma: Vma = { space, mapping, start: 0, end: length / PAGE_SIZE, prot: request.prot, mapped: true };
  // With the mmap lock held for writing, as it has to be.
  noteFlagChange(t, w, vma);
  // /dev/mem maps its page frames at once (remap_pfn_range), vfio at the first access.
  if (!device) yield* insertPages(w, vma, vma.start, vma.end);
  yield space.vmas.write;
  w.machine.assertHeld(space.mmapLock, true);
  space.vmas.value = [...space.vmas.value, vma];
  if (request.as !== null) space.names.set(request.as, mapping);
  w.mappings.push(mapping);
  if (device) yield* linkFile(w, vma);
  return 0;
}

/** The VMA hangs itself on the inode of its file. Only where somebody looks for it there. */
function* linkFile(w: VfioWorld, vma: Vma): CodePath<void> {
  if (!w.kernel.vmasOnInode) return;
  yield w.inode.iMmapRwsem.acquire;
  // struct address_space says that it protects i_mmap.
  w.machine.assertHeld(w.inode.iMmapRwsem, true);
  w.inode.iMmap.push(vma);
  yield w.inode.iMmapRwsem.release;
}

function* unlinkFile(w: VfioWorld, vma: Vma): CodePath<void> {
  if (!w.kernel.vmasOnInode) return;
  yield w.inode.iMmapRwsem.acquire;
  w.machine.assertHeld(w.inode.iMmapRwsem, true);
  w.inode.iMmap.splice(w.inode.iMmap.indexOf(vma), 1);
  yield w.inode.iMmapRwsem.release;
}

/**
 * munmap(2). Parts of a VMA that stay become new ones. The reference to the file is dropped last, on the way back to
 * user space and without the mmap lock (task_work of fput).
 */
export function* do_munmap(
  t: Thread,
  w: VfioWorld,
  map: string,
  offset: number,
  length: number | null,
): CodePath<number> {
  if (offset % PAGE_SIZE !== 0 || offset + (length ?? 0) > TASK_SIZE[w.settings.arch]) return -EINVAL;
  const first = pageOf(offset);
  const end = length === null ? Number.MAX_SAFE_INTEGER : first + pageAlign(length) / PAGE_SIZE;
  return yield* __vm_munmap(t, w, (vma) => vma.mapping === vma.space.names.get(map), first, end);
}

/** The same for a VMA whose address is known. */
export function* munmap_vma(t: Thread, w: VfioWorld, vma: Vma): CodePath<number> {
  return yield* __vm_munmap(t, w, (other) => other === vma, vma.start, vma.end);
}

function* __vm_munmap(
  t: Thread,
  w: VfioWorld,
  meant: (vma: Vma) => boolean,
  first: number,
  end: number,
): CodePath<number> {
  const space = w.mmOf(t);
  yield space.mmapLock.acquire;
  yield space.vmas.read;
  w.machine.assertHeld(space.mmapLock, true);
  const hit = space.vmas.value.filter((vma) => meant(vma) && vma.start < end && vma.end > first);
  let references = 0;
  for (const vma of hit) references += yield* unmapRange(t, w, vma, first, end);
  yield space.mmapLock.release;
  for (; references > 0; references--) yield* w.kernel.fput(t, w);
  return 0;
}

/** One VMA, or the part of it within the range. Returns how many references to the device's file it had. */
function* unmapRange(t: Thread, w: VfioWorld, vma: Vma, first: number, end: number): CodePath<number> {
  const { space, mapping } = vma;
  const device = mapping.bar !== null;
  if (vma.start < first) yield* split(t, w, vma, vma.start, first);
  if (vma.end > end) yield* split(t, w, vma, end, vma.end);
  yield space.vmas.write;
  w.machine.assertHeld(space.mmapLock, true);
  space.vmas.value = space.vmas.value.filter((other) => other !== vma);
  vma.mapped = false;
  yield* zapPages(t, w, vma, vma.start, vma.end);
  if (!device) return 0;
  yield* unlinkFile(w, vma);
  if (w.kernel.vfio_pci_mmap_close !== undefined) yield* w.kernel.vfio_pci_mmap_close(t, w, vma);
  return 1;
}

/** __split_vma(): pages from `start` to `end`, at one end of the VMA, become one of their own. */
function* split(t: Thread, w: VfioWorld, vma: Vma, start: number, end: number): CodePath<void> {
  const { space } = vma;
  const part: Vma = { ...vma, start, end };
  if (vma.mapping.bar !== null) {
    yield w.file.update;
    w.file.count++;
    if (w.kernel.vfio_pci_mmap_open !== undefined) yield* w.kernel.vfio_pci_mmap_open(t, w, part);
    yield* linkFile(w, part);
  }
  yield space.vmas.write;
  w.machine.assertHeld(space.mmapLock, true);
  if (start === vma.start) vma.start = end;
  else vma.end = start;
  space.vmas.value = [...space.vmas.value, part];
}

/** mprotect(2) on all pages of a mapping, up to the first that is not mapped. */
export function* do_mprotect(t: Thread, w: VfioWorld, map: string, prot: Protection): CodePath<number> {
  const space = w.mmOf(t);
  yield space.mmapLock.acquire;
  yield space.vmas.read;
  w.machine.assertHeld(space.mmapLock, true);
  const mapping = space.names.get(map);
  const vmas = space.vmas.value.filter((vma) => vma.mapping === mapping).sort((a, b) => a.start - b.start);
  let done = 0;
  for (const vma of vmas) {
    if (vma.start !== done) break;
    done = vma.end;
    if (!sameProtection(vma.prot, prot)) yield* mprotect_fixup(w, vma, prot);
    const { start, end } = vma;
    w.protections.push({ call: t.call!, mapping: vma.mapping, start, end, prot: vma.prot });
  }
  yield space.mmapLock.release;
  return mapping !== undefined && done * PAGE_SIZE === mapping.length ? 0 : -ENOMEM;
}

function* mprotect_fixup({ machine }: VfioWorld, vma: Vma, prot: Protection): CodePath<void> {
  const { space } = vma;
  yield space.vmas.write;
  machine.assertHeld(space.mmapLock, true);
  vma.prot = prot;
  yield space.ptl.acquire;
  yield space.pageTables.write;
  machine.assertHeld(space.ptl);
  space.pageTables.protect(vma.mapping, vma.start, vma.end, prot);
  yield space.ptl.release;
}

const sameProtection = (a: Protection, b: Protection): boolean =>
  a.read === b.read && a.write === b.write && a.exec === b.exec;

/**
 * fork(2). Since 35e351780fa9 (v6.9) a VMA's open() comes before its page tables are copied, so that the old form's
 * open() zaps nothing and its list knows nothing of the child's entries. VM_PFNMAP page tables are always copied
 * (vma_needs_copy).
 */
export function* kernel_clone(t: Thread, w: VfioWorld): CodePath<number> {
  yield w.forks.update;
  if (w.forks.value === CHILDREN_MAX) return -EAGAIN;
  const child = w.spaces[1 + w.forks.value++]!;
  const parent = w.mmOf(t);
  yield* copy_files(t, w, parent, child);
  yield* dup_mmap(t, w, parent, child);
  yield w.forks.update;
  w.children.push({ ...w.deed(t), process: child.process });
  w.machine.startActor(child.process.name, child.process);
  return 0;
}

function* copy_files(t: Thread, w: VfioWorld, parent: AddressSpace, child: AddressSpace): CodePath<void> {
  yield parent.fd.adjust;
  if (!parent.fd.held) return;
  parent.fd.count++;
  yield w.file.update;
  w.file.count++;
  yield child.fd.update;
  child.fd.held = true;
  child.fd.count++;
  yield parent.fd.adjust;
  if (--parent.fd.count === 0) yield* w.kernel.fput(t, w);
}

function* dup_mmap(t: Thread, w: VfioWorld, parent: AddressSpace, child: AddressSpace): CodePath<void> {
  yield parent.mmapLock.acquire;
  yield parent.vmas.read;
  w.machine.assertHeld(parent.mmapLock, true);
  const inherited = new Map<Mapping, Mapping>();
  const copies: Vma[] = [];
  for (const vma of parent.vmas.value) {
    const mapping = inherited.get(vma.mapping) ?? inherit(t, w, vma.mapping, child);
    inherited.set(vma.mapping, mapping);
    const copy: Vma = { ...vma, space: child, mapping };
    copies.push(copy);
    if (mapping.bar !== null) {
      yield w.file.update;
      w.file.count++;
      if (w.kernel.vfio_pci_mmap_open !== undefined) yield* w.kernel.vfio_pci_mmap_open(t, w, copy);
      yield* linkFile(w, copy);
    }
    yield child.ptl.acquire;
    yield parent.ptl.acquire;
    yield parent.pageTables.read;
    w.machine.assertHeld(parent.ptl);
    yield child.pageTables.write;
    // copy_pte_range() has both.
    w.machine.assertHeld(child.ptl);
    w.machine.assertHeld(parent.ptl);
    child.pageTables.copy(parent.pageTables, vma.mapping, mapping, vma.start, vma.end);
    yield parent.ptl.release;
    yield child.ptl.release;
  }
  yield child.vmas.write;
  // The parent's tree is copied as a whole; the child's own lock is nobody else's to take yet.
  w.machine.assertHeld(parent.mmapLock, true);
  child.vmas.value = copies;
  for (const [name, mapping] of parent.names) {
    const copy = inherited.get(mapping);
    if (copy !== undefined) child.names.set(name, copy);
  }
  yield parent.mmapLock.release;
}

function inherit(t: Thread, w: VfioWorld, parent: Mapping, child: AddressSpace): Mapping {
  const mapping: Mapping = {
    ...parent,
    id: w.mappings.length,
    step: w.machine.steps,
    call: t.call!,
    process: child.process,
    inherited: parent,
  };
  w.mappings.push(mapping);
  return mapping;
}

/** What the page tables let a CPU access do: PROT_WRITE and PROT_EXEC let it load as well. */
export const permits = (prot: Protection, write: boolean): boolean =>
  write ? prot.write : prot.read || prot.write || prot.exec;

/**
 * A load or a store. The translation and the access are one step: a zap flushes the TLB before it is through. On s390
 * only MIO instructions get through a mapping of a BAR; a host that has none gets the page mapped and then SIGILL.
 */
export function* touch(
  t: Thread,
  w: VfioWorld,
  map: string,
  offset: number,
  access: 'load' | 'store',
): CodePath<number | null> {
  const space = w.mmOf(t);
  const write = access === 'store';
  const page = pageOf(offset);
  const { arch, haveMio, ism } = w.settings;
  const reaches = arch !== 's390' || haveMio;
  for (let faults = 0; ; faults++) {
    yield reaches ? w.function.access : space.pageTables.read;
    const mapping = space.names.get(map);
    const prot = mapping === undefined ? null : space.pageTables.find(mapping, page);
    if (mapping !== undefined && prot !== null && permits(prot, write)) {
      // /dev/mem is RAM here.
      if (mapping.bar === null) {
        if (reaches) w.miss();
        return 0;
      }
      if (reaches) {
        const mio = write ? 'pcistgi' : 'pcilgi';
        w.issue({
          thread: t,
          call: t.call!,
          via: 'cpu',
          insn: arch === 's390' ? mio : access,
          iswrite: write,
          bar: mapping.bar,
          offset: mapping.offset + offset,
          len: 8,
          mapping,
          done: !ism,
          present: true,
        });
        if (!ism) return 0;
      }
      t.call!.signal = 'SIGILL';
      return null;
    }
    if (reaches) w.miss();
    if (faults > 0) yield* waitForZaps(w);
    const fault = yield* w.kernel.do_exception(t, w, space, map, page, write);
    if (fault !== 'nopage') {
      t.call!.signal = fault === 'sigbus' ? 'SIGBUS' : 'SIGSEGV';
      return null;
    }
  }
}

/**
 * A page fault. vfio's VMAs have no map_pages, so that the attempt with the lock of the VMA alone ends early and the
 * fault is handled with the mmap lock held for reading.
 */
export function* do_exception(
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  map: string,
  page: number,
  write: boolean,
): CodePath<VmFault | 'badarea'> {
  yield space.mmapLock.acquireShared;
  yield space.vmas.read;
  w.machine.assertHeld(space.mmapLock);
  const vma = space.lookup(map, page);
  const result =
    vma === null || !permits(vma.prot, write) ? 'badarea' : yield* handle_mm_fault(t, w, vma, page);
  yield space.mmapLock.releaseShared;
  return result;
}

/** /dev/mem has all its entries from the start. */
export function* handle_mm_fault(t: Thread, w: VfioWorld, vma: Vma, page: number): CodePath<VmFault> {
  return vma.mapping.bar === null ? 'nopage' : yield* w.kernel.vfio_pci_mmap_fault(t, w, vma, page);
}

/** With the mmap lock held for reading, and it stays held: nobody gave `unlocked`. What it returns nobody looks at. */
export function* fixup_user_fault(
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  map: string,
  page: number,
  write: boolean,
  call: MmioCall,
): CodePath<void> {
  call.fixups++;
  yield space.vmas.read;
  w.machine.assertHeld(space.mmapLock);
  const vma = space.lookup(map, page);
  // vma_permits_fault() asks for exactly the access's own flag.
  if (vma === null || !(write ? vma.prot.write : vma.prot.read)) return;
  yield* handle_mm_fault(t, w, vma, page);
}
