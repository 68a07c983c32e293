/** Memory management of the VMM, one page at a time. Source: mm/mmap.c, mm/mprotect.c of v6.8. */
import { ENOMEM } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Backing, Mapping } from '../../properties/s2-memattr/evidence.ts';
import { BACKINGS } from './layout.ts';
import { type HostPte, type MemAttrWorld, mapsAtOnce } from './world.ts';

/** mmap(2) with MAP_FIXED: what is there goes first, under the same mmap lock. */
export function* ksys_mmap_pgoff(
  t: Thread,
  w: MemAttrWorld,
  hva: number,
  backing: Backing,
  writable: boolean,
): CodePath<number> {
  const { mmapLock, vmas, ptes } = w.mm;
  const { iMmapRwsem, iMmap } = w.vdev;
  yield mmapLock.acquire;
  yield* unmapPage(t, w, hva);
  const mapping = w.newMapping(hva, backing, w.machine.steps);
  if (mapsAtOnce(backing)) {
    yield ptes[hva]!.write;
    ptes[hva]!.value = { mapping, writable };
  }
  yield vmas[hva]!.write;
  vmas[hva]!.value = { mapping, writable };
  assertWriteLocked(w);
  if (BACKINGS[backing].vfioPciCore) {
    yield iMmapRwsem.acquire;
    w.machine.assertHeld(iMmapRwsem, true);
    iMmap.push(mapping);
    yield iMmapRwsem.release;
  }
  w.noteVma(t, hva, { mapping, writable });
  yield mmapLock.release;
  return 0;
}

export function* do_munmap(t: Thread, w: MemAttrWorld, hva: number): CodePath<number> {
  yield w.mm.mmapLock.acquire;
  const had = yield* unmapPage(t, w, hva);
  if (had) w.noteVma(t, hva, null);
  yield w.mm.mmapLock.release;
  return 0;
}

/** mmap_assert_write_locked(), of vma_start_write() and vma_assert_write_locked() wherever a VMA is changed. */
const assertWriteLocked = ({ machine, mm }: MemAttrWorld): void => machine.assertHeld(mm.mmapLock, true);

/** Whether there was anything. */
function* unmapPage(t: Thread, w: MemAttrWorld, hva: number): CodePath<boolean> {
  const vma = w.mm.vmas[hva]!;
  const { iMmapRwsem, iMmap } = w.vdev;
  yield vma.read;
  assertWriteLocked(w);
  if (vma.value === null) return false;
  const { mapping } = vma.value;
  yield vma.write;
  vma.value = null;
  assertWriteLocked(w);
  yield* changePte(t, w, hva, null, mapping);
  if (BACKINGS[mapping.backing].vfioPciCore) {
    yield iMmapRwsem.acquire;
    // fs.h of struct address_space: i_mmap_rwsem protects i_mmap.
    w.machine.assertHeld(iMmapRwsem, true);
    iMmap.splice(iMmap.indexOf(mapping), 1);
    yield iMmapRwsem.release;
  }
  return true;
}

/** Between the two calls of the notifier. Permissions change only where there is an entry. */
export function* changePte(
  t: Thread,
  w: MemAttrWorld,
  hva: number,
  value: HostPte | null,
  gone: Mapping | null,
): CodePath<void> {
  const pte = w.mm.ptes[hva]!;
  yield* w.kernel.kvm_mmu_notifier_invalidate_range_start(t, w, hva, gone);
  yield pte.write;
  pte.value = pte.value === null ? null : value;
  yield* w.kernel.kvm_mmu_notifier_invalidate_range_end(t, w);
}

export function* do_mprotect(t: Thread, w: MemAttrWorld, hva: number, writable: boolean): CodePath<number> {
  const { mmapLock, vmas } = w.mm;
  const vma = vmas[hva]!;
  yield mmapLock.acquire;
  yield vma.read;
  assertWriteLocked(w);
  let ret = 0;
  if (vma.value === null) ret = -ENOMEM;
  else if (vma.value.writable !== writable) {
    const { mapping } = vma.value;
    yield vma.write;
    vma.value = { mapping, writable };
    assertWriteLocked(w);
    yield* changePte(t, w, hva, { mapping, writable }, null);
    w.noteVma(t, hva, { mapping, writable });
  }
  yield mmapLock.release;
  return ret;
}
