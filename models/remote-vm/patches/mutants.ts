/** Known wrong variants. Nobody posted them; they are kept so that every claim has a state that breaks it. */
import { EBUSY, ENODEV } from '../../../harness/machine/errno.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { RemoteVmKernel } from '../kernel.ts';
import { putFixupMm } from './fixup.ts';

function mutant(
  name: string,
  subject: string,
  note: string,
  apply: Patch<RemoteVmKernel>['apply'],
): Patch<RemoteVmKernel> {
  return { id: `mutant-${name}`, subject, source: { status: 'mutant', note }, apply };
}

export const noDrain = mutant(
  'no-drain',
  'release neither marks the entries of the log nor drains the workqueue',
  'breaks the claim that nothing outlives a release; records come into other processes',
  ({ idxd_cdev_evl_drain_pasid: _, ...kernel }) => kernel,
);

export const doubleMmput = mutant(
  'double-mmput',
  'iommu_access_remote_vm drops its reference twice',
  'breaks the claim that mm_users are balanced',
  (kernel) => ({
    ...kernel,
    *iommu_access_remote_vm(t, w, descriptor, status, fixup) {
      const copied = yield* kernel.iommu_access_remote_vm!(t, w, descriptor, status, fixup);
      const mm = w.mms.find((one) => one === fixup.mm);
      if (mm !== undefined) yield* putFixupMm(t, w, mm, fixup);
      return copied;
    },
  }),
);

export const follForce = mutant(
  'foll-force',
  'the copy writes to pages that are mapped read-only',
  'breaks the claim that an unwritable address stays unwritten',
  (kernel) => ({ ...kernel, forcesWrite: true }),
);

export const noBarrier = mutant(
  'no-barrier',
  'idxd_copy_cr has no barrier between body and status',
  'breaks the claim that the status is visible after the body, with stores that need one',
  (kernel) => ({ ...kernel, barrier: 'none' }),
);

export const stubReturnsLength = mutant(
  'stub-returns-length',
  'without CONFIG_IOMMU_SVA iommu_access_remote_vm returns the length',
  'breaks the claim that the stub reports nothing copied',
  (kernel) => ({ ...kernel, stub: 'returns the length' }),
);

export const noUnbind = mutant(
  'no-unbind',
  'release leaves the PASID bound',
  'breaks the claim that each bind is unbound once',
  (kernel) => ({ ...kernel, *iommu_sva_unbind_device() {} }),
);

export const leakUcLock = mutant(
  'leak-uc-lock',
  'idxd_xa_pasid_remove returns with uc_lock held',
  'breaks lock-discipline',
  (kernel) => ({
    ...kernel,
    *idxd_xa_pasid_remove(t, w, file) {
      yield* kernel.idxd_xa_pasid_remove!(t, w, file);
      yield w.wqs[file.wq].ucLock.acquire;
    },
  }),
);

export const lockCycle = mutant(
  'lock-cycle',
  'release takes wq_lock inside uc_lock, open takes them the other way round',
  'breaks no-deadlock',
  (kernel) => ({
    ...kernel,
    *idxd_xa_pasid_remove(_t, w, file) {
      const wq = w.wqs[file.wq];
      yield wq.ucLock.acquire;
      yield wq.lock.acquire;
      wq.upasid[file.pasid] = null;
      w.noteRemoval(file);
      yield wq.lock.release;
      yield wq.ucLock.release;
    },
  }),
);

export const noDeviceDrain = mutant(
  'no-device-drain',
  'neither release nor the removal of the driver waits for the device',
  'breaks the claims that calls have their effect, and that release gives back what open took',
  (kernel) => ({ ...kernel, drainsDevice: false }),
);

export const removeErrors = mutant(
  'remove-errors',
  'the user driver is not removed while its wq has clients, and may be where it is not bound',
  'breaks the claims that errors have a cause, and that causes give an error',
  (kernel) => ({
    ...kernel,
    *idxd_user_drv_remove(t, w) {
      const { clients } = w.wqs[0];
      yield clients.read;
      if (clients.value > 0) return -EBUSY;
      const ret = yield* kernel.idxd_user_drv_remove(t, w);
      return ret === -ENODEV ? 0 : ret;
    },
  }),
);

export const queuedTwice = mutant(
  'queued-twice',
  'the interrupt thread queues two works for an entry',
  'breaks the claim that a logged fault is handled once',
  (kernel) => ({
    ...kernel,
    *process_evl_entry(t, w, event, cpu) {
      yield* kernel.process_evl_entry!(t, w, event, cpu);
      yield* kernel.process_evl_entry!(t, w, event, cpu);
    },
  }),
);

export const retryForever = mutant(
  'retry-forever',
  'the work copies until all of the record is there',
  'breaks no-livelock',
  (kernel) => ({
    ...kernel,
    retriesCopy: true,
    *idxd_copy_cr(t, w, wq, descriptor, status, fixup) {
      for (;;) {
        const copied = yield* kernel.idxd_copy_cr!(t, w, wq, descriptor, status, fixup);
        if (copied === fixup.size) return copied;
      }
    },
  }),
);
