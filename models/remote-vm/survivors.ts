/** Mutations of v4 that no claim tells from it, and why that is right. README.md has them by reason. */
import type { Survivor } from '../../harness/model/survivor.ts';

export const survivors: readonly Survivor[] = [
  {
    mutations: [
      'flip(checksWorkqueue)',
      'flip(countsContexts)',
      'flip(flushesWorkqueue)',
      'flip(freesRefused)',
      'flip(freesUncopied)',
      'flip(handlesLogOnRelease)',
      'flip(mendsOpenErrors)',
      'flip(orderedWorkqueue)',
      'flip(portalsOfOpenerOnly)',
      'flip(removesContextFirst)',
      'flip(unbindsBeforeLabel)',
    ],
    reason:
      'No weakening: the fact is false in v4 (unbindsBeforeLabel: true), and turning it mends what v4 breaks.',
  },
  {
    mutations: ['early-unlock(idxd_copy_cr, wq# uc_lock)'],
    reason:
      'No weakening: from kthread_use_mm on the copy needs no uc_lock, and to let go of it before the page is waited for is what SVA-H9 asks for.',
  },
  {
    mutations: ['flip(callsIommuSvaFind)', 'flip(retriesCopy)'],
    reason:
      'Facts that no function reads: one is for a claim of cited facts, the other for the choice of small worlds.',
  },
  {
    mutations: [
      'early-unlock(dispatch, mmap_lock of proca)',
      'early-unlock(exit_mmap, mmap_lock of proca)',
      'early-unlock(exit_mmap, mmap_lock of child#)',
      'early-unlock(idxd_cdev_release, wq# wq_lock)',
      'early-unlock(idxd_cdev_evl_drain_pasid, evl->lock)',
      'early-unlock(idxd_xa_pasid_remove, wq# uc_lock)',
    ],
    reason:
      'The same schedules as v4: no more than one step is made under the lock, after which v4 lets go of it, too.',
  },
  {
    mutations: ['late-lock(idxd_cdev_open, wq# wq_lock)'],
    reason:
      'All that comes before the lock then is the look-up of the cdev, which chrdev_open does without it.',
  },
  {
    mutations: ['late-lock(dispatch, engine)'],
    reason:
      'No lock of Linux but the one engine of the device, which then begins with the first access of a descriptor.',
  },
  {
    mutations: ['late-call(mmdrop)'],
    reason:
      'A reference that is dropped when its caller has let go of its locks keeps an mm a little longer, and nothing else.',
  },
  {
    mutations: ['drop-wait(idxd_cdev_open, descriptors of proca in the device)'],
    reason:
      'A file whose device_add fails has had no descriptors: those in the device are of other files, which keep their own binding.',
  },
];
