/** System calls on the device fd. Source: fs/read_write.c, fs/open.c and drivers/vfio/vfio.c of v5.11. */
import { EBADF } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { FileAccess } from '../../properties/zpci-io/evidence.ts';
import type { ZpciWorld } from './world.ts';

/**
 * fdget of a file that other threads use too takes a reference, so that a close during the call only drops one.
 * Written out in each call: these two steps are in every execution, and a generator for each costs as much again.
 */
function* rw64(t: Thread, w: ZpciWorld, access: FileAccess): CodePath<number> {
  const { file } = w;
  yield file.refs.adjust;
  if (!file.refs.held) return -EBADF;
  file.refs.count++;
  w.fileUsers.add(t);
  const ret = yield* w.kernel.vfio_device_fops_rw(t, w, access);
  yield file.refs.adjust;
  w.fileUsers.delete(t);
  if (--file.refs.count === 0) yield* w.kernel.vfio_device_fops_release(t, w);
  return ret;
}

export const ksys_pread64 = rw64;
export const ksys_pwrite64 = rw64;

/** pwrite of PCI_COMMAND in the config region: how a guest's change of the memory enable bit arrives. */
export function* vfio_config_rw(t: Thread, w: ZpciWorld, enable: boolean): CodePath<number> {
  const { file } = w;
  yield file.refs.adjust;
  if (!file.refs.held) return -EBADF;
  file.refs.count++;
  w.fileUsers.add(t);
  const ret = yield* w.kernel.vfio_basic_config_write(t, w, enable);
  yield file.refs.adjust;
  w.fileUsers.delete(t);
  if (--file.refs.count === 0) yield* w.kernel.vfio_device_fops_release(t, w);
  return ret;
}

/** close(2), or the exit of the last thread: the table's reference goes. */
export function* filp_close(t: Thread, w: ZpciWorld): CodePath<void> {
  yield w.file.refs.update;
  if (!w.file.refs.held) return;
  w.file.refs.held = false;
  w.fdClosed = w.machine.steps;
  if (--w.file.refs.count === 0) yield* w.kernel.vfio_device_fops_release(t, w);
}

/** Last reference to the open file: shut the device down, then drop the file's reference to it. */
export function* vfio_device_fops_release(t: Thread, w: ZpciWorld): CodePath<void> {
  yield* w.kernel.vfio_pci_disable(t, w);
  yield w.released.update;
  w.released.count--;
  w.lastClose = { step: w.machine.steps, enabled: w.deviceEnabled };
}
