import { byText } from '../by-text.ts';
import type { Deadlock, StuckThread } from './deadlock.ts';
import type { Thread } from './thread.ts';

/** A lock by its name, and how it was taken. Mutexes and spinlocks are never shared. */
export interface LockUse {
  readonly lock: string;
  /** Taken for reading. */
  readonly shared: boolean;
}

/** A thread that asked, as far as it matters to others: by its name, which tells it apart within one execution. */
export interface Asker {
  readonly actor: string;
  /** What it was doing; the first by name where it did several things. */
  readonly operation: string;
  readonly process: string | null;
  /** The process whose end it had waited for: none of that one's threads was left. */
  readonly after: string | null;
}

/** A blocking request for a lock, with what the thread held meanwhile: one edge from each held lock. */
export interface LockAsk {
  readonly holds: readonly LockUse[];
  readonly asks: LockUse;
  readonly by: readonly Asker[];
}

/** What executions showed of the order of locks. Plain data in a fixed order, however the executions came. */
export interface LockOrderRecord {
  /** Locks that there are. */
  readonly locks: readonly string[];
  readonly asks: readonly LockAsk[];
  /** Sets of locks whose cycle an execution closed, so that a claim reports it. */
  readonly closed: readonly (readonly string[])[];
}

export const NO_LOCK_ORDER: LockOrderRecord = { locks: [], asks: [], closed: [] };

/** Locks beyond this many, and all but the first of one name, have no bit of their own. */
const BITS = 30;
/** Stands for them in what a thread holds: the locks themselves have to be looked at. */
const OTHERS = 1 << BITS;

/** A lock's bit in what a thread holds. */
export const heldBit = (place: number): number => (place < BITS ? 1 << place : OTHERS);

/** What is left where a lock is let go of: whether other locks without a bit are held is not known before none is. */
export const otherBits = (place: number): number => (place < BITS ? ~(1 << place) : -1);

/**
 * Collects which locks threads hold while they ask for others, over as many executions as there are. Locks are told
 * apart by name, as lockdep tells them apart by class (Documentation/locking/lockdep-design.rst).
 *
 * Each lock has a bit in a number that says what a thread holds, so that taking and releasing one costs next to
 * nothing, and a request is a look into a short list of what was held at the same request before. With a list of
 * locks in the place of the number, search took 7 % longer.
 */
export class LockOrder {
  readonly #places = new Map<string, number>();
  readonly #locks = new Set<string>();
  readonly #seen = new Map<string, number[][]>();
  readonly #asks = new Map<string, LockAsk>();
  readonly #closed = new Map<string, readonly string[]>();

  /** Where a lock taken in this way stands: the same for each machine of a world. */
  placeOf(lock: string, shared: boolean): number {
    this.#locks.add(lock);
    const use = useText({ lock, shared });
    const place = this.#places.get(use) ?? this.#places.size;
    this.#places.set(use, place);
    return place;
  }

  /** What such a thread held at its requests so far, by the place of what it asked for. */
  seenWith({ name, joined }: Thread): readonly (readonly number[] | undefined)[] {
    const who = joined === null ? name : `${name}\n${joined}`;
    const seen = this.#seen.get(who) ?? [];
    this.#seen.set(who, seen);
    return seen;
  }

  /** Writes down that a thread which holds these locks is about to wait for another one. */
  note(thread: Thread, place: number, asks: LockUse, holds: readonly LockUse[]): void {
    const { held, name: actor, joined: after } = thread;
    const known = [actor, after ?? '', ...[asks, ...holds].map(useText)].join('\n');
    if (!this.#asks.has(known)) {
      const operation = thread.call!.work.name;
      const process = thread.process?.name ?? null;
      this.#asks.set(known, { holds, asks, by: [{ actor, operation, process, after }] });
    }
    if (place >= BITS || (held & OTHERS) !== 0) return;
    const seen = this.#seen.get(after === null ? actor : `${actor}\n${after}`)!;
    seen[place] = [...(seen[place] ?? []), held];
  }

  /** Remembers the cycles of a deadlock that happened. */
  closedBy({ stuck }: Deadlock): void {
    for (const locks of lockCycles(stuck)) this.#closed.set(locks.join('\n'), locks);
  }

  record(): LockOrderRecord {
    const asks = [...this.#asks.values()];
    return mergeLockOrders([{ locks: [...this.#locks], asks, closed: [...this.#closed.values()] }]);
  }
}

/** One record of many: of chunks, of worlds, of shards. Neither their order nor their cut matters. */
export function mergeLockOrders(records: readonly LockOrderRecord[]): LockOrderRecord {
  const asks = new Map<string, { holds: readonly LockUse[]; asks: LockUse; by: Map<string, Asker> }>();
  for (const record of records) {
    for (const ask of record.asks) {
      const holds = [...ask.holds].sort(byUse);
      const key = [ask.asks, ...holds].map(useText).join('\n');
      const known = asks.get(key) ?? { holds, asks: ask.asks, by: new Map<string, Asker>() };
      asks.set(key, known);
      for (const asker of ask.by) {
        const who = askerText(asker);
        const before = known.by.get(who);
        if (before === undefined || asker.operation < before.operation) known.by.set(who, asker);
      }
    }
  }
  const closed = new Map(
    records.flatMap((record) => record.closed.map((locks) => [locks.join('\n'), locks])),
  );
  return {
    locks: [...new Set(records.flatMap((record) => record.locks))].sort(byText),
    asks: sortedBy(asks).map(({ holds, asks: asked, by }) => ({ holds, asks: asked, by: sortedBy(by) })),
    closed: sortedBy(closed),
  };
}

const useText = ({ lock, shared }: LockUse): string => `${lock} ${shared ? 'r' : 'w'}`;
const byUse = (a: LockUse, b: LockUse): number => byText(useText(a), useText(b));
const askerText = ({ actor, after }: Asker): string => `${actor}\n${after ?? ''}`;

const sortedBy = <T>(values: ReadonlyMap<string, T>): T[] =>
  [...values].sort(([a], [b]) => byText(a, b)).map(([, value]) => value);

/** Sets of locks that stuck threads wait for in a circle; waits for events close none of these. */
function lockCycles(stuck: readonly StuckThread[]): string[][] {
  const waiting = new Map(stuck.filter(({ edge }) => edge === 'lock').map((one) => [one.thread, one]));
  const cycles: string[][] = [];
  const done = new Set<StuckThread>();
  const path: StuckThread[] = [];
  const follow = (one: StuckThread): void => {
    const start = path.indexOf(one);
    if (start >= 0) cycles.push([...new Set(path.slice(start).map(({ awaits }) => awaits))].sort(byText));
    if (start >= 0 || done.has(one)) return;
    path.push(one);
    for (const blocker of one.on) {
      const next = waiting.get(blocker);
      if (next !== undefined) follow(next);
    }
    path.pop();
    done.add(one);
  };
  for (const one of waiting.values()) follow(one);
  return cycles;
}
