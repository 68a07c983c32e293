/** The device: descriptors through a portal, one engine, completion records, page requests, the event log. */
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Address, Descriptor, OpenFile, SubmitRequest } from '../../properties/remote-vm/evidence.ts';
import type { Mm } from './address-space.ts';
import type { EventStatus } from './event-log.ts';
import { BATCHES, DSA_COMP_SUCCESS } from './layout.ts';
import { handle_mm_fault, segv } from './mm.ts';
import type { RemoteVmWorld } from './world.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * ENQCMD with the PASID of the caller's address space, or MOVDIR64B, for which the wq's own PASID counts. Without page
 * requests the device is through with the descriptor before the caller goes on: nothing can tell the difference.
 */
export function* submit(
  t: Thread,
  w: RemoteVmWorld,
  caller: Mm,
  request: SubmitRequest,
): CodePath<number | null> {
  yield caller.fds.read;
  const file = caller.fds.files.get(request.fd);
  if (file === undefined) return segv(t);
  if (file.contextFreed) {
    // idxd_cdev_mmap reads it before anything else.
    w.crash(t, 'freed-context');
    return segv(t);
  }
  // mmap: -EPERM.
  if (w.kernel.portalsOfOpenerOnly && file.mm !== caller) return segv(t);
  const wq = w.wqs[file.wq];
  const mm = wq.dedicated ? w.mmOf(file.mm) : caller;
  yield mm.inFlight.update;
  // The descriptor may have been closed, or nothing has given this address space a PASID.
  if (caller.fds.files.get(request.fd) !== file || mm.sva.pasid < 0) return segv(t);
  const descriptor = describe(t, w, file, mm, request);
  if (!wq.enabled.value) {
    finish(descriptor, 'dropped');
    if (descriptor.member !== null) finish(descriptor.member, 'dropped');
    return 0;
  }
  mm.inFlight.add(file.wq, 1);
  descriptor.inDevice = true;
  if (w.pageRequests) w.machine.spawn('engine', null, (engine) => execute(engine, w, descriptor));
  else yield* execute(t, w, descriptor);
  return 0;
}

function describe(
  t: Thread,
  w: RemoteVmWorld,
  file: OpenFile,
  mm: Mm,
  { what, cr, member, rcr }: SubmitRequest,
): Descriptor {
  const make = (kind: Descriptor['what'], of: Descriptor | null, address: Address, asked: boolean) => {
    const descriptor: Descriptor = {
      id: w.descriptors.length + 1,
      step: w.machine.steps,
      call: t.call!,
      what: kind,
      member: of,
      file,
      wq: file.wq,
      pasid: mm.sva.pasid,
      mm,
      cr: address,
      rcr: asked,
      state: 'queued',
      inDevice: false,
      overran: false,
      ended: null,
      fixable: false,
      drained: false,
    };
    w.descriptors.push(descriptor);
    return descriptor;
  };
  switch (what) {
    case 'plain':
      return make('plain', null, cr, true);
    case 'drain':
      return make('drain', null, cr, rcr);
    case 'batch':
      return make('batch', make('member', null, member, true), cr, rcr);
    default:
      return what satisfies never;
  }
}

function finish(descriptor: Mutable<Descriptor>, ended: Descriptor['ended']): void {
  descriptor.state = 'done';
  descriptor.ended = ended;
}

/** One descriptor, from the engine's coming to it until it is done with it. */
function* execute(t: Thread, w: RemoteVmWorld, descriptor: Descriptor): CodePath<number> {
  const mm = w.mmOf(descriptor.mm);
  yield w.engine.acquire;
  const { member } = descriptor;
  descriptor.state = 'executing';
  if (member === null) {
    yield* complete(t, w, mm, descriptor, descriptor.what === 'drain' ? 'DRAIN_EVL' : 'CRA_XLAT', -1);
  } else {
    const batch = w.batches++ % BATCHES;
    member.state = 'executing';
    yield* complete(t, w, mm, member, 'CRA_XLAT', batch);
    if (member.ended === 'logged') yield* log(t, w, descriptor, 'BATCH_EVL_ERR', batch);
    else yield* complete(t, w, mm, descriptor, 'CRA_XLAT', -1);
  }
  yield w.engine.release;
  yield mm.inFlight.update;
  mm.inFlight.add(descriptor.wq, -1);
  descriptor.inDevice = false;
  return 0;
}

/** Writes a record, or has it reported that this cannot be done. */
function* complete(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  descriptor: Mutable<Descriptor>,
  status: EventStatus,
  batch: number,
): CodePath<void> {
  if (!descriptor.rcr && status !== 'DRAIN_EVL') {
    finish(descriptor, 'no record asked for');
    return;
  }
  if (yield* write(t, w, mm, descriptor)) return;
  if (w.pageRequests) {
    // Without FAULT_FLAG_ALLOW_RETRY.
    const fault = yield* pageRequest(t, w, mm, descriptor);
    if (fault === 'present' && (yield* write(t, w, mm, descriptor))) return;
  }
  yield* log(t, w, descriptor, status, batch);
}

/** iommu_sva_handle_iopf, while the engine waits for the response. */
function* pageRequest(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  descriptor: Descriptor,
): CodePath<'present' | 'failed' | 'retry'> {
  yield mm.users.update;
  if (mm.users.value === 0) return 'failed';
  mm.users.value++;
  yield mm.mmapLock.acquireShared;
  const held = { engine: true, ucLock: false };
  const fault = yield* handle_mm_fault(t, w, mm, descriptor, descriptor.cr, false, held);
  yield mm.mmapLock.releaseShared;
  yield* w.kernel.mmput(t, w, mm);
  return fault;
}

/** In one piece, as far as anybody can see. Translation fails where the PASID is not bound. */
function* write(t: Thread, w: RemoteVmWorld, mm: Mm, descriptor: Mutable<Descriptor>): CodePath<boolean> {
  yield mm.memory.update;
  const { page } = mm.memory.slots[descriptor.cr];
  const bound = mm.sva.users > 0;
  if (!bound || page !== 'present' || descriptor.cr === 'cross') {
    descriptor.fixable = page !== 'readonly' && page !== 'hole' && descriptor.cr !== 'cross';
    return false;
  }
  w.store(t, mm, descriptor, 'all', DSA_COMP_SUCCESS, false, null);
  finish(descriptor, 'written by the device');
  return true;
}

/** Into the event log, where there is one; the engine waits for a slot. Else SWERROR. */
function* log(
  _t: Thread,
  w: RemoteVmWorld,
  descriptor: Mutable<Descriptor>,
  status: EventStatus,
  batch: number,
): CodePath<void> {
  const { evl, kernel } = w;
  if (!kernel.eventLog) {
    finish(descriptor, 'in SWERROR');
    return;
  }
  yield evl.wait;
  yield evl.update;
  if (!evl.ready()) descriptor.overran = true;
  evl.entries.push({ descriptor, status, batch, first: batch >= 0, skip: false });
  finish(descriptor, 'logged');
  const { process_evl_entries: handler } = kernel;
  if (evl.pending || handler === undefined) return;
  evl.pending = true;
  w.machine.spawn('irq', null, function* (irq) {
    yield* handler(irq, w);
    return 0;
  });
}
