import { Waitable } from '../../harness/machine/events.ts';
import { Mutex } from '../../harness/machine/locks.ts';
import type { Machine, StartOperation } from '../../harness/machine/machine.ts';
import { Process } from '../../harness/machine/process.ts';
import { Cell, clear, SharedObject } from '../../harness/machine/shared.ts';
import { Access, type Step, stepOf } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { DeviceRecord, SeenRecord, World } from '../../harness/model/model.ts';
import type {
  Address,
  Crash,
  Descriptor,
  Evidence,
  FaultIn,
  FaultItem,
  Fixup,
  Message,
  OpenFile,
  PageWait,
  Poll,
  RecordWrite,
  RemoteVmFacts,
  RemoteVmOperation,
  Removal,
} from '../../properties/remote-vm/evidence.ts';
import { Mm, Observed, type Page } from './address-space.ts';
import { EventLog, Workqueue } from './event-log.ts';
import type { RemoteVmKernel } from './kernel.ts';
import { BATCHES, WQS } from './layout.ts';
import { Pasids } from './sva.ts';

/** idxd_wq_drain: the device has no descriptor of a wq any more. It looks at what every process has in flight. */
class WqDrained extends Waitable {
  readonly #index: number;
  readonly #mms: readonly Mm[];

  constructor(machine: Machine, index: number, mms: readonly Mm[]) {
    super(machine, `wq${index} in the device`, {
      event: `wq${index} drained`,
      wakers: () => machine.threads,
    });
    this.#index = index;
    this.#mms = mms;
    this.observes = mms.map(({ inFlight }) => inFlight);
  }

  ready(): boolean {
    return this.#mms.every(({ inFlight }) => inFlight.byWq[this.#index] === 0);
  }

  reset(): void {
    // Has nothing of its own.
  }

  show(): string {
    return this.ready() ? 'drained' : 'busy';
  }
}

/** A work queue of the device, with what its driver keeps for it. */
export class WorkQueue {
  readonly dedicated: boolean;
  readonly lock: Mutex;
  readonly ucLock: Mutex;
  /** upasid_xa, by PASID; under `ucLock`. */
  readonly upasid: (OpenFile | null)[] = [];
  /** Files that share a context, by PASID, where they do; under `ucLock`. */
  readonly sharers: number[] = [];
  /** client_count; under `lock`, yet a step of its own, for what a release leaves behind is noted with it. */
  readonly clients: Cell<number>;
  readonly works: Workqueue;
  readonly drained: WqDrained;
  /** Whether the user driver is bound. */
  readonly enabled: Observed<boolean>;

  constructor(machine: Machine, index: number, dedicated: boolean, mms: readonly Mm[]) {
    this.dedicated = dedicated;
    this.lock = new Mutex(machine, `wq${index} wq_lock`);
    this.ucLock = new Mutex(machine, `wq${index} uc_lock`);
    this.clients = new Cell(machine, `wq${index} client_count`, 0);
    this.works = new Workqueue(machine, `wq${index} workqueue`);
    this.drained = new WqDrained(machine, index, mms);
    this.enabled = new Observed(machine, `wq${index} enabled`, true);
  }
}

/** References of all open files. */
class FileRefs extends SharedObject {
  readonly counts = new Map<OpenFile, number>();

  get update(): Step {
    return stepOf(this.id, Access.update);
  }

  reset(): void {
    this.counts.clear();
  }

  show(): string {
    return [...this.counts.values()].join(', ');
  }
}

const PROCESSES = ['proca', 'procb', 'child0'] as const;

/** One device with two shared or dedicated work queues and one engine, and up to three processes. */
export class RemoteVmWorld implements World, Evidence {
  readonly machine: Machine;
  readonly kernel: RemoteVmKernel;
  readonly settings: RemoteVmFacts;
  readonly start: StartOperation;
  /** Whether the device asks for pages that are not there. */
  readonly pageRequests: boolean;

  readonly mms: readonly Mm[];
  readonly iommuSvaLock: Mutex;
  readonly pasids: Pasids;
  readonly wqs: readonly [WorkQueue, WorkQueue];
  readonly fileRefs: FileRefs;
  readonly forks: Cell<number>;
  readonly engine: Mutex;
  readonly evl: EventLog;
  readonly batchFail: readonly Cell<boolean>[];
  /** Batches so far; under `engine`. */
  batches = 0;

  // Evidence.
  readonly files: OpenFile[] = [];
  readonly descriptors: Descriptor[] = [];
  readonly writes: RecordWrite[] = [];
  readonly faultIns: FaultIn[] = [];
  readonly polls: Poll[] = [];
  readonly items: FaultItem[] = [];
  readonly fixups: Fixup[] = [];
  readonly pageWaits: PageWait[] = [];
  readonly removals: Removal[] = [];
  readonly crashes: Crash[] = [];
  readonly messages: Message[] = [];

  constructor(machine: Machine, kernel: RemoteVmKernel, settings: RemoteVmFacts) {
    this.machine = machine;
    this.kernel = kernel;
    this.settings = settings;
    this.start = (thread, call) =>
      kernel.dispatch(thread, this, call, call.work.argument as RemoteVmOperation);
    this.pageRequests = settings.prs === 'enabled' || (settings.prs === 'disabled' && !kernel.prsKnob);

    this.mms = PROCESSES.map((name) => {
      const child = name === 'child0';
      const pages = (address: Address): Page => pageOf(address, kernel.recordArea, child);
      return new Mm(machine, new Process(machine, name), pages, child ? ['fuse'] : ['fuse', 'uffd']);
    });
    this.iommuSvaLock = new Mutex(machine, 'iommu_sva_lock');
    this.pasids = new Pasids(machine, 'PASIDs');
    const wq = (index: number): WorkQueue =>
      new WorkQueue(machine, index, index === 0 && settings.wq0 === 'dedicated', this.mms);
    this.wqs = [wq(0), wq(1)];
    this.fileRefs = new FileRefs(machine, 'file references');
    this.forks = new Cell(machine, 'forks', 0);
    this.engine = new Mutex(machine, 'engine');
    this.evl = new EventLog(machine, settings.ring, kernel.drainsUnderLock);
    this.batchFail = Array.from(
      { length: BATCHES },
      (_, batch) => new Cell(machine, `batch_fail[${batch}]`, false),
    );

    const portals = this.wqs.map(({ enabled }) => enabled);
    const tables = this.mms.map(({ fds }) => fds);
    for (const mm of this.mms) {
      // ENQCMD sees whether the portal is mapped and there, and the PASID of the task; MOVDIR64B comes from any process.
      mm.inFlight.observes = [...portals, mm.sva, ...(this.wqs[0].dedicated ? tables : [mm.fds])];
    }
    for (const { clients, works } of this.wqs) clients.observes = [this.evl, works];
  }

  reset(): void {
    for (const mm of this.mms) {
      mm.exiting = false;
      mm.tornDown = 0;
      mm.freed = 0;
      mm.tornDownFreed = false;
    }
    for (let wq = 0; wq < WQS; wq++) {
      clear(this.wqs[wq]!.upasid);
      clear(this.wqs[wq]!.sharers);
    }
    this.batches = 0;
    clear(this.files);
    clear(this.descriptors);
    clear(this.writes);
    clear(this.faultIns);
    clear(this.polls);
    clear(this.items);
    clear(this.fixups);
    clear(this.pageWaits);
    clear(this.removals);
    clear(this.crashes);
    clear(this.messages);
  }

  get facts(): RemoteVmFacts {
    return this.settings;
  }

  processOf(actor: string): Process | null {
    if (actor.startsWith('proca')) return this.mms[0]!.process;
    return actor.startsWith('procb') ? this.mms[1]!.process : null;
  }

  /** The address space of the process that a thread, or what claims see of an address space, belongs to. */
  mmOf({ process: own }: Pick<Thread, 'process'>): Mm {
    return this.mms.find(({ process }) => process === own)!;
  }

  /** In the step under uc_lock that removes its context: who else needs one there may have none from now on. */
  noteRemoval(file: OpenFile): void {
    file.removed = true;
    for (const other of this.files) {
      if (other.wq !== file.wq || other.pasid !== file.pasid) continue;
      if (other.inserted === null || other.removed || this.#isRegistered(other)) continue;
      other.lostContextAt ??= this.machine.steps;
    }
  }

  isInLog(descriptor: Descriptor): boolean {
    return this.evl.entries.some((event) => event.descriptor === descriptor && !event.skip);
  }

  /** Under uc_lock. A context is removed before it is freed. */
  #isRegistered(file: OpenFile): boolean {
    const there = this.wqs[file.wq].upasid[file.pasid];
    return there !== undefined && there !== null && there.mm === file.mm;
  }

  /** In a step on its owner's SVA binding, which the count of what is in flight looks at. */
  countInDevice(file: OpenFile): number {
    return this.descriptors.filter((one) => one.inDevice && one.file === file && one.mm === file.mm).length;
  }

  /** Entries and works of descriptors through this file, with its PASID, that will still be handled. */
  countLeftBehind(file: OpenFile): number {
    const isIts = ({ file: through, pasid }: Descriptor): boolean => through === file && pasid === file.pasid;
    const entries = this.evl.entries.filter(({ descriptor, skip }) => !skip && isIts(descriptor)).length;
    const works = this.wqs[file.wq].works.cpus.flat().filter(({ event }) => isIts(event.descriptor)).length;
    return entries + works;
  }

  /** Stores (a part of) a record, in a step on that memory. What is pinned but not mapped any more nobody sees. */
  store(
    thread: Thread,
    mm: Mm,
    descriptor: Descriptor,
    part: RecordWrite['part'],
    status: number,
    partial: boolean,
    fixup: Fixup | null,
  ): void {
    const slot = mm.memory.slots[descriptor.cr];
    if (fixup !== null) {
      this.noteTouch(mm, fixup);
      if (part === 'status') fixup.statusWritten = true;
    }
    if (slot.page === 'hole' || slot.page === 'absent') return;
    if (part !== 'body') {
      slot.status = status;
      slot.statusOf = descriptor.id;
    }
    if (part !== 'status') slot.bodyOf = partial ? -descriptor.id : descriptor.id;
    this.writes.push({
      step: this.machine.steps,
      thread,
      descriptor,
      by: fixup === null ? 'device' : 'fixup',
      mm,
      part,
      partial,
      status,
      writable: slot.page !== 'readonly',
    });
  }

  /** A fixup touches user memory, in a step on that memory. */
  noteTouch(mm: Mm, fixup: Fixup): void {
    if (mm.users.value === 0) fixup.touchesWithoutUsers++;
  }

  crash(thread: Thread, kind: Crash['kind']): void {
    this.crashes.push({ step: this.machine.steps, thread, kind });
  }

  log(thread: Thread, level: Message['level'], ratelimited: boolean, about: Message['about']): void {
    this.messages.push({ step: this.machine.steps, thread, level, ratelimited, about });
  }

  /** By actor, since descriptors of different processes have no order that means anything. */
  device(): DeviceRecord[] {
    return this.descriptors
      .map(({ call, what, wq, cr, ended }) => ({
        actor: call.thread.name,
        insn: this.wqs[wq].dedicated ? 'movdir64b' : 'enqcmd',
        wq,
        what,
        cr,
        ended,
      }))
      .sort((a, b) => (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : 0));
  }

  /** What polls that found a status found behind it. */
  seen(): SeenRecord[] {
    return this.polls
      .filter(({ status }) => status !== 0)
      .sort((a, b) => a.call.work.operation - b.call.work.operation)
      .map(({ call, cr, status, statusOf, bodyOf }) => ({
        actor: call.thread.name,
        op: call.work.name,
        cr,
        status,
        body: bodyText(statusOf, bodyOf),
      }));
  }
}

function bodyText(statusOf: number, bodyOf: number): string {
  if (bodyOf === statusOf) return 'complete';
  if (bodyOf === 0) return 'not written yet';
  return bodyOf === -statusOf ? 'in part' : "another descriptor's";
}

/** What a process starts with. In altB records lie in the area that open allocated, which a child does not inherit. */
function pageOf(address: Address, recordArea: boolean, child: boolean): Page {
  switch (address) {
    case 'readonly':
      return 'readonly';
    case 'hole':
      return 'hole';
    case 'present':
      return recordArea && child ? 'hole' : 'present';
    case 'lazy':
    case 'uffd':
    case 'fuse':
      return recordArea ? (child ? 'hole' : 'present') : 'absent';
    case 'cross':
      return 'absent';
    default:
      return address satisfies never;
  }
}
