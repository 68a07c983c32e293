import type { RecordedStep } from '../harness/machine/recorder.ts';

/** A lock in the hands of one actor, by the steps of a recording. */
export interface HeldLock {
  readonly actor: string;
  readonly lock: string;
  /** Taken for reading. */
  readonly shared: boolean;
  /** The function that took it. */
  readonly function: string | null;
  /** The step that took it, and the one that released it: behind the last where none did. */
  readonly from: number;
  readonly to: number;
  /** How many other locks the actor held when it took this one. */
  readonly depth: number;
}

/** Who held which lock when, in the order in which they were released; those never released come last. */
export function heldLocks(steps: readonly RecordedStep[]): HeldLock[] {
  const held = new Map<string, Omit<HeldLock, 'to'>[]>();
  const done: HeldLock[] = [];
  steps.forEach(({ actor, text, function: place }, at) => {
    const own = held.get(actor) ?? [];
    held.set(actor, own);
    // What did not get the lock ends in words that say so.
    const taken = /^(?:try)?lock (?<lock>.*?)(?<shared> for read)?$/.exec(text)?.groups;
    if (taken !== undefined && !/ \((?:queued|failed|interrupted)\)$/.test(text)) {
      const shared = taken.shared !== undefined;
      own.push({ actor, lock: taken.lock!, shared, function: place, from: at, depth: own.length });
    }
    const released = /^unlock (?<lock>.*)$/.exec(text)?.groups?.lock;
    const index = own.findLastIndex(({ lock }) => lock === released);
    if (index >= 0) done.push({ ...own.splice(index, 1)[0]!, to: at });
  });
  return [...done, ...[...held.values()].flat().map((lock) => ({ ...lock, to: steps.length }))];
}
