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

export const mutexForLog: Patch<RemoteVmKernel> = {
  id: 'evl-mutex',
  subject: 'dmaengine: idxd: Convert spinlock to mutex to lock evl workqueue',
  source: { status: 'merged', date: 'v6.9', commit: 'd5638de827cf' },
  apply: (kernel) => ({ ...kernel, drainsUnderLock: true }),
};
