/** What processes ask for: system calls, and their end. */
import { EAGAIN, EBADF, EMFILE } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Call, Thread } from '../../harness/machine/thread.ts';
import type { OpenFile, RemoteVmOperation } from '../../properties/remote-vm/evidence.ts';
import type { Mm } from './address-space.ts';
import { submit } from './device.ts';
import { munmap, poll } from './mm.ts';
import type { RemoteVmWorld } from './world.ts';

export function* dispatch(
  t: Thread,
  w: RemoteVmWorld,
  call: Call,
  operation: RemoteVmOperation,
): CodePath<number | null> {
  const { kind } = operation;
  if (kind === 'user_drv_remove') return yield* w.kernel.idxd_user_drv_remove(t, w);
  const mm = w.mmOf(t);
  switch (kind) {
    case 'open':
      return yield* open(t, w, mm, call, operation);
    case 'close':
      return yield* close(t, w, mm, operation.fd);
    case 'pass_fd':
      return yield* passFd(t, w, mm, operation.fd, w.mms[operation.to === 'proca' ? 0 : 1]!);
    case 'submit':
      return yield* submit(t, w, mm, operation);
    case 'poll':
      return yield* poll(t, w, mm, operation.cr);
    case 'munmap':
      return yield* munmap(t, w, mm, operation.cr);
    case 'uffd_answer':
      yield mm.provider.update;
      mm.provider.answered = true;
      return 0;
    case 'fork':
      return yield* fork(w, mm);
    case 'exit':
      return yield* exit(w, mm);
    default:
      return kind satisfies never;
  }
}

function* open(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  call: Call,
  { wq, as }: Extract<RemoteVmOperation, { kind: 'open' }>,
): CodePath<number> {
  // A name can be given once: as if there were no number left, which open(2) asks for before anything else.
  yield mm.fds.update;
  const { files, reserved } = mm.fds;
  if (files.has(as) || reserved.has(as)) return -EMFILE;
  reserved.add(as);
  const file: OpenFile = {
    id: w.files.length,
    step: w.machine.steps,
    call,
    mm,
    wq,
    pasid: -1,
    binds: 0,
    unbinds: 0,
    opened: false,
    contextFreed: false,
    inserted: null,
    insertedAs: -1,
    removed: false,
    lostContextAt: null,
    mismatch: false,
    lastPut: null,
    lastPutAt: -1,
    inDeviceAtUnbind: 0,
    contextLeft: false,
    released: false,
    releasedAt: -1,
    leftBehind: 0,
  };
  w.files.push(file);
  const ret = yield* w.kernel.idxd_cdev_open(t, w, mm, file);
  if (ret === 0) {
    yield w.fileRefs.update;
    w.fileRefs.counts.set(file, 1);
  }
  yield mm.fds.update;
  reserved.delete(as);
  if (ret === 0) files.set(as, file);
  return ret;
}

function* close(t: Thread, w: RemoteVmWorld, mm: Mm, fd: string): CodePath<number> {
  yield mm.fds.update;
  const file = mm.fds.files.get(fd);
  if (file === undefined) return -EBADF;
  mm.fds.files.delete(fd);
  yield* fput(t, w, file);
  return 0;
}

function* fput(t: Thread, w: RemoteVmWorld, file: OpenFile): CodePath<void> {
  yield w.fileRefs.update;
  const left = w.fileRefs.counts.get(file)! - 1;
  w.fileRefs.counts.set(file, left);
  if (left > 0) return;
  file.lastPut = t.call;
  file.lastPutAt = w.machine.steps;
  yield* w.kernel.idxd_cdev_release(t, w, file);
}

function* passFd(t: Thread, w: RemoteVmWorld, mm: Mm, fd: string, to: Mm): CodePath<number> {
  yield mm.fds.read;
  const file = mm.fds.files.get(fd);
  if (file === undefined) return -EBADF;
  yield w.fileRefs.update;
  const counts = w.fileRefs.counts;
  const before = counts.get(file)!;
  // Another thread has closed it meanwhile.
  if (before === 0) return -EBADF;
  counts.set(file, before + 1);
  yield to.fds.update;
  if (!to.fds.files.has(fd) && !to.fds.reserved.has(fd)) {
    to.fds.files.set(fd, file);
    return 0;
  }
  yield* fput(t, w, file);
  return -EMFILE;
}

/** The child has the files and memory of its own, and no PASID: mm_pasid_init. */
function* fork(w: RemoteVmWorld, mm: Mm): CodePath<number> {
  yield w.forks.update;
  if (w.forks.value > 0) return -EAGAIN;
  w.forks.value = 1;
  const child = w.mms[2]!;
  yield mm.fds.read;
  const open = [...mm.fds.files];
  yield w.fileRefs.update;
  const { counts } = w.fileRefs;
  // Another thread may have closed one meanwhile.
  const inherited = open.filter(([, file]) => counts.get(file)! > 0);
  for (const [, file] of inherited) counts.set(file, counts.get(file)! + 1);
  yield child.fds.update;
  for (const [fd, file] of inherited) child.fds.files.set(fd, file);
  w.machine.startActor('child0', child.process);
  return 0;
}

/** exit_group: the last thread drops memory (exit_mm), then files (exit_files). */
function* exit(w: RemoteVmWorld, mm: Mm): CodePath<number> {
  yield mm.process.kill;
  // Another thread was first.
  if (mm.exiting) return 0;
  mm.exiting = true;
  w.machine.spawn(`exit of ${mm.name}`, null, function* (t) {
    yield mm.process.wait;
    yield* w.kernel.mmput(t, w, mm);
    // The handlers' own descriptors first: who waits for a page goes on.
    yield mm.provider.update;
    mm.provider.answered = true;
    yield mm.fds.update;
    const files = [...mm.fds.files.values()];
    mm.fds.files.clear();
    for (const file of files) yield* fput(t, w, file);
    return 0;
  });
  return 0;
}
