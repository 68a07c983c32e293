/** The interrupt thread's way through the event log, the workers, and what they make of an entry. */
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Descriptor, FaultItem, Fixup } from '../../properties/remote-vm/evidence.ts';
import type { Event, Work } from './event-log.ts';
import type { RemoteVmKernel } from './kernel.ts';
import { CR_SIZE, DSA_COMP_BATCH_FAIL, DSA_COMP_SUCCESS } from './layout.ts';
import type { RemoteVmWorld, WorkQueue } from './world.ts';

/** All that is in the log, under its lock; slots are free again afterwards. */
export function* process_evl_entries(t: Thread, w: RemoteVmWorld): CodePath<void> {
  yield w.evl.lock.acquire;
  yield* handleEntries(t, w);
  yield w.evl.lock.release;
}

/** The same with the lock held. */
export function* handleEntries(t: Thread, w: RemoteVmWorld): CodePath<void> {
  const { evl, kernel } = w;
  yield evl.update;
  w.machine.assertHeld(evl.lock);
  evl.pending = false;
  const tail = evl.entries.length;
  const cpu = w.settings.irqMoves && !kernel.orderedWorkqueue ? evl.runs % 2 : 0;
  evl.runs++;
  for (let at = 0; at < tail; at++) yield* kernel.process_evl_entry!(t, w, evl.entries[at]!, cpu);
  yield evl.update;
  w.machine.assertHeld(evl.lock);
  evl.entries.splice(0, tail);
}

/** p4: a message. */
export function* reportEntry(t: Thread, w: RemoteVmWorld, _event: Event): CodePath<void> {
  w.log(t, 'warn', true, 'no fixup');
}

/** p9: a work for each entry that nobody has marked. */
export function* process_evl_entry(t: Thread, w: RemoteVmWorld, event: Event, cpu: number): CodePath<void> {
  const { descriptor, status } = event;
  if (event.skip) {
    descriptor.drained = true;
    return;
  }
  if (status === 'BATCH_EVL_ERR' && !w.kernel.batches) {
    w.log(t, 'warn', true, 'no fixup');
    return;
  }
  if (status === 'DRAIN_EVL' && !descriptor.rcr) return;
  if (w.settings.fault === 'kmem') {
    w.log(t, 'warn', false, 'no memory');
    return;
  }
  const item: FaultItem = {
    step: w.machine.steps,
    descriptor,
    handled: false,
    freed: false,
    dropped: false,
  };
  w.items.push(item);
  yield* queue_work(t, w, w.wqs[descriptor.wq], { item, event }, cpu);
}

function* queue_work(t: Thread, w: RemoteVmWorld, wq: WorkQueue, work: Work, cpu: number): CodePath<void> {
  const { works } = wq;
  yield works.update;
  if (!works.exists || works.drainers > 0) {
    // __WQ_DRAINING: a warning, and the work is not queued.
    work.item.dropped = true;
    if (w.kernel.freesRefused) work.item.freed = true;
    if (!works.exists && !w.kernel.checksWorkqueue) w.crash(t, 'null-workqueue');
    return;
  }
  const queue = works.cpus[cpu]!;
  queue.push(work);
  if (queue.length > 1) return;
  works.workers.push(w.machine.spawn('worker', null, (worker) => worker_thread(worker, w, wq, queue)));
}

/** Runs works until there are none; the one that runs is the first of the queue. */
function* worker_thread(t: Thread, w: RemoteVmWorld, wq: WorkQueue, queue: Work[]): CodePath<number> {
  let work = queue[0];
  while (work !== undefined) {
    yield* w.kernel.idxd_evl_fault_work!(t, w, wq, work);
    yield wq.works.update;
    queue.shift();
    work = queue[0];
  }
  return 0;
}

/** How a version gets the bytes to the user. */
export type Copy = (
  t: Thread,
  w: RemoteVmWorld,
  wq: WorkQueue,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
) => CodePath<number>;

type FaultWork = NonNullable<RemoteVmKernel['idxd_evl_fault_work']>;

/** The work before the batch patch, and with it: `ratelimited` says whether a short copy is a dev_dbg_ratelimited. */
export const faultWork = (copy: Copy, quiet: boolean): FaultWork =>
  function* idxd_evl_fault_work(t, w, wq, { item, event }) {
    const { descriptor } = event;
    const size = yield* sizeToCopy(w, event);
    if (size === 0) {
      item.handled = true;
      if (w.kernel.freesUncopied) item.freed = true;
      return;
    }
    const fixup: Fixup = {
      step: w.machine.steps,
      thread: t,
      descriptor,
      size,
      mm: null,
      usersTaken: 0,
      usersDropped: 0,
      touchesWithoutUsers: 0,
      usedFreedMm: false,
      ranExitMmap: false,
      statusWritten: false,
      miss: null,
      copied: null,
    };
    w.fixups.push(fixup);
    const status = yield* statusToCopy(w, event);
    fixup.copied = yield* copy(t, w, wq, descriptor, status, fixup);
    if (fixup.copied !== size) {
      w.log(t, quiet ? 'dbg' : 'err', quiet, 'short copy');
      if (w.kernel.batches && event.status === 'CRA_XLAT' && event.batch >= 0) {
        const failed = w.batchFail[event.batch]!;
        yield failed.write;
        failed.value = true;
      }
    }
    item.handled = true;
    item.freed = true;
  };

/** A batch is copied where its record was asked for or a member of it failed. */
function* sizeToCopy(w: RemoteVmWorld, { descriptor, status, batch, first }: Event): CodePath<number> {
  if (!w.kernel.batches) return CR_SIZE;
  switch (status) {
    case 'CRA_XLAT':
      if (batch >= 0 && first) {
        const failed = w.batchFail[batch]!;
        yield failed.write;
        failed.value = false;
      }
      return CR_SIZE;
    case 'BATCH_EVL_ERR': {
      if (descriptor.rcr) return CR_SIZE;
      const failed = w.batchFail[batch]!;
      yield failed.read;
      return failed.value ? CR_SIZE : 0;
    }
    case 'DRAIN_EVL':
      return CR_SIZE;
    default:
      return status satisfies never;
  }
}

/** The record of a batch says success until one of its members is known to have failed. */
function* statusToCopy(w: RemoteVmWorld, { status, batch }: Event): CodePath<number> {
  if (status !== 'BATCH_EVL_ERR') return DSA_COMP_SUCCESS;
  const failed = w.batchFail[batch]!;
  yield failed.update;
  if (!failed.value) return DSA_COMP_SUCCESS;
  failed.value = false;
  return DSA_COMP_BATCH_FAIL;
}
