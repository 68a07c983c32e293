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
  yield mmapLock.acquire;
  yield* unmapPage(t, w, hva);
  const mapping = w.newMapping(hva, backing, w.machine.steps);
  if (mapsAtOnce(backing)) {
    yield ptes[hva]!.write;
    ptes[hva]!.value = { mapping, writable };
  }
  yield vmas[hva]!.write;
  vmas[hva]!.value = { mapping, writable };
  if (BACKINGS[backing].vfioPciCore) {
    yield w.vdev.iMmapRwsem.acquire;
    w.vdev.iMmap.push(mapping);
    yield w.vdev.iMmapRwsem.release;
  }
  yield mmapLock.release;
  return 0;
}

export function* do_munmap(t: Thread, w: MemAttrWorld, hva: number): CodePath<number> {
  yield w.mm.mmapLock.acquire;
  yield* unmapPage(t, w, hva);
  yield w.mm.mmapLock.release;
  return 0;
}

function* unmapPage(t: Thread, w: MemAttrWorld, hva: number): CodePath<void> {
  const vma = w.mm.vmas[hva]!;
  yield vma.read;
  if (vma.value === null) return;
  const { mapping } = vma.value;
  yield vma.write;
  vma.value = null;
  yield* changePte(t, w, hva, null, mapping);
  if (BACKINGS[mapping.backing].vfioPciCore) {
    yield w.vdev.iMmapRwsem.acquire;
    w.vdev.iMmap.splice(w.vdev.iMmap.indexOf(mapping), 1);
    yield w.vdev.iMmapRwsem.release;
  }
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
  let ret = 0;
  if (vma.value === null) ret = -ENOMEM;
  else if (vma.value.writable !== writable) {
    const { mapping } = vma.value;
    yield vma.write;
    vma.value = { mapping, writable };
    yield* changePte(t, w, hva, { mapping, writable }, null);
  }
  yield mmapLock.release;
  return ret;
}
