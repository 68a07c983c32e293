/** KVM's MMU notifier. Source: virt/kvm/kvm_main.c of v6.8. */
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Mapping } from '../../properties/s2-memattr/evidence.ts';
import { isCleaned } from './pgtable.ts';
import type { MemAttrWorld } from './world.ts';

/** Before the VMM's page table entry goes: the guest loses its own, and faults that are under way will be sent back. */
export function* kvm_mmu_notifier_invalidate_range_start(
  t: Thread,
  w: MemAttrWorld,
  hva: number,
  gone: Mapping | null,
): CodePath<void> {
  const { mmuLock, mmuInvalidateInProgress } = w.kvm;
  const entry = w.entries[hva]!;
  yield mmuLock.acquire;
  yield mmuInvalidateInProgress.update;
  mmuInvalidateInProgress.count++;
  yield entry.update;
  if (entry.leaf !== null) {
    w.setLeaf(t, entry, 'unmap', null, null, { tlbi: true, cleaned: isCleaned(w, entry.leaf) });
  }
  if (gone !== null) gone.gone = true;
  yield mmuLock.release;
}

export function* kvm_mmu_notifier_invalidate_range_end(_t: Thread, w: MemAttrWorld): CodePath<void> {
  const { mmuLock, mmuInvalidateInProgress, mmuInvalidateSeq } = w.kvm;
  yield mmuLock.acquire;
  yield mmuInvalidateSeq.write;
  mmuInvalidateSeq.value++;
  yield mmuInvalidateInProgress.update;
  mmuInvalidateInProgress.count--;
  yield mmuLock.release;
}
