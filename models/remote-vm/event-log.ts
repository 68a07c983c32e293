import { Waitable } from '../../harness/machine/events.ts';
import { Mutex, SpinLock } from '../../harness/machine/locks.ts';
import type { Machine } from '../../harness/machine/machine.ts';
import { clear } from '../../harness/machine/shared.ts';
import { Access, type Step, stepOf } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Descriptor, FaultItem } from '../../properties/remote-vm/evidence.ts';

/** `DSA_COMP_*` of an entry. */
export type EventStatus = 'CRA_XLAT' | 'BATCH_EVL_ERR' | 'DRAIN_EVL';

/** One entry of the log. */
export interface Event {
  readonly descriptor: Descriptor;
  readonly status: EventStatus;
  /** Batch that the descriptor is a member of, or is itself; -1: none. */
  readonly batch: number;
  /** Whether it is the first error of its batch. */
  readonly first: boolean;
  /** Whether it was marked in `bmap`. */
  skip: boolean;
}

/** The ring and its registers; a slot is waited for by the engine. */
export class EventLog extends Waitable {
  readonly lock: SpinLock | Mutex;
  readonly size: number;
  /** From head to tail. */
  readonly entries: Event[] = [];
  /** EVLSTATUS.int_pending: an interrupt has been sent and not been taken. */
  pending = false;
  /** Runs of the interrupt thread so far; under `lock`. */
  runs = 0;

  get update(): Step {
    return stepOf(this.id, Access.update);
  }

  /** Its lock is a spinlock until d5638de827cf (v6.9). */
  constructor(machine: Machine, size: number, sleeps: boolean) {
    super(machine, 'event log', {
      event: 'a free slot of the event log',
      wakers: () => machine.threads.filter(({ process }) => process === null),
    });
    this.size = size;
    this.lock = new (sleeps ? Mutex : SpinLock)(machine, 'evl->lock');
  }

  ready(): boolean {
    return this.entries.length < this.size - 1;
  }

  reset(): void {
    clear(this.entries);
    this.pending = false;
    this.runs = 0;
  }

  show(): string {
    return `${this.entries.length} of ${this.size - 1}`;
  }
}

/** Work of one CPU: a fault item and the entry that it was made from. */
export interface Work {
  readonly item: FaultItem;
  readonly event: Event;
}

/** `wq->wq`: create_workqueue, hence one worker a CPU. Waited for until it is empty. */
export class Workqueue extends Waitable {
  /** False: `wq->wq` is NULL. */
  exists = true;
  drainers = 0;
  /** Queued and running works, in this order, by CPU. */
  readonly cpus: readonly Work[][] = [[], []];
  /** Its worker threads so far: only they empty it. */
  readonly workers: Thread[] = [];

  get update(): Step {
    return stepOf(this.id, Access.update);
  }

  constructor(machine: Machine, name: string) {
    super(machine, name, {
      event: `${name} is empty`,
      wakers: () => this.workers,
    });
  }

  ready(): boolean {
    return this.cpus.every((works) => works.length === 0);
  }

  reset(): void {
    this.exists = true;
    this.drainers = 0;
    for (const works of this.cpus) clear(works);
    clear(this.workers);
  }

  show(): string {
    return this.cpus.map(({ length }) => length).join(' + ');
  }
}
