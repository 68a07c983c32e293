import type { Patch } from '../../../harness/model/patch.ts';
import type { ZpciKernel } from '../kernel.ts';

/** v1 with a mutex of the region's own in the place of zdev->lock, and nothing else: still taken after the checks. */
export const takeRegionMutex: Patch<ZpciKernel> = {
  id: 'region-mutex',
  subject: 'vfio-pci/zdev: protect the region data with a mutex of its own',
  source: {
    status: 'inferred',
    note: 'from Matthew Rosato 2021-01-20 17:40 (the lock is for the region data) and Alex Williamson 2021-01-21 20:50',
  },
  requires: ['4/4'],
  apply: (kernel) => ({ ...kernel, zdev_io_lock: (w) => w.region!.mutex }),
};
