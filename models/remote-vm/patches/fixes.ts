/** What would mend v6.4 (one: v2), one thing at a time: each keeps a claim that the versions break. Nobody posted them so. */
import { ENOENT } from '../../../harness/machine/errno.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import { copyToUser, mmget_not_zero } from '../copy.ts';
import type { RemoteVmKernel } from '../kernel.ts';
import { CR_SIZE } from '../layout.ts';
import { contextMm, putFixupMm } from './fixup.ts';

function fix(
  id: string,
  subject: string,
  note: string,
  apply: Patch<RemoteVmKernel>['apply'],
): Patch<RemoteVmKernel> {
  const source: Source = { status: 'inferred', note };
  return { id, subject: `dmaengine: idxd: ${subject}`, source, apply };
}

export const removeFirst = fix(
  'remove-first',
  'remove the context from upasid_xa before the PASID is unbound',
  'once the mm is gone nothing leads to it, and its PASID is free in upasid_xa when it is free',
  (kernel) => ({ ...kernel, removesContextFirst: true }),
);

export const mmget = fix(
  'mmget',
  'mmget_not_zero() in idxd_copy_cr() before kthread_use_mm()',
  'v3 had it',
  (kernel) => ({
    ...kernel,
    *idxd_copy_cr(t, w, wq, descriptor, status, fixup) {
      yield wq.ucLock.acquire;
      const mm = contextMm(t, w, wq, descriptor.pasid, fixup);
      let left = CR_SIZE;
      if (mm !== null) {
        // mm_users keeps mm_count, so that kthread_use_mm has nothing to add.
        if (yield* mmget_not_zero(t, w, mm, fixup)) {
          left = yield* copyToUser(t, w, mm, descriptor, status, fixup);
          yield* putFixupMm(t, w, mm, fixup);
        } else {
          fixup.miss = 'told';
        }
      }
      yield wq.ucLock.release;
      return CR_SIZE - left;
    },
  }),
);

/** In iommu_access_remote_vm, and so of v2. */
export const missErrno: Patch<RemoteVmKernel> = {
  id: 'errno',
  subject: 'iommu: return -ENOENT where iommu_access_remote_vm() finds no address space',
  source: {
    status: 'inferred',
    note: 'its caller takes anything but the full length for a failure already',
  },
  requires: ['8/16'],
  apply: (kernel) => ({
    ...kernel,
    *iommu_access_remote_vm(t, w, descriptor, status, fixup) {
      const copied = yield* kernel.iommu_access_remote_vm!(t, w, descriptor, status, fixup);
      if (fixup.miss === null) return copied;
      fixup.miss = 'told';
      return -ENOENT;
    },
  }),
};

export const freeItem = fix(
  'free-item',
  'free the fault item where there is nothing to copy',
  'v1 did',
  (kernel) => ({ ...kernel, freesUncopied: true }),
);

export const orderedWorkqueue = fix(
  'ordered-wq',
  'one worker for all faults of a wq',
  'alloc_ordered_workqueue() in the place of create_workqueue()',
  (kernel) => ({ ...kernel, orderedWorkqueue: true }),
);

export const checkWorkqueue = fix(
  'checked-wq',
  'look whether wq->wq is still there',
  'for drain_workqueue() as Yi Sun posted it in May 2025 (from memory, the mail was not found again); for queue_work() ours',
  // Where release drains under evl->lock only a removal refuses, which the driver can tell before it queues.
  (kernel) => ({ ...kernel, checksWorkqueue: true, freesRefused: kernel.drainsUnderLock }),
);

export const openErrors = fix(
  'open-errors',
  'clean up once, and fail, where open fails late',
  'ida_alloc, idxd_wq_set_pasid and device_add',
  (kernel) => ({ ...kernel, unbindsBeforeLabel: false, mendsOpenErrors: true }),
);

export const countContexts = fix(
  'count-contexts',
  'share a context among the files of one address space',
  'the last of them removes it from upasid_xa (SVA-H7)',
  (kernel) => ({ ...kernel, countsContexts: true }),
);

export const handleLog = fix(
  'handle-log',
  'let release handle the log, and mark nothing in it',
  'so that a release loses no record of another file; takes the mutex of d5638de827cf',
  (kernel) => ({ ...kernel, handlesLogOnRelease: true }),
);

export const flushWorkqueue = fix(
  'flush-wq',
  'flush_workqueue() without evl->lock in the place of drain_workqueue()',
  'works of this driver queue no others, so that there is nothing to drain; nothing is refused, and the log goes on',
  (kernel) => ({ ...kernel, flushesWorkqueue: true }),
);

/** All that the models say should be done, in the order in which it applies. */
export const all: readonly Patch<RemoteVmKernel>[] = [
  removeFirst,
  mmget,
  freeItem,
  orderedWorkqueue,
  checkWorkqueue,
  openErrors,
  countContexts,
  handleLog,
  flushWorkqueue,
];
