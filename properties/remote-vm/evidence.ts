/**
 * What a world of the remote-vm series keeps for its claims to judge. Models write it, claims read it; neither knows
 * more of the other.
 */

import type { Process } from '../../harness/machine/process.ts';
import type { Call, Thread } from '../../harness/machine/thread.ts';

/** Where a completion record is to go. Each process has one place of each kind. */
export type Address =
  /** Mapped writable, and the page is there: no fault. */
  | 'present'
  /** Mapped writable, and the page comes at the first access by a CPU. */
  | 'lazy'
  /** The same, but a userfaultfd has to answer first. get_user_pages_remote without `locked` fails there. */
  | 'uffd'
  /** The same, of a file whose file system is in user space: whoever faults waits, in every state. */
  | 'fuse'
  /** Mapped read-only. */
  | 'readonly'
  /** Not mapped. */
  | 'hole'
  /** Unaligned: it begins at the end of a page as `lazy`, and ends in a hole. */
  | 'cross';

export type WqIndex = 0 | 1;

export type RemoteVmOperation =
  | { readonly kind: 'open'; readonly wq: WqIndex; readonly as: string }
  | { readonly kind: 'close'; readonly fd: string }
  | { readonly kind: 'pass_fd'; readonly fd: string; readonly to: 'proca' | 'procb' }
  | SubmitRequest
  | { readonly kind: 'poll' | 'munmap'; readonly cr: Address }
  | { readonly kind: 'uffd_answer' | 'fork' | 'exit' | 'user_drv_remove' };

export interface SubmitRequest {
  readonly kind: 'submit';
  readonly fd: string;
  readonly cr: Address;
  /** `batch`: of one member. `drain`: a drain descriptor, whose fault is logged as DRAIN_EVL. */
  readonly what: 'plain' | 'batch' | 'drain';
  /** Where the completion record of a batch's member goes; of no meaning otherwise. */
  readonly member: Address;
  /** Whether a completion record was asked for (`rcr`), for batch and drain descriptors. */
  readonly rcr: boolean;
}

/** What is so before the first operation, and does not change. */
export interface RemoteVmFacts {
  /** `disabled`: by the knob of the series, where the state has it. `absent`: the platform has none. */
  readonly prs: 'disabled' | 'enabled' | 'absent';
  /** Mode of work queue 0; work queue 1 is shared. */
  readonly wq0: 'shared' | 'dedicated';
  /** Entries of the event log; one is always free. */
  readonly ring: number;
  /** Whether consecutive runs of the interrupt thread are on different CPUs. */
  readonly irqMoves: boolean;
  /** Whether stores may become visible in another order than the program's. */
  readonly weaklyOrdered: boolean;
  /** What fails. `kmem`: the allocation of fault items. */
  readonly fault: 'none' | 'kmem' | 'set_pasid' | 'ida' | 'device_add';
}

/** A user address space with its two reference counts. */
export interface Mm {
  /** Of the process that it was made for; threads of it have `thread.process === mm.process`. */
  readonly process: Process;
  readonly name: string;
  /** How often exit_mmap came to its end, and how often mm_count came to 0. */
  readonly tornDown: number;
  readonly freed: number;
  /** Whether exit_mmap worked on it after that. */
  readonly tornDownFreed: boolean;
}

/** One file of the character device of a work queue, from its open(2). */
export interface OpenFile {
  /** Counts up in the order of the opens that got as far as the bind. */
  readonly id: number;
  readonly step: number;
  readonly call: Call;
  readonly mm: Mm;
  readonly wq: WqIndex;
  /** What the bind gave; -1 before it. */
  pasid: number;
  /** iommu_sva_bind_device and iommu_sva_unbind_device on behalf of it. */
  binds: number;
  unbinds: number;
  /** Set once open(2) is to succeed. */
  opened: boolean;
  /** Set where open(2) succeeds although its context was freed (SVA-H11). */
  contextFreed: boolean;
  /** Whether xa_insert succeeded; null: not tried (this state has no upasid_xa, or it failed earlier). */
  inserted: boolean | null;
  /** The PASID under which that was; -1 if it was not tried. */
  insertedAs: number;
  /** Set in the step in which its own context, or what is there in its place, was to be removed. */
  removed: boolean;
  /** The step in which another file's removal left upasid_xa without a living context for it; null: there was none. */
  lostContextAt: number | null;
  /** Whether removing the context from upasid_xa found another one, or none, in its place. */
  mismatch: boolean;
  /** Who dropped the last reference to it, and when; null and -1 before that. */
  lastPut: Call | null;
  lastPutAt: number;
  /** Descriptors of its owner, submitted through it, that the device still had in a step that unbound its PASID. */
  inDeviceAtUnbind: number;
  /** Whether its release came to its end, and freed its context, before the context was removed from upasid_xa. */
  contextLeft: boolean;
  /** Set in the last step of its release. */
  released: boolean;
  /** That step; -1 before it. */
  releasedAt: number;
  /** Events of descriptors submitted through it with its PASID that could still be written then. */
  leftBehind: number;
}

/** One completion record to come. A batch has two: its member's and its own. */
export interface Descriptor {
  /** Counts up from 1 in the order of submission. */
  readonly id: number;
  readonly step: number;
  readonly call: Call;
  readonly what: 'plain' | 'drain' | 'member' | 'batch';
  /** The member of this batch, or null. */
  readonly member: Descriptor | null;
  /** Through whose portal it came. */
  readonly file: OpenFile;
  readonly wq: WqIndex;
  readonly pasid: number;
  /** The address space that the PASID stood for at submission: the only one that it may touch. */
  readonly mm: Mm;
  readonly cr: Address;
  readonly rcr: boolean;
  /** `queued`: the engine has not come to it. `executing`: the engine waits for a page or for a free slot of the ring. */
  state: 'queued' | 'executing' | 'done';
  /** Whether the device counts it as in flight, which is what a drain waits for. */
  inDevice: boolean;
  /** Whether it was logged where all slots but the one that stays free were taken. */
  overran: boolean;
  /** How the device was through with it; null before that. */
  ended: 'written by the device' | 'logged' | 'in SWERROR' | 'dropped' | 'no record asked for' | null;
  /** Where its address faulted: whether an access by a CPU of that process could have been served at that moment. */
  fixable: boolean;
  /** The event is not handled on purpose: marked in bmap while its file was closed. */
  drained: boolean;
}

/** A store to a completion record, by the device or by a kernel thread. */
export interface RecordWrite {
  readonly step: number;
  readonly thread: Thread;
  readonly descriptor: Descriptor;
  readonly by: 'device' | 'fixup';
  /** The address space that it went to. */
  readonly mm: Mm;
  /** `all`: at once, by the device. */
  readonly part: 'status' | 'body' | 'all';
  /** Whether only the part of the body on the first page was stored. */
  readonly partial: boolean;
  /** The status byte, 0 for a store of the body only: 1 success, 5 a failed batch. */
  readonly status: number;
  /** Whether the mapping is writable for user space. */
  readonly writable: boolean;
}

/** A user page that a kernel thread had faulted in on behalf of a fixup, or of a page request of the device. */
export interface FaultIn {
  readonly step: number;
  readonly thread: Thread;
  readonly mm: Mm;
  readonly address: Address;
  /** Whether the engine stood still meanwhile: a page request. */
  readonly engineHeld: boolean;
}

/** One load of a completion record by its user: the status byte, and the rest where that is not 0. */
export interface Poll {
  readonly step: number;
  readonly call: Call;
  readonly mm: Mm;
  readonly cr: Address;
  /** 0: not there yet, and the body was not looked at. */
  readonly status: number;
  /** Descriptor that the status byte is of; 0: none. */
  readonly statusOf: number;
  /** Descriptor that the body is of; 0: as it was before. Negative: only the first part is. */
  readonly bodyOf: number;
}

/** An item of the fault cache, from the interrupt thread's allocation to its kmem_cache_free. */
export interface FaultItem {
  readonly step: number;
  readonly descriptor: Descriptor;
  /** Whether the worker is through with it. */
  handled: boolean;
  /** Whether queue_work refused it, since somebody drained the workqueue, or oopsed: no worker will see it. */
  dropped: boolean;
  freed: boolean;
}

/** One attempt to write a completion record into user memory: a call of iommu_access_remote_vm or idxd_copy_cr. */
export interface Fixup {
  readonly step: number;
  readonly thread: Thread;
  readonly descriptor: Descriptor;
  /** Bytes to copy. */
  readonly size: number;
  /** What the PASID led to; null: nothing, or only an mm that was gone. */
  mm: Mm | null;
  /** mm_users references taken and dropped. */
  usersTaken: number;
  usersDropped: number;
  /** Stores and fault-ins while mm_users was 0. */
  touchesWithoutUsers: number;
  /** Whether it used an mm whose mm_count was 0: freed memory. */
  usedFreedMm: boolean;
  /** Whether its mmput was the last, so that exit_mmap ran in the worker. */
  ranExitMmap: boolean;
  /** Whether the status byte was stored. */
  statusWritten: boolean;
  /**
   * Set where the PASID leads to no address space that has a user. `told`: the driver looks it up by itself, or gets an
   * error. `silent`: it gets the same 0 as for an address that cannot be written.
   */
  miss: 'told' | 'silent' | null;
  /** What it returned: bytes, or a negative errno; null before that. */
  copied: number | null;
}

/** A wait for user space to provide a page. */
export interface PageWait {
  readonly step: number;
  readonly thread: Thread;
  readonly descriptor: Descriptor;
  /** Whose page it is. */
  readonly mm: Mm;
  /** Whether the engine stands still meanwhile (PRS). */
  readonly engineHeld: boolean;
  /** Whether a wq's uc_lock is held meanwhile. */
  readonly ucLockHeld: boolean;
  over: boolean;
}

/** Where Linux would oops or use memory after it was freed. The thread goes on as if that had not been there. */
export interface Crash {
  readonly step: number;
  readonly thread: Thread;
  readonly kind: /** queue_work(NULL): the workqueue was destroyed, or the wq never had one. */
    | 'null-workqueue'
    /** A handle of iommu_sva_bind_device is unbound more often than bound. */
    | 'unbind-of-freed-handle'
    /** An mm whose mm_count was 0. */
    | 'freed-mm'
    /** private_data of a file whose context was freed. */
    | 'freed-context'
    /** mutex_lock of a mutex that this thread holds. */
    | 'self-deadlock';
}

/** A removal of the user driver that found it bound. */
export interface Removal {
  readonly step: number;
  readonly call: Call;
  /** Descriptors that the device had when the portal went, and still had after the drain. */
  leftInDevice: number;
}

/** A line in the kernel log. */
export interface Message {
  readonly step: number;
  readonly thread: Thread;
  readonly level: 'err' | 'warn' | 'dbg';
  readonly ratelimited: boolean;
  readonly about:
    | 'short copy'
    | 'no mm'
    | 'no user context'
    | 'insert failed'
    | 'cmpxchg failed'
    | 'no memory'
    | 'no fixup';
}

/** What claims about a state may ask of its kernel: no execution decides these. */
export interface BuildFacts {
  /** Symbols that the series exports to modules. */
  readonly exportedSymbols: readonly string[];
  /** Whether it calls iommu_sva_find, which `2bef9ba8aefc` removed. */
  readonly callsIommuSvaFind: boolean;
  /** What iommu_access_remote_vm is without CONFIG_IOMMU_SVA; null: this state has no such function. */
  readonly stub: 'returns 0' | 'returns the length' | null;
}

export interface Evidence {
  readonly facts: RemoteVmFacts;
  /** Of all processes there can be. */
  readonly mms: readonly Mm[];
  readonly files: readonly OpenFile[];
  readonly descriptors: readonly Descriptor[];
  /** Whether, at present, its entry is in the event log, to be handled by the interrupt thread. */
  isInLog(descriptor: Descriptor): boolean;
  readonly writes: readonly RecordWrite[];
  readonly faultIns: readonly FaultIn[];
  readonly polls: readonly Poll[];
  readonly items: readonly FaultItem[];
  readonly fixups: readonly Fixup[];
  readonly pageWaits: readonly PageWait[];
  readonly removals: readonly Removal[];
  readonly crashes: readonly Crash[];
  readonly messages: readonly Message[];
}
