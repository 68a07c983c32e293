/** A user address space, as far as completion records go, with its two reference counts and its PASID. */
import { RefCount, Waitable } from '../../harness/machine/events.ts';
import { RwSemaphore } from '../../harness/machine/locks.ts';
import type { Machine } from '../../harness/machine/machine.ts';
import type { Process } from '../../harness/machine/process.ts';
import { type ObjectTable, SharedObject } from '../../harness/machine/shared.ts';
import { Access, type Step, stepOf } from '../../harness/machine/step.ts';
import type { Address, Mm as MmEvidence, OpenFile } from '../../properties/remote-vm/evidence.ts';
import { WQS } from './layout.ts';

const ADDRESSES: readonly Address[] = ['present', 'lazy', 'uffd', 'fuse', 'readonly', 'hole', 'cross'];

export type Page = 'present' | 'absent' | 'readonly' | 'hole';

/** A completion record in user memory, and the (first) page that it is on. */
export interface Slot {
  page: Page;
  status: number;
  /** Descriptors that status and body are of; negative: only the first part of the body. */
  statusOf: number;
  bodyOf: number;
}

/** What a step of this series on plain data is: a look, or an atomic change. */
abstract class Shared extends SharedObject {
  get read(): Step {
    return stepOf(this.id, Access.read);
  }
  get update(): Step {
    return stepOf(this.id, Access.update);
  }
}

/** A value that steps on other objects look at besides, which those objects' `observes` say. */
export class Observed<T> extends Shared {
  value: T;
  readonly #initial: T;

  constructor(table: ObjectTable, name: string, value: T) {
    super(table, name);
    this.value = value;
    this.#initial = value;
  }

  reset(): void {
    this.value = this.#initial;
  }

  show(): string {
    return String(this.value);
  }
}

/** Page tables, VMAs and contents of one address space: VMAs change under the mmap lock only. */
export class Memory extends Shared {
  readonly slots: Readonly<Record<Address, Slot>>;
  readonly #pages: (address: Address) => Page;

  constructor(table: ObjectTable, name: string, pages: (address: Address) => Page) {
    super(table, name);
    this.#pages = pages;
    this.slots = Object.fromEntries(
      ADDRESSES.map((address): [Address, Slot] => [
        address,
        { page: pages(address), status: 0, statusOf: 0, bodyOf: 0 },
      ]),
    ) as Record<Address, Slot>;
  }

  reset(): void {
    for (const address of ADDRESSES) {
      const slot = this.slots[address];
      slot.page = this.#pages(address);
      slot.status = 0;
      slot.statusOf = 0;
      slot.bodyOf = 0;
    }
  }

  show(): string {
    return ADDRESSES.filter((address) => this.slots[address].status !== 0)
      .map((address) => `${address}: status ${this.slots[address].status}`)
      .join(', ');
  }
}

/** What the IOMMU has of an address space: its PASID (mm->pasid, kept until __mmdrop) and how often it is bound. */
export class Sva extends Shared {
  /** -1: it never had one. */
  pasid = -1;
  users = 0;

  reset(): void {
    this.pasid = -1;
    this.users = 0;
  }

  show(): string {
    return this.pasid < 0 ? 'no PASID' : `PASID ${this.pasid}, bound ${this.users} times`;
  }
}

/** The handlers that provide pages: of the userfaultfd and of the file system in user space. */
export class PageProvider extends Waitable {
  answered = false;

  get read(): Step {
    return stepOf(this.id, Access.read);
  }
  get update(): Step {
    return stepOf(this.id, Access.update);
  }

  ready(): boolean {
    return this.answered;
  }

  reset(): void {
    this.answered = false;
  }

  show(): string {
    return this.answered ? 'answered' : 'silent';
  }
}

/** Descriptor table of a process. */
export class FdTable extends Shared {
  readonly files = new Map<string, OpenFile>();
  /** Names that an open under way will give: get_unused_fd_flags. */
  readonly reserved = new Set<string>();

  reset(): void {
    this.files.clear();
    this.reserved.clear();
  }

  show(): string {
    return [...this.files.keys()].join(', ');
  }
}

/** Descriptors with the PASID of one address space that the device has, of all wqs and of each. */
class InFlight extends RefCount {
  readonly byWq = Array<number>(WQS).fill(0);

  /** In a step on it. */
  add(wq: number, change: 1 | -1): void {
    this.count += change;
    this.byWq[wq]! += change;
  }

  override reset(): void {
    super.reset();
    this.byWq.fill(0);
  }
}

export class Mm implements MmEvidence {
  readonly process: Process;
  readonly name: string;
  /** mm_users: the process itself (its threads count as one), and whoever did mmget. */
  readonly users: Observed<number>;
  /** mm_count: one for all of mm_users, and whoever did mmgrab. At 0 the struct is freed. */
  readonly count: Observed<number>;
  readonly mmapLock: RwSemaphore;
  readonly memory: Memory;
  readonly sva: Sva;
  readonly provider: PageProvider;
  readonly fds: FdTable;
  readonly inFlight: InFlight;
  /** Addresses whose pages user space provides: a child has no userfaultfd. */
  readonly provided: readonly Address[];
  /** Set in the step in which exit_group kills the process. */
  exiting = false;
  tornDown = 0;
  freed = 0;
  tornDownFreed = false;

  constructor(
    machine: Machine,
    process: Process,
    pages: (address: Address) => Page,
    provided: readonly Address[],
  ) {
    const { name } = process;
    this.process = process;
    this.name = name;
    this.provided = provided;
    this.users = new Observed(machine, `mm_users of ${name}`, 1);
    this.count = new Observed(machine, `mm_count of ${name}`, 1);
    this.mmapLock = new RwSemaphore(machine, `mmap_lock of ${name}`);
    this.memory = new Memory(machine, `memory of ${name}`, pages);
    this.sva = new Sva(machine, `SVA binding of ${name}`);
    this.provider = new PageProvider(machine, `page provider of ${name}`, {
      event: `${name} provides the page`,
      // A process that exits lets go of the page as well, by a thread that is not one of its own any more.
      wakers: () => (this.exiting ? machine.threads.filter((t) => t.process === null) : process.threads),
      unboundedByDesign: () => true,
    });
    this.fds = new FdTable(machine, `descriptors of ${name}`);
    this.inFlight = new InFlight(machine, `descriptors of ${name} in the device`, 0, {
      event: `device drained of the PASID of ${name}`,
      wakers: () => machine.threads,
    });
    // What the record of a store says besides where it went.
    this.memory.observes = [this.users, this.count, this.sva];
    this.users.observes = [this.count];
  }
}
