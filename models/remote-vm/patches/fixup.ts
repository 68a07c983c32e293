/** How versions bring a record to the user: what finds the address space, what copies, and who calls it. */
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { Descriptor, Fixup } from '../../../properties/remote-vm/evidence.ts';
import type { Mm } from '../address-space.ts';
import { idxd_cdev_evl_drain_pasid, idxd_xa_pasid_remove } from '../cdev.ts';
import { copyByGup, copyToUser, mmget_not_zero } from '../copy.ts';
import { type Copy, faultWork, process_evl_entry } from '../irq.ts';
import type { RemoteVmKernel } from '../kernel.ts';
import { CR_SIZE } from '../layout.ts';
import type { RemoteVmWorld, WorkQueue } from '../world.ts';
import type { SourceOf } from './event-log.ts';

type RemoteVmPatch = Patch<RemoteVmKernel>;

/** ioasid_find: xa_load and the getter, in an RCU section that keeps the entry, but not the mm. */
function* iommu_sva_find(t: Thread, w: RemoteVmWorld, pasid: number, fixup: Fixup): CodePath<Mm | null> {
  yield w.pasids.read;
  const mm = w.pasids.find(pasid);
  // -ENOENT, or NULL where the getter fails: callers see no difference.
  if (mm === null || !(yield* mmget_not_zero(t, w, mm, fixup))) return null;
  fixup.mm = mm;
  return mm;
}

function* access_remote_vm(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
): CodePath<number> {
  return yield* copyByGup(t, w, mm, descriptor, status, fixup, false);
}

/** With the reference that iommu_sva_find took, which goes with it. */
function* accessAndPut(
  t: Thread,
  w: RemoteVmWorld,
  mm: Mm,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
): CodePath<number> {
  const copied = yield* w.kernel.access_remote_vm!(t, w, mm, descriptor, status, fixup);
  yield* putFixupMm(t, w, mm, fixup);
  return copied;
}

export function* putFixupMm(t: Thread, w: RemoteVmWorld, mm: Mm, fixup: Fixup): CodePath<void> {
  fixup.usersDropped++;
  if (yield* w.kernel.mmput(t, w, mm)) fixup.ranExitMmap = true;
}

/** v1: the driver does both itself, and says so. Whether its work drops the reference nobody could read: it is taken to. */
function* findAndAccess(
  t: Thread,
  w: RemoteVmWorld,
  _wq: WorkQueue,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
): CodePath<number> {
  const mm = yield* w.kernel.iommu_sva_find!(t, w, descriptor.pasid, fixup);
  if (mm === null) {
    fixup.miss = 'told';
    w.log(t, 'err', false, 'no mm');
    return 0;
  }
  return yield* accessAndPut(t, w, mm, descriptor, status, fixup);
}

/** v2: no message, and no error, where there is no mm. */
export function* iommu_access_remote_vm(
  t: Thread,
  w: RemoteVmWorld,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
): CodePath<number> {
  const mm = yield* w.kernel.iommu_sva_find!(t, w, descriptor.pasid, fixup);
  if (mm === null) {
    fixup.miss = 'silent';
    return 0;
  }
  return yield* accessAndPut(t, w, mm, descriptor, status, fixup);
}

/** The sketch of 2023-03-01: the mm is returned, and nobody is said to drop it. */
function* iommu_access_remote_vm_sketch(
  t: Thread,
  w: RemoteVmWorld,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
): CodePath<number> {
  const mm = yield* w.kernel.iommu_sva_find!(t, w, descriptor.pasid, fixup);
  if (mm === null) {
    fixup.miss = 'silent';
    return 0;
  }
  return yield* w.kernel.access_remote_vm!(t, w, mm, descriptor, status, fixup);
}

/** The context of the PASID on this wq, under uc_lock. */
export function contextMm(
  t: Thread,
  w: RemoteVmWorld,
  wq: WorkQueue,
  pasid: number,
  fixup: Fixup,
): Mm | null {
  w.machine.assertHeld(wq.ucLock);
  const context = wq.upasid[pasid] ?? null;
  if (context === null) {
    fixup.miss = 'told';
    w.log(t, 'warn', false, 'no user context');
    return null;
  }
  const mm = w.mmOf(context.mm);
  fixup.mm = mm;
  return mm;
}

/** v3: with a reference to the users of the mm, and a loop like that of access_remote_vm. */
function* idxd_copy_cr_v3(
  t: Thread,
  w: RemoteVmWorld,
  wq: WorkQueue,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
): CodePath<number> {
  yield wq.ucLock.acquire;
  const mm = contextMm(t, w, wq, descriptor.pasid, fixup);
  let copied = 0;
  if (mm !== null) {
    if (yield* mmget_not_zero(t, w, mm, fixup)) {
      copied = yield* copyByGup(t, w, mm, descriptor, status, fixup, true);
      yield* putFixupMm(t, w, mm, fixup);
    } else {
      fixup.miss = 'told';
      w.log(t, 'warn', false, 'no mm');
    }
  }
  yield wq.ucLock.release;
  return copied;
}

/** v4 on: in the mm itself, for which kthread_use_mm does no more than mmgrab. */
export function* idxd_copy_cr(
  t: Thread,
  w: RemoteVmWorld,
  wq: WorkQueue,
  descriptor: Descriptor,
  status: number,
  fixup: Fixup,
): CodePath<number> {
  yield wq.ucLock.acquire;
  const mm = contextMm(t, w, wq, descriptor.pasid, fixup);
  let left = CR_SIZE;
  if (mm !== null && (yield* kthread_use_mm(t, w, mm, fixup))) {
    left = yield* copyToUser(t, w, mm, descriptor, status, fixup);
    // kthread_unuse_mm.
    yield* w.kernel.mmdrop(t, w, mm);
  }
  yield wq.ucLock.release;
  return CR_SIZE - left;
}

/** Whether that was still an mm. */
function* kthread_use_mm(t: Thread, w: RemoteVmWorld, mm: Mm, fixup: Fixup): CodePath<boolean> {
  yield mm.count.update;
  if (mm.count.value === 0) {
    fixup.usedFreedMm = true;
    w.crash(t, 'freed-mm');
    return false;
  }
  mm.count.value++;
  return true;
}

const byWrapper: Copy = (t, w, _wq, descriptor, status, fixup) =>
  w.kernel.iommu_access_remote_vm!(t, w, descriptor, status, fixup);

const byDriver: Copy = (t, w, wq, descriptor, status, fixup) =>
  w.kernel.idxd_copy_cr!(t, w, wq, descriptor, status, fixup);

/** 8/17 and 9/17 of v1. */
export const exportBoth = (source: SourceOf): RemoteVmPatch[] => [
  {
    id: '8/17',
    subject: 'iommu: expose iommu_sva_find() to common header',
    source: source(8),
    apply: (kernel) => ({ ...kernel, iommu_sva_find }),
  },
  {
    id: '9/17',
    subject: 'mm: export access_remote_vm() symbol',
    source: source(9),
    apply: (kernel) => ({
      ...kernel,
      access_remote_vm,
      exportedSymbols: [...kernel.exportedSymbols, 'access_remote_vm'],
    }),
  },
];

/** 8/16 of v2. */
export const exportWrapper = (source: SourceOf): RemoteVmPatch => ({
  id: '8/16',
  subject: 'iommu: define and export iommu_access_remote_vm()',
  source: source(8),
  apply: (kernel) => ({
    ...kernel,
    iommu_sva_find,
    access_remote_vm,
    iommu_access_remote_vm,
    exportedSymbols: [...kernel.exportedSymbols, 'iommu_access_remote_vm'],
    callsIommuSvaFind: true,
    stub: 'returns 0',
  }),
});

/** The same as first sketched. */
export const sketchWrapper = (source: SourceOf): RemoteVmPatch => {
  const patch = exportWrapper(source);
  return {
    ...patch,
    apply: (kernel) => ({
      ...patch.apply(kernel),
      iommu_access_remote_vm: iommu_access_remote_vm_sketch,
    }),
  };
};

/** 8/16 of v3 and later: contexts by PASID, and the open error path with labels. No drain yet. */
const copyInDriver = (
  source: SourceOf,
  subject: string,
  own: Pick<RemoteVmKernel, 'idxd_copy_cr' | 'barrier'>,
): RemoteVmPatch => ({
  id: '8/16',
  subject: `dmaengine: idxd: ${subject}`,
  source: source(8),
  apply: (kernel) => ({ ...kernel, ...own, ...CONTEXTS }),
});

const CONTEXTS = { userContexts: true, labelUnbinds: true, idxd_xa_pasid_remove } as const;

export const copyByGupInDriver = (source: SourceOf): RemoteVmPatch =>
  copyInDriver(source, 'define idxd_copy_cr()', { idxd_copy_cr: idxd_copy_cr_v3, barrier: 'none' });

export const copyInUsersMm = (source: SourceOf): RemoteVmPatch =>
  copyInDriver(source, 'add idxd_copy_cr() to copy user completion record during page fault handling', {
    idxd_copy_cr,
    barrier: 'wmb',
  });

type Version = 'v1' | 'v2' | 'v3' | 'v4';

const COPY: Readonly<Record<Version, Copy>> = {
  v1: findAndAccess,
  v2: byWrapper,
  v3: byDriver,
  v4: byDriver,
};

/** Works are queued, and the log and the workqueue are drained on release. */
export const processFaults = (
  number: number,
  count: number,
  version: Version,
  source: SourceOf,
): RemoteVmPatch => ({
  id: `${number}/${count}`,
  subject: 'dmaengine: idxd: process user page faults for completion record',
  source: source(number),
  requires: [4, 6, 7, 8, ...(version === 'v1' ? [9] : [])].map((need) => `${need}/${count}`),
  apply: (kernel) => ({
    ...kernel,
    process_evl_entry,
    idxd_evl_fault_work: faultWork(COPY[version], version === 'v4'),
    idxd_cdev_evl_drain_pasid,
    callsIommuSvaFind: kernel.callsIommuSvaFind || version === 'v1',
  }),
});

/** Batches. v1 goes on to the end where there is nothing to copy, later versions return. */
export const processBatches = (
  number: number,
  count: number,
  version: Version,
  source: SourceOf,
): RemoteVmPatch => ({
  id: `${number}/${count}`,
  subject: 'dmaengine: idxd: process batch descriptor completion record faults',
  source: source(number),
  requires: [`${number - 2}/${count}`],
  apply: (kernel) => ({ ...kernel, batches: true, freesUncopied: version === 'v1' }),
});

/** The counters themselves are not modelled; in v1 and v2 this is where the contexts and the labels come from. */
export const userCounters = (number: number, count: number, source: SourceOf): RemoteVmPatch => ({
  id: `${number}/${count}`,
  subject: 'dmaengine: idxd: add per file user counters for completion record faults',
  source: source(number),
  requires: [`${number - 1}/${count}`],
  apply: (kernel) => ({ ...kernel, ...CONTEXTS }),
});
