/** Mutations of v4 that no claim tells from it, and why that is right. README.md has them by reason. */
import type { Survivor } from '../../harness/model/survivor.ts';

export const survivors: readonly Survivor[] = [
  {
    mutations: ['flip(unbindsBeforeLabel)', 'late-call(iommu_sva_unbind_device)'],
    reason:
      'No weakening: the other order (label before unbind, context removed before unbind) is what mended has, and takes violations away.',
  },
  {
    mutations: ['early-unlock(idxd_copy_cr, wq# uc_lock)'],
    reason:
      'No weakening: from kthread_use_mm on the copy needs no uc_lock, and to let go of it before the page is waited for is what SVA-H9 asks for.',
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
