/** What came to the driver after v6.4, or was posted for it. */
import type { Patch } from '../../../harness/model/patch.ts';
import type { RemoteVmKernel } from '../kernel.ts';

export const unbindOnce: Patch<RemoteVmKernel> = {
  id: 'unbind-once',
  subject: 'dmaengine: idxd: leave the unbind to the label where idxd_wq_set_pasid fails',
  source: {
    status: 'merged',
    note: 'seen in cdev.c at 03c11eb3b16d, early 2024; its own commit is not known',
  },
  apply: (kernel) => ({ ...kernel, unbindsBeforeLabel: false }),
};

export const smpWmb: Patch<RemoteVmKernel> = {
  id: 'smp-wmb',
  subject: 'dmaengine: idxd: smp_wmb() in the place of wmb() in idxd_copy_cr()',
  source: {
    status: 'posted',
    date: '2024-01-30',
    messageId: '20240130025806.2027284-1-fenghua.yu@intel.com',
  },
  apply: (kernel) => ({ ...kernel, barrier: 'smp_wmb' }),
};

/** Its subject is write(2), its second version has the same for mmap, which is how a portal is come by here. */
export const ownPortals: Patch<RemoteVmKernel> = {
  id: 'own-portals',
  subject: 'dmaengine: idxd: Fix allowing write() from different address spaces',
  source: {
    status: 'merged',
    date: '2025-04-21',
    messageId: '20250421170337.3008875-1-dave.jiang@intel.com',
    commit: '8dfa57aabff6',
  },
  apply: (kernel) => ({ ...kernel, portalsOfOpenerOnly: true }),
};

export const mutexForLog: Patch<RemoteVmKernel> = {
  id: 'evl-mutex',
  subject: 'dmaengine: idxd: Convert spinlock to mutex to lock evl workqueue',
  source: { status: 'merged', date: 'v6.9', commit: 'd5638de827cf' },
  apply: (kernel) => ({ ...kernel, drainsUnderLock: true }),
};
