import { EIO } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import { disable_slot as disableSlotUnlocked } from '../hotplug.ts';
import type { ZpciKernel } from '../kernel.ts';
import type { ZpciWorld } from '../world.ts';

/** What patch 3/4 wanted came with KVM zPCI interpretation (the capability's imaxstbl); 1/4 and 2/4 never merged. */
export const interpretationSeries: Patch<ZpciKernel> = {
  id: 'interpretation',
  subject: 'KVM: s390: zPCI interpretation (what it keeps of the CLP answers)',
  source: { status: 'merged', date: 'v6.0', messageId: '20220606203325.110625-20-mjrosato@linux.ibm.com' },
  apply: (kernel) => ({ ...kernel, zdev: { ...kernel.zdev, maxstbl: true } }),
};

/** Niklas' plan of 2021, three years later and with a lock made for it. */
export const stateLock: Patch<ZpciKernel> = {
  id: 'state-lock',
  subject: "s390/pci: introduce lock to synchronize state of zpci_dev's",
  source: { status: 'merged', date: 'v6.9', commit: 'bcb5d6c76903' },
  apply: (kernel) => ({ ...kernel, disable_slot, reset_slot, resetLock: (w) => w.zdev.stateLock }),
};

/** Accesses of 8 bytes in do_io_rw. */
export const io64: Patch<ZpciKernel> = {
  id: 'io64',
  subject: 'vfio/pci: Support 8-byte PCI loads and stores',
  source: { status: 'merged', date: 'v6.11', commit: '4df13a6871d9' },
  apply: (kernel) => ({ ...kernel, ioWidths: [8, 4, 2, 1] }),
};

function* disable_slot(t: Thread, w: ZpciWorld): CodePath<number> {
  const { stateLock } = w.zdev;
  yield stateLock.acquire;
  // The state is looked at under it, and zpci_deconfigure_device, which ends this, asserts it (arch/s390/pci/pci.c).
  w.machine.assertHeld(stateLock);
  const ret = yield* disableSlotUnlocked(t, w);
  w.machine.assertHeld(stateLock);
  yield stateLock.release;
  return ret;
}

/** Called with dev->mutex held. Never waits for state_lock: disable_slot holds it while it waits for dev->mutex. */
function* reset_slot(_t: Thread, w: ZpciWorld): CodePath<number> {
  w.resetsTried++;
  if ((yield w.zdev.stateLock.tryAcquire) === 0) return -EIO;
  yield w.zdev.state.read;
  // zpci_hot_reset_device, which a configured function gets here, asserts the first (arch/s390/pci/pci.c), and
  // __pci_reset_function_locked has the second from its caller.
  w.machine.assertHeld(w.zdev.stateLock);
  w.machine.assertHeld(w.deviceMutex);
  w.resetsDone++;
  yield w.zdev.stateLock.release;
  return 0;
}
