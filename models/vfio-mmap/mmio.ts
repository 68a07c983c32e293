/** The two system calls for PCI memory. Source: arch/s390/pci/pci_mmio.c and asm/pci_io.h of v6.10-rc1. */
import { EACCES, EFAULT, EINVAL, ENODEV, ENOMEM, ENXIO } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { DeviceAccess, MmioCall, MmioRequest } from '../../properties/vfio-mmap/evidence.ts';
import type { AddressSpace, Vma } from './address-space.ts';
import { LOCAL_BUF_SIZE, PAGE_SIZE, ZPCI_MAX_READ_SIZE, ZPCI_MAX_WRITE_SIZE } from './layout.ts';
import { pageOf, permits } from './mm.ts';
import { waitForZaps } from './vfio-mmap.ts';
import type { VfioWorld } from './world.ts';

export function* s390_pci_mmio_write(t: Thread, w: VfioWorld, request: MmioRequest): CodePath<number> {
  const { kernel, settings } = w;
  const call = begin(t, w, request);
  if (!settings.zpciEnabled) return -ENODEV;
  if (!kernel.mmio_length_is_valid(request)) return -EINVAL;
  const space = w.mmOf(t);
  if (settings.haveMio) return yield* kernel.__memcpy_toio_inuser(t, w, space, call);
  if (request.length > LOCAL_BUF_SIZE && settings.allocationsFail) return -ENOMEM;
  if (request.buffer === 'bad') return -EFAULT;
  yield space.mmapLock.acquireShared;
  const ret = yield* write_locked(t, w, space, call);
  yield space.mmapLock.releaseShared;
  return ret;
}

/** What the write does between mmap_read_lock and mmap_read_unlock. */
function* write_locked(t: Thread, w: VfioWorld, space: AddressSpace, call: MmioCall): CodePath<number> {
  const page = pageOf(call.request.offset);
  const vma = yield* vma_lookup(w, space, page, call);
  // VM_IO or VM_PFNMAP: every VMA has them here.
  if (vma === null) return -EINVAL;
  if (!vma.prot.write) return -EACCES;
  const ret = yield* w.kernel.mmio_lookup_pfn(t, w, space, vma, page, call);
  if (ret < 0) return ret;
  const done =
    vma.mapping.bar === null
      ? w.kernel.mmioWriteBelowIomap
      : yield* w.kernel.zpci_memcpy_toio(t, w, space, vma, call);
  yield space.ptl.release;
  return done;
}

export function* s390_pci_mmio_read(t: Thread, w: VfioWorld, request: MmioRequest): CodePath<number> {
  const { kernel, settings } = w;
  const call = begin(t, w, request);
  if (!settings.zpciEnabled) return -ENODEV;
  if (!kernel.mmio_length_is_valid(request)) return -EINVAL;
  const space = w.mmOf(t);
  if (settings.haveMio) return yield* kernel.__memcpy_fromio_inuser(t, w, space, call);
  if (request.length > LOCAL_BUF_SIZE && settings.allocationsFail) return -ENOMEM;
  yield space.mmapLock.acquireShared;
  const ret = yield* read_locked(t, w, space, call);
  yield space.mmapLock.releaseShared;
  return ret === 0 && request.buffer === 'bad' ? -EFAULT : ret;
}

/** What the read does between mmap_read_lock and mmap_read_unlock. */
function* read_locked(t: Thread, w: VfioWorld, space: AddressSpace, call: MmioCall): CodePath<number> {
  const page = pageOf(call.request.offset);
  const vma = yield* vma_lookup(w, space, page, call);
  if (vma === null) return -EINVAL;
  if (!vma.prot[w.kernel.mmioReadNeeds]) return -EACCES;
  const ret = yield* w.kernel.mmio_lookup_pfn(t, w, space, vma, page, call);
  if (ret < 0) return ret;
  const done =
    vma.mapping.bar === null ? -EFAULT : yield* w.kernel.zpci_memcpy_fromio(t, w, space, vma, call);
  yield space.ptl.release;
  return done;
}

function begin(t: Thread, w: VfioWorld, request: MmioRequest): MmioCall {
  const call: MmioCall = {
    call: t.call!,
    request,
    mapping: null,
    prot: null,
    fixups: 0,
    follows: 0,
    lockDropped: false,
    staleVma: false,
    bytes: 0,
  };
  w.mmioCalls.push(call);
  return call;
}

export const mmio_length_is_valid = ({ offset, length }: MmioRequest): boolean =>
  length > 0 && PAGE_SIZE - (offset % PAGE_SIZE) >= length;

/** The tree may be looked at with the mmap lock held; find_vma(), its sibling, asserts it. */
function* vma_lookup(
  { machine }: VfioWorld,
  space: AddressSpace,
  page: number,
  call: MmioCall,
): CodePath<Vma | null> {
  yield space.vmas.read;
  machine.assertHeld(space.mmapLock);
  const vma = space.lookup(call.request.map, page);
  if (vma !== null) {
    call.mapping = vma.mapping;
    call.prot = vma.prot;
  }
  return vma;
}

/** A page that nobody touched yet is an error, and stays one. */
export const mmio_lookup_pfn = (
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  vma: Vma,
  page: number,
  call: MmioCall,
): CodePath<number> => w.kernel.follow_pte(t, w, space, vma, page, call);

/** The entry under the PTE lock, which stays held where there is one. */
export function* follow_pte(
  _t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  vma: Vma,
  page: number,
  call: MmioCall,
): CodePath<number> {
  call.follows++;
  yield space.ptl.acquire;
  yield space.pageTables.read;
  // follow_pte() and follow_pfnmap_start() assert it.
  w.machine.assertHeld(space.mmapLock);
  w.machine.assertHeld(space.ptl);
  if (!vma.mapped) call.staleVma = true;
  if (space.pageTables.find(vma.mapping, page) !== null) return 0;
  yield space.ptl.release;
  return -EINVAL;
}

/** With the PTE lock held, so that a zap of the page comes before all of it or after. */
export function* zpci_memcpy_toio(
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  vma: Vma,
  call: MmioCall,
): CodePath<number> {
  return yield* copy(t, w, space, vma, call, true);
}

export function* zpci_memcpy_fromio(
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  vma: Vma,
  call: MmioCall,
): CodePath<number> {
  return yield* copy(t, w, space, vma, call, false);
}

function* copy(
  t: Thread,
  w: VfioWorld,
  { pageTables, mmapLock, ptl }: AddressSpace,
  { mapping }: Vma,
  call: MmioCall,
  iswrite: boolean,
): CodePath<number> {
  const { offset, length } = call.request;
  for (let done = 0; done < length; ) {
    const at = offset + done;
    const size = zpci_get_max_io_size(at, done, length - done, iswrite);
    yield w.function.access;
    // What follow_pte() found is good for as long as its lock is held: a zap needs it.
    w.machine.assertHeld(ptl);
    w.machine.assertHeld(mmapLock);
    w.issue({
      thread: t,
      call: call.call,
      via: 'syscall',
      insn: insnOf(size, iswrite, false),
      iswrite,
      bar: mapping.bar!,
      offset: mapping.offset + at,
      len: size,
      mapping,
      done: true,
      present: pageTables.find(mapping, pageOf(at)) !== null,
    });
    done += size;
    call.bytes += size;
  }
  return 0;
}

function insnOf(size: number, iswrite: boolean, mio: boolean): DeviceAccess['insn'] {
  if (!iswrite) return mio ? 'pcilgi' : 'pcilg';
  if (size > 8) return mio ? 'pcistbi' : 'pcistb';
  return mio ? 'pcistgi' : 'pcistg';
}

/**
 * How much one instruction takes. The buffer is taken to begin at a page: it is the buffer, and not the device, that no
 * instruction may leave a page of. Source: asm/pci_io.h.
 */
function zpci_get_max_io_size(at: number, inBuffer: number, left: number, iswrite: boolean): number {
  const size = Math.min(
    left,
    PAGE_SIZE - (inBuffer % PAGE_SIZE),
    iswrite ? ZPCI_MAX_WRITE_SIZE : ZPCI_MAX_READ_SIZE,
  );
  if (at % 8 === 0 && inBuffer % 8 === 0 && size % 8 === 0) return size;
  return size >= 8 ? 8 : 2 ** Math.floor(Math.log2(size));
}

/**
 * The same with MIO instructions in user-space mode: the hardware translates the address by the process's page
 * tables, and a page fault is handled like one of user space. One that cannot be resolved ends with -ENXIO.
 */
export function* __memcpy_toio_inuser(
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  call: MmioCall,
): CodePath<number> {
  // Bytes to be stored are fetched first, and a fault on them ends like one on the instruction.
  if (call.request.buffer === 'bad') return -ENXIO;
  return yield* copyInUser(t, w, space, call, true);
}

export function* __memcpy_fromio_inuser(
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  call: MmioCall,
): CodePath<number> {
  return yield* copyInUser(t, w, space, call, false);
}

function* copyInUser(
  t: Thread,
  w: VfioWorld,
  space: AddressSpace,
  call: MmioCall,
  iswrite: boolean,
): CodePath<number> {
  const { map, offset, length, buffer } = call.request;
  let faults = 0;
  for (let done = 0; done < length; ) {
    const at = offset + done;
    const size = zpci_get_max_io_size(at, done, length - done, iswrite);
    yield w.function.access;
    const mapping = space.names.get(map);
    const prot = mapping === undefined ? null : space.pageTables.find(mapping, pageOf(at));
    if (mapping === undefined || prot === null || !permits(prot, iswrite)) {
      w.miss();
      if (faults++ > 0) yield* waitForZaps(w);
      const fault = yield* w.kernel.do_exception(t, w, space, map, pageOf(at), iswrite);
      if (fault !== 'nopage') return -ENXIO;
      continue;
    }
    call.mapping = mapping;
    call.prot = prot;
    // Ordinary memory, and functions that do not take MIO, are a program exception.
    if (mapping.bar === null) {
      w.miss();
      return -ENXIO;
    }
    w.issue({
      thread: t,
      call: call.call,
      via: 'syscall',
      insn: insnOf(size, iswrite, true),
      iswrite,
      bar: mapping.bar,
      offset: mapping.offset + at,
      len: size,
      mapping,
      done: !w.settings.ism,
      present: true,
    });
    if (w.settings.ism) return -ENXIO;
    call.bytes += size;
    if (buffer === 'bad') return -EFAULT;
    done += size;
  }
  return 0;
}
