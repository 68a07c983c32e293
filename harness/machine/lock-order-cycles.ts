import type { Asker, LockAsk, LockOrderRecord, LockUse } from './lock-order.ts';

/** One thread of a predicted deadlock: it holds `held`, which the one before it wants, and asks for `asks`. */
export interface PredictedWait {
  readonly actor: string;
  readonly operation: string;
  readonly held: LockUse;
  readonly asks: LockUse;
  /** All that it holds while it asks, `held` too. */
  readonly holds: readonly LockUse[];
}

/** A thread whose place in a semaphore's queue makes readers wait for readers. */
export interface PredictedWriter {
  readonly lock: string;
  readonly actor: string;
  readonly operation: string;
}

/** Locks that threads could wait for in a circle, though no execution did. */
export interface PredictedDeadlock {
  /** The locks, each asked for by a thread that holds the one before it. */
  readonly locks: readonly string[];
  /** The i-th holds the i-th lock and asks for the next one; the last asks for the first. */
  readonly threads: readonly PredictedWait[];
  readonly writers: readonly PredictedWriter[];
}

/** Threads in a cycle. Longer ones are rare in practice, and each comes with many detours of itself. */
const LENGTH_MAX = 5;
/** Cycles of the lock graph that are looked at, and ways to fill one with threads. */
const CYCLES_MAX = 10_000;
const FILLINGS_MAX = 100_000;

/**
 * The deadlocks that the order of locks allows: cycles of "held while it asked for", by threads that differ, that can
 * all be there at once and of which no two hold the same lock (a gate) at that moment.
 *
 * Sources: Havelund, "Using Runtime Analysis to Guide Model Checking of Java Programs", SPIN 2000 (GoodLock);
 * Bensalem, Havelund, "Dynamic Deadlock Analysis of Multi-threaded Programs", PADTAD 2005 (gate locks, threads, and
 * segments, of which the wait for the end of a process is kept here). Theirs is the order of one execution; here the
 * threads of a cycle may come from executions of different operations, so that a cycle is a question to a reader and
 * no proof: they may never run together for reasons that locks do not show.
 *
 * Two readers of a semaphore stand in each other's way only through a writer who queued between them (it is first
 * come, first served: rwsem.c, and {@link RwSemaphore}), so that such a cycle counts only where some other thread
 * asks for the semaphore for writing.
 */
export function predictDeadlocks({ asks, closed }: LockOrderRecord): PredictedDeadlock[] {
  const known = new Set(closed.map((locks) => locks.join('\n')));
  const found: PredictedDeadlock[] = [];
  for (const locks of cycles(asks)) {
    const set = [...locks].sort((a, b) => (a < b ? -1 : 1)).join('\n');
    if (known.has(set)) continue;
    const deadlock = new Filling(asks, locks).first();
    if (deadlock === null) continue;
    known.add(set);
    found.push(deadlock);
  }
  return found;
}

/** Pairs of locks of which one was held when the other was asked for. */
export function lockOrders(asks: readonly LockAsk[]): [held: string, asked: string][] {
  const pairs = new Map<string, [string, string]>();
  for (const ask of asks) {
    for (const { lock } of ask.holds) pairs.set(`${lock}\n${ask.asks.lock}`, [lock, ask.asks.lock]);
  }
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
}

/** Simple cycles of the lock graph, shortest first, each once: from its first lock by name. */
function cycles(asks: readonly LockAsk[]): string[][] {
  const next = new Map<string, string[]>();
  for (const [held, asked] of lockOrders(asks)) next.set(held, [...(next.get(held) ?? []), asked]);
  const found: string[][] = [];
  const path: string[] = [];
  const follow = (lock: string): void => {
    path.push(lock);
    for (const after of next.get(lock) ?? []) {
      if (found.length >= CYCLES_MAX) break;
      if (after === path[0]) found.push([...path]);
      else if (after > path[0]! && !path.includes(after) && path.length < LENGTH_MAX) follow(after);
    }
    path.pop();
  };
  for (const start of next.keys()) follow(start);
  return found.sort((a, b) => a.length - b.length);
}

/** A thread at the moment of a request. */
interface Request {
  readonly ask: LockAsk;
  readonly asker: Asker;
}

/** Looks for threads that close a given cycle of locks. */
class Filling {
  readonly #asks: readonly LockAsk[];
  readonly #locks: readonly string[];
  readonly #candidates: readonly (readonly Request[])[];
  #left = FILLINGS_MAX;

  constructor(asks: readonly LockAsk[], locks: readonly string[]) {
    this.#asks = asks;
    this.#locks = locks;
    this.#candidates = locks.map((held, at) => {
      const wanted = locks[(at + 1) % locks.length]!;
      return requests(asks, (ask) => ask.asks.lock === wanted && modeOf(ask, held) !== null);
    });
  }

  first(): PredictedDeadlock | null {
    return this.#fill([]);
  }

  #fill(chosen: readonly Request[]): PredictedDeadlock | null {
    if (chosen.length === this.#locks.length) return this.#closed(chosen);
    for (const request of this.#candidates[chosen.length]!) {
      if (this.#left-- <= 0) return null;
      if (!chosen.every((other) => canMeet(other, request))) continue;
      const filled = this.#fill([...chosen, request]);
      if (filled !== null) return filled;
    }
    return null;
  }

  #closed(chosen: readonly Request[]): PredictedDeadlock | null {
    const writers: (PredictedWriter & Request)[] = [];
    for (let at = 0; at < chosen.length; at++) {
      const lock = this.#locks[at]!;
      const { asks } = chosen[(at + chosen.length - 1) % chosen.length]!.ask;
      const readOnly = asks.shared && modeOf(chosen[at]!.ask, lock) === 'shared';
      // A thread that waits for itself is found wherever it runs.
      if (chosen.length === 1 && !readOnly) return null;
      if (!readOnly) continue;
      const there = [...chosen, ...writers];
      const writer = requests(
        this.#asks,
        (ask) => ask.asks.lock === lock && !ask.asks.shared && modeOf(ask, lock) === null,
      ).find((request) => there.every((other) => canMeet(other, request)));
      if (writer === undefined) return null;
      const { actor, operation } = writer.asker;
      writers.push({ ...writer, lock, actor, operation });
    }
    return {
      locks: this.#locks,
      threads: chosen.map(({ ask, asker: { actor, operation } }, at) => ({
        actor,
        operation,
        held: { lock: this.#locks[at]!, shared: modeOf(ask, this.#locks[at]!) === 'shared' },
        asks: ask.asks,
        holds: ask.holds,
      })),
      writers: writers.map(({ lock, actor, operation }) => ({ lock, actor, operation })),
    };
  }
}

function requests(asks: readonly LockAsk[], wanted: (ask: LockAsk) => boolean): Request[] {
  return asks.filter(wanted).flatMap((ask) => ask.by.map((asker) => ({ ask, asker })));
}

/** How a thread holds a lock while it asks, or null. */
function modeOf({ holds }: LockAsk, lock: string): 'shared' | 'exclusive' | null {
  const uses = holds.filter((use) => use.lock === lock);
  if (uses.length === 0) return null;
  return uses.every(({ shared }) => shared) ? 'shared' : 'exclusive';
}

/** Whether two threads can stand before their requests at the same time. */
function canMeet(a: Request, b: Request): boolean {
  if (a.asker.actor === b.asker.actor) return false;
  if (isAfter(a.asker, b.asker) || isAfter(b.asker, a.asker)) return false;
  return a.ask.holds.every(({ lock, shared }) => {
    const other = modeOf(b.ask, lock);
    return other === null || (other === 'shared' && shared);
  });
}

/** Whether one had waited until the other's process was gone. */
const isAfter = (one: Asker, other: Asker): boolean => one.after !== null && one.after === other.process;
