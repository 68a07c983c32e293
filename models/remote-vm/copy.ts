/** How a kernel thread stores a completion record to user memory: through pinned pages, and by copy_to_user. */
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Descriptor, Fixup } from '../../properties/remote-vm/evidence.ts';
import type { Mm } from './address-space.ts';
import { CR_ON_FIRST_PAGE, CR_SIZE } from './layout.ts';
import { handle_mm_fault } from './mm.ts';
import type { RemoteVmWorld } from './world.ts';

const STATUS_SIZE = 1;

/** mmget_not_zero. Returns whether there was a user. */
export function* mmget_not_zero(t: Thread, w: RemoteVmWorld, mm: Mm, fixup: Fixup): CodePath<boolean> {
  yield mm.users.update;
  if (mm.count.value === 0) {
    fixup.usedFreedMm = true;
    w.crash(t, 'freed-mm');
    return false;
  }
  if (mm.users.value === 0) return false;
  mm.users.value++;
  fixup.usersTaken++;
  return true;
}

/** Page by page with FOLL_WRITE, bytes in ascending order: the status first. */
export function* copyByGup(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
  ucLock: boolean,
): CodePath<number> {
  yield mm.mmapLock.acquireShared;
  const fault = yield* handle_mm_fault(t, w, mm, descriptor, descriptor.cr, false, { engine: false, ucLock });
  let copied = 0;
  if (fault === 'present') {
    const partial = descriptor.cr === 'cross';
    yield mm.memory.update;
    w.store(t, mm, descriptor, 'status', status, false, fixup);
    yield mm.memory.update;
    w.store(t, mm, descriptor, 'body', 0, partial, fixup);
    // The second page is not mapped.
    copied = partial ? CR_ON_FIRST_PAGE : CR_SIZE;
  }
  yield mm.mmapLock.releaseShared;
  return copied;
}

/** A store that may fault, for copy_to_user and put_user. Returns whether it was done. */
function* storeToUser(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  descriptor: Descriptor,
  part: 'status' | 'body',
  status: number,
  fixup: Fixup,
): CodePath<boolean> {
  const { cr } = descriptor;
  const partial = part === 'body' && cr === 'cross';
  for (;;) {
    yield mm.memory.update;
    const { page } = mm.memory.slots[cr];
    if (page === 'present' || (page === 'readonly' && w.kernel.forcesWrite)) {
      w.store(t, mm, descriptor, part, status, partial, fixup);
      return !partial;
    }
    yield mm.mmapLock.acquireShared;
    const fault = yield* handle_mm_fault(t, w, mm, descriptor, cr, true, { engine: false, ucLock: true });
    if (fault === 'retry') continue;
    if (fault === 'present') w.noteTouch(mm, fixup);
    yield mm.mmapLock.releaseShared;
    if (fault === 'failed') return false;
  }
}

/** Body, barrier, status (v4 on), in the mm of the context. Returns what is left. */
export function* copyToUser(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
): CodePath<number> {
  if (w.settings.weaklyOrdered && w.kernel.barrier === 'none' && descriptor.cr !== 'cross') {
    // Nothing keeps the stores to the body from being seen later: here they always are. Yet put_user comes only where
    // copy_to_user has left nothing, so that they are certain by then.
    if (!(yield* storeToUser(t, w, mm, descriptor, 'status', status, fixup))) return CR_SIZE;
    yield mm.memory.update;
    w.store(t, mm, descriptor, 'body', 0, false, fixup);
    return 0;
  }
  const body = yield* storeToUser(t, w, mm, descriptor, 'body', 0, fixup);
  if (!body) {
    const first = mm.memory.slots[descriptor.cr].bodyOf === -descriptor.id;
    return STATUS_SIZE + (first ? CR_SIZE - CR_ON_FIRST_PAGE : CR_SIZE - STATUS_SIZE);
  }
  return (yield* storeToUser(t, w, mm, descriptor, 'status', status, fixup)) ? 0 : STATUS_SIZE;
}
