/** What Linux does in one state, as far as the series goes: code paths under their names in Linux, and facts. */
import type { CodePath } from '../../harness/machine/step.ts';
import type { Call, Thread } from '../../harness/machine/thread.ts';
import type {
  BuildFacts,
  Descriptor,
  Fixup,
  OpenFile,
  RemoteVmOperation,
} from '../../properties/remote-vm/evidence.ts';
import type { Mm } from './address-space.ts';
import type { Event, Work } from './event-log.ts';
import type { RemoteVmWorld, WorkQueue } from './world.ts';

type Path<A extends readonly unknown[], R> = (t: Thread, w: RemoteVmWorld, ...args: A) => CodePath<R>;

export interface RemoteVmKernel extends BuildFacts {
  readonly dispatch: (
    t: Thread,
    w: RemoteVmWorld,
    call: Call,
    operation: RemoteVmOperation,
  ) => CodePath<number | null>;

  // The character device.
  readonly idxd_cdev_open: Path<[mm: Mm, file: OpenFile], number>;
  readonly idxd_cdev_release: Path<[file: OpenFile], void>;
  readonly idxd_user_drv_remove: Path<[], number>;
  /** Whether release and removal wait until the device is through with what was submitted. */
  readonly drainsDevice: boolean;
  /** Marks what is in the log, and drains the workqueue; from p9 on. */
  readonly idxd_cdev_evl_drain_pasid?: Path<[file: OpenFile], void>;
  /** Whether a wq keeps its contexts in `upasid_xa`, by PASID. */
  readonly userContexts: boolean;
  /** Removes a context from there. */
  readonly idxd_xa_pasid_remove?: Path<[file: OpenFile], void>;
  /** Whether the context goes before the PASID is unbound, and not after it. */
  readonly removesContextFirst: boolean;
  /** Whether files of one address space share a context, which goes with the last of them. */
  readonly countsContexts: boolean;
  /** Whether release handles what is in the log, in the place of marking it. */
  readonly handlesLogOnRelease: boolean;
  /** Whether an item is freed that a workqueue on its way out would refuse. */
  readonly freesRefused: boolean;
  /** Whether open unbinds where idxd_wq_set_pasid fails, and whether the label that it goes to does so (too). */
  readonly unbindsBeforeLabel: boolean;
  readonly labelUnbinds: boolean;
  /** Whether each open file is a device with a number of its own. */
  readonly fileDevice: boolean;
  /** Whether open returns an error, and cleans up once, where ida_alloc or device_add fails. */
  readonly mendsOpenErrors: boolean;
  /** Whether mmap is for the address space that opened the file only. */
  readonly portalsOfOpenerOnly: boolean;
  /** Whether wq->wq is looked at before it is used. */
  readonly checksWorkqueue: boolean;
  /** Whether the workqueue runs empty under evl->lock, so that no interrupt thread adds to it meanwhile. */
  readonly drainsUnderLock: boolean;
  /** Whether release flushes the workqueue, in the place of draining it, and without evl->lock in any case. */
  readonly flushesWorkqueue: boolean;

  // SVA and mm.
  readonly iommu_sva_bind_device: Path<[mm: Mm, file: OpenFile], void>;
  readonly iommu_sva_unbind_device: Path<[file: OpenFile], void>;
  readonly mmput: Path<[mm: Mm], boolean>;
  readonly mmdrop: Path<[mm: Mm], void>;
  readonly exit_mmap: Path<[mm: Mm], void>;

  // The event log.
  /** Whether the device has one to log to. */
  readonly eventLog: boolean;
  readonly process_evl_entries?: Path<[], void>;
  readonly process_evl_entry?: Path<[event: Event, cpu: number], void>;
  readonly idxd_evl_fault_work?: Path<[wq: WorkQueue, work: Work], void>;
  /** Whether BATCH_EVL_ERR is known. */
  readonly batches: boolean;
  /** Whether an item is freed where there is nothing to copy. */
  readonly freesUncopied: boolean;
  /** Whether a wq has one worker for all CPUs. */
  readonly orderedWorkqueue: boolean;
  /** Whether page requests can be disabled for a wq. */
  readonly prsKnob: boolean;
  /** Whether records lie in memory that the driver allocated and the user mapped. */
  readonly recordArea: boolean;

  // The copy.
  readonly iommu_sva_find?: Path<[pasid: number, fixup: Fixup], Mm | null>;
  readonly access_remote_vm?: Path<[mm: Mm, descriptor: Descriptor, status: number, fixup: Fixup], number>;
  readonly iommu_access_remote_vm?: Path<[descriptor: Descriptor, status: number, fixup: Fixup], number>;
  readonly idxd_copy_cr?: Path<[wq: WorkQueue, descriptor: Descriptor, status: number, fixup: Fixup], number>;
  /** Whether the work copies again until all is there, which need not end. */
  readonly retriesCopy: boolean;
  /** What stands between body and status: a barrier, or nothing. */
  readonly barrier: 'wmb' | 'smp_wmb' | 'none';
  /** FOLL_FORCE, in effect: whether a read-only mapping is written to. */
  readonly forcesWrite: boolean;
}
