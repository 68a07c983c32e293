import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import { disable_slot as disableSlotUnlocked } from '../hotplug.ts';
import type { ZpciKernel } from '../kernel.ts';
import type { ZpciWorld } from '../world.ts';

/** The host patch that Niklas had in test when v1 was posted: disable_slot under zdev->lock, from its first line. */
export const hotplugTakesZdevLock: Patch<ZpciKernel> = {
  id: 'hp',
  subject: 's390/pci: hold zdev->lock across disable_slot (test patch, never posted in this form)',
  source: {
    status: 'inferred',
    date: '2021-01-20',
    note: "from Niklas Schnelle's mail of 2021-01-20 13:21 and the lock dump in it",
  },
  apply: (kernel) => ({ ...kernel, disable_slot }),
};

function* disable_slot(t: Thread, w: ZpciWorld): CodePath<number> {
  yield w.zdev.lock.acquire;
  const ret = yield* disableSlotUnlocked(t, w);
  yield w.zdev.lock.release;
  return ret;
}
