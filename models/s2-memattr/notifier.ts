/** KVM's MMU notifier. Source: virt/kvm/kvm_main.c of v6.8. */
import { isHeldBy } from '../../harness/machine/locks.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Mapping } from '../../properties/s2-memattr/evidence.ts';
import { isCleaned } from './pgtable.ts';
import type { MemAttrWorld } from './world.ts';

/**
 * mmu_notifier.h: both calls of an invalidation come with the mmap lock held, or the locks that protect the reverse maps.
 */
function assertRangeIsStable({ machine, mm, vdev }: MemAttrWorld): void {
  const { running } = machine;
  const { iMmapRwsem } = vdev;
  machine.assertHeld(running !== null && isHeldBy(iMmapRwsem, running, false) ? iMmapRwsem : mm.mmapLock);
}

/** Before the VMM's page table entry goes. */
export function* kvm_mmu_notifier_invalidate_range_start(
  t: Thread,
  w: MemAttrWorld,
  hva: number,
  gone: Mapping | null,
): CodePath<void> {
  assertRangeIsStable(w);
  yield* invalidateBegin(t, w, hva, gone);
}

/**
 * kvm_mmu_invalidate_begin() and kvm_unmap_gfn_range(), which both assert that mmu_lock is held for writing (the second
 * in __unmap_stage2_range()): the guest loses its entry, and faults that are under way will be sent back.
 */
export function* invalidateBegin(
  t: Thread,
  w: MemAttrWorld,
  hva: number,
  gone: Mapping | null,
): CodePath<void> {
  const { machine } = w;
  const { mmuLock, mmuInvalidateInProgress } = w.kvm;
  const entry = w.entries[hva]!;
  yield mmuLock.acquire;
  yield mmuInvalidateInProgress.update;
  mmuInvalidateInProgress.count++;
  machine.assertHeld(mmuLock, true);
  yield entry.update;
  machine.assertHeld(mmuLock, true);
  if (entry.leaf !== null) {
    w.setLeaf(t, entry, 'unmap', null, null, { tlbi: true, cleaned: isCleaned(w, entry.leaf) });
  }
  if (gone !== null) gone.gone = true;
  yield mmuLock.release;
}

export function* kvm_mmu_notifier_invalidate_range_end(t: Thread, w: MemAttrWorld): CodePath<void> {
  assertRangeIsStable(w);
  yield* invalidateEnd(t, w);
}

/** kvm_mmu_invalidate_end(), which asserts that mmu_lock is held for writing. */
export function* invalidateEnd(t: Thread, w: MemAttrWorld): CodePath<void> {
  const { machine } = w;
  const { mmuLock, mmuInvalidateInProgress, mmuInvalidateSeq } = w.kvm;
  yield mmuLock.acquire;
  yield mmuInvalidateSeq.write;
  mmuInvalidateSeq.value++;
  machine.assertHeld(mmuLock, true);
  yield mmuInvalidateInProgress.update;
  mmuInvalidateInProgress.count--;
  machine.assertHeld(mmuLock, true);
  w.bugOn(t, mmuInvalidateInProgress.count < 0, 'mmu_invalidate_in_progress < 0');
  yield mmuLock.release;
}
