import { Waitable } from '../../harness/machine/events.ts';
import { ExclusiveLock, RwSemaphore } from '../../harness/machine/locks.ts';
import type { Machine, Observer, StepResult } from '../../harness/machine/machine.ts';
import type { SharedObject } from '../../harness/machine/shared.ts';
import { Access, accessOf, objectIdOf, type Step } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { CallObserver } from '../../harness/model/instrument.ts';
import type { History } from './trace.ts';

/**
 * What an actor holds or waits for, over rows: the rows of an execution are its steps and, behind them, one for those who
 * wait for ever.
 */
export interface Bar {
  readonly kind: 'holds' | 'waits';
  readonly actor: string;
  /** Name of a lock, or the event as a person would name it. */
  readonly object: string;
  readonly what: 'lock' | 'lock for read' | 'event';
  /** First and last row, both included. A lock is held from the step that takes it to the one that lets go of it. */
  readonly from: number;
  readonly to: number;
  /** Whether the execution ends before it does. */
  readonly isOpen: boolean;
}

export interface End {
  readonly row: number;
  readonly actor: string;
}

/**
 * `event`: a step, and the wait that it ended. `start`: a step, and the first one of an actor that it started. `lock`: the
 * step that let go of a lock, and the one of another actor who had waited for it. `for-ever`: from a wait without end to
 * who could end it.
 */
export interface Edge {
  readonly kind: 'event' | 'start' | 'lock' | 'for-ever';
  readonly object: string;
  readonly from: End;
  readonly to: End;
}

interface Held extends Pick<Bar, 'actor' | 'object' | 'what' | 'from'> {}

interface Wait extends Held {
  /** Step after which it could go on, by whom; null while it cannot. */
  readonly ended: End | null;
}

/** Notes after each step what the machine itself says: nothing is read off words. */
export class Watcher implements Observer, CallObserver {
  readonly #machine: Machine;
  #steps = 0;
  readonly #bars: Bar[] = [];
  readonly #edges: Edge[] = [];
  readonly #held = new Map<string, Held>();
  readonly #waits = new Map<Thread, Wait>();
  /** Who made what can be waited for ready, and when; null where it is not, or was from the beginning. */
  readonly #ready = new Map<Waitable, End | null>();
  readonly #started = new Map<Thread, End>();
  #threads = 0;
  readonly #objects: { object: string; initial: string; now: string; steps: number[]; values: string[] }[] =
    [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  enter(): void {}

  leave(): void {}

  before(): void {
    if (this.#steps > 0) return;
    this.#threads = this.#machine.threads.length;
    for (const object of this.#machine.objects) this.#note(object, object.show());
  }

  after(thread: Thread, step: Step, result: StepResult): void {
    const at = this.#steps++;
    const here: End = { row: at, actor: thread.name };
    if (result !== 'queued') this.#goOn(thread, step, here);
    this.#lookAtThreads(here);
    this.#lookAtHolders(at);
    this.#lookAtWaits(here);
    this.#lookAtObjects(at);
  }

  /** Whatever there is of the first `length` steps; what is open then lasts up to row `last`. */
  seen(
    length: number,
    last: number,
  ): {
    readonly bars: Bar[];
    readonly edges: Edge[];
    readonly histories: History[];
  } {
    const open = [
      ...[...this.#held.values()].map((held): Bar => ({ kind: 'holds', ...held, to: last, isOpen: true })),
      ...[...this.#waits.values()].map(
        ({ ended: _, ...wait }): Bar => ({ kind: 'waits', ...wait, to: last, isOpen: true }),
      ),
    ];
    return {
      bars: [...this.#bars, ...open]
        .filter(({ from, to }) => from <= last && from <= to)
        .map((bar) => (bar.to <= last ? bar : { ...bar, to: last, isOpen: true }))
        .toSorted((a, b) => a.from - b.from),
      edges: this.#edges.filter(({ to }) => to.row < length),
      histories: this.#objects.flatMap(({ object, initial, steps, values }): History[] => {
        const count = steps.findIndex((step) => step >= length);
        const changes = count < 0 ? steps.length : count;
        if (changes === 0) return [];
        return [{ object, initial, steps: steps.slice(0, changes), values: values.slice(0, changes) }];
      }),
    };
  }

  /** A wait ends with the next step of who waits. */
  #goOn(thread: Thread, step: Step, here: End): void {
    const wait = this.#waits.get(thread);
    const object = this.#machine.objects[objectIdOf(step)]!;
    const startedBy = this.#started.get(thread);
    if (startedBy !== undefined) {
      this.#started.delete(thread);
      this.#connect('start', thread.name, startedBy, here);
    }
    if (wait !== undefined) {
      this.#waits.delete(thread);
      const { ended, ...bar } = wait;
      this.#bars.push({ kind: 'waits', ...bar, to: here.row - 1, isOpen: false });
      this.#connect(bar.what === 'event' ? 'event' : 'lock', bar.object, ended, here);
    } else if (object instanceof Waitable && isWait(accessOf(step))) {
      // It came later than what it waited for.
      this.#connect('event', object.cause.event, this.#ready.get(object) ?? null, here);
    }
  }

  #connect(kind: Edge['kind'], object: string, from: End | null, to: End): void {
    if (from !== null && from.actor !== to.actor) this.#edges.push({ kind, object, from, to });
  }

  #lookAtThreads(here: End): void {
    const { threads } = this.#machine;
    for (const thread of threads.slice(this.#threads)) this.#started.set(thread, here);
    this.#threads = threads.length;
  }

  #lookAtHolders(at: number): void {
    const now = new Set<string>();
    for (const object of this.#machine.objects) {
      for (const { name: actor } of ownersOf(object)) {
        const key = `${object.id} ${actor}`;
        now.add(key);
        if (this.#held.has(key)) continue;
        const isRead = object instanceof RwSemaphore && object.writer === null;
        this.#held.set(key, {
          actor,
          object: object.name,
          what: isRead ? 'lock for read' : 'lock',
          from: at,
        });
      }
    }
    for (const [key, held] of this.#held) {
      if (now.has(key)) continue;
      this.#held.delete(key);
      this.#bars.push({ kind: 'holds', ...held, to: at, isOpen: false });
    }
  }

  #lookAtWaits(here: End): void {
    for (const object of this.#machine.objects) {
      if (!(object instanceof Waitable)) continue;
      if (!object.ready()) this.#ready.set(object, null);
      else if (this.#ready.get(object) === null) this.#ready.set(object, here);
    }
    for (const thread of this.#machine.threads) {
      const wait = this.#waits.get(thread);
      // A thread in user space waits for nothing in the kernel.
      const isBlocked = thread.alive && thread.path !== null && !this.#machine.enabled(thread);
      if (wait === undefined) {
        if (isBlocked) this.#waits.set(thread, this.#waitOf(thread, here.row + 1));
      } else if (isBlocked) {
        if (wait.ended !== null) this.#waits.set(thread, { ...wait, ended: null });
      } else if (wait.ended === null) this.#waits.set(thread, { ...wait, ended: here });
    }
  }

  #waitOf(thread: Thread, from: number): Wait {
    const object = this.#machine.objects[objectIdOf(thread.pending)]!;
    const isEvent = object instanceof Waitable;
    const isRead = accessOf(thread.pending) === Access.acquireShared;
    return {
      actor: thread.name,
      object: isEvent ? object.cause.event : object.name,
      what: isEvent ? 'event' : isRead ? 'lock for read' : 'lock',
      from,
      ended: null,
    };
  }

  #lookAtObjects(at: number): void {
    this.#machine.objects.forEach((object, index) => {
      const noted = this.#objects[index] ?? this.#note(object, '');
      const value = object.show();
      if (value === noted.now) return;
      noted.now = value;
      noted.steps.push(at);
      noted.values.push(value);
    });
  }

  #note({ name }: SharedObject, initial: string) {
    const noted = {
      object: name,
      initial,
      now: initial,
      steps: [] as number[],
      values: [] as string[],
    };
    this.#objects.push(noted);
    return noted;
  }
}

function ownersOf(object: SharedObject): readonly Thread[] {
  if (object instanceof ExclusiveLock) return object.owner === null ? [] : [object.owner];
  if (!(object instanceof RwSemaphore)) return [];
  return object.writer === null ? object.readers : [object.writer];
}

const isWait = (access: Access): boolean => access === Access.wait || access === Access.waitKillable;
