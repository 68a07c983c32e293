/** Reference counts of address spaces, page faults, and what user space does to its own memory. */
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Address, Descriptor } from '../../properties/remote-vm/evidence.ts';
import type { Mm } from './address-space.ts';
import type { RemoteVmWorld } from './world.ts';

/** Returns whether it was the last user, so that exit_mmap ran. */
export function* mmput(t: Thread, w: RemoteVmWorld, mm: Mm): CodePath<boolean> {
  yield mm.users.update;
  mm.users.value--;
  if (mm.users.value > 0) return false;
  yield* w.kernel.exit_mmap(t, w, mm);
  yield* w.kernel.mmdrop(t, w, mm);
  return true;
}

/** The last one frees the PASID (since v5.18) and the struct. */
export function* mmdrop(_t: Thread, w: RemoteVmWorld, mm: Mm): CodePath<void> {
  yield mm.count.update;
  mm.count.value--;
  if (mm.count.value > 0) return;
  mm.freed++;
  yield w.pasids.update;
  w.pasids.free(mm);
}

/** Pages go under the lock for reading, then the VMAs under the lock for writing: in between, faults still work. */
export function* exit_mmap(_t: Thread, w: RemoteVmWorld, mm: Mm): CodePath<void> {
  const slots = Object.values(mm.memory.slots);
  yield mm.mmapLock.acquireShared;
  yield mm.memory.update;
  // mm_mt has mmap_lock for its external lock (mm_init), which its readers outside of RCU are checked for.
  w.machine.assertHeld(mm.mmapLock);
  if (mm.count.value <= 0) mm.tornDownFreed = true;
  for (const slot of slots) if (slot.page === 'present') slot.page = 'absent';
  yield mm.mmapLock.releaseShared;
  yield mm.mmapLock.acquire;
  yield mm.memory.update;
  // The same of its writers: __mt_destroy.
  w.machine.assertHeld(mm.mmapLock, true);
  if (mm.count.value <= 0) mm.tornDownFreed = true;
  mm.tornDown++;
  for (const slot of slots) slot.page = 'hole';
  yield mm.mmapLock.release;
}

/**
 * A page fault of a kernel thread, with or without FAULT_FLAG_ALLOW_RETRY; the mmap lock is held for reading.
 * `retry`: user space has provided the page meanwhile, and the lock was dropped.
 */
export function* handle_mm_fault(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  descriptor: Descriptor,
  address: Address,
  allowRetry: boolean,
  held: { readonly engine: boolean; readonly ucLock: boolean },
): CodePath<'present' | 'failed' | 'retry'> {
  if (mm.provided.includes(address)) {
    yield mm.provider.read;
    if (!mm.provider.answered) {
      // handle_userfault cannot wait then: VM_FAULT_SIGBUS.
      if (address === 'uffd' && !allowRetry) return 'failed';
      yield mm.memory.read;
      // mmap_assert_locked in handle_userfault.
      w.machine.assertHeld(mm.mmapLock);
      if (mm.memory.slots[address].page === 'absent') {
        if (allowRetry) yield mm.mmapLock.releaseShared;
        yield* waitForPage(t, w, mm, descriptor, held);
        if (allowRetry) return 'retry';
      }
    }
  }
  yield mm.memory.update;
  // mmap_assert_locked in find_vma.
  w.machine.assertHeld(mm.mmapLock);
  const slot = mm.memory.slots[address];
  if (slot.page === 'absent') {
    slot.page = 'present';
    w.faultIns.push({ step: w.machine.steps, thread: t, mm, address, engineHeld: held.engine });
    return 'present';
  }
  return slot.page === 'present' || (slot.page === 'readonly' && w.kernel.forcesWrite) ? 'present' : 'failed';
}

function* waitForPage(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  descriptor: Descriptor,
  { engine, ucLock }: { readonly engine: boolean; readonly ucLock: boolean },
): CodePath<void> {
  const wait = {
    step: w.machine.steps,
    thread: t,
    descriptor,
    mm,
    engineHeld: engine,
    ucLockHeld: ucLock,
    over: false,
  };
  w.pageWaits.push(wait);
  yield mm.provider.wait;
  wait.over = true;
}

/** Succeeds where nothing is mapped, too. */
export function* munmap(_t: Thread, w: RemoteVmWorld, mm: Mm, address: Address): CodePath<number> {
  yield mm.mmapLock.acquire;
  yield mm.memory.update;
  // mmap_assert_write_locked wherever a VMA goes; mm_mt has mmap_lock for its external lock (mm_init).
  w.machine.assertHeld(mm.mmapLock, true);
  const slot = mm.memory.slots[address];
  slot.page = 'hole';
  yield mm.mmapLock.release;
  return 0;
}

/** What a user thread gets for an access that it may not do. */
export function segv(t: Thread): null {
  t.call!.signal = 'SIGSEGV';
  return null;
}

/** As a user should: the status byte, a load barrier, and the rest where there is a status. */
export function* poll(t: Thread, w: RemoteVmWorld, mm: Mm, cr: Address): CodePath<number | null> {
  const slot = mm.memory.slots[cr];
  yield mm.memory.read;
  if (slot.page === 'hole') return segv(t);
  const { status, statusOf } = slot;
  let bodyOf = 0;
  if (status !== 0) {
    yield mm.memory.read;
    // Unmapped by another thread meanwhile.
    if (mm.memory.slots[cr].page === 'hole') return segv(t);
    bodyOf = slot.bodyOf;
  }
  w.polls.push({ step: w.machine.steps, call: t.call!, mm, cr, status, statusOf, bodyOf });
  return status;
}
