import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';
import { byDefault } from './default-rule.ts';

/** A schedule asked for an actor that could not run. */
export interface Stale {
  readonly step: number;
  readonly expected: string;
  readonly runnable: readonly string[];
}

/** Follows a schedule of actor names to the letter, then the default rule. */
export class Replay implements Strategy {
  readonly #schedule: readonly string[];
  #last: Thread | null = null;
  stale: Stale | null = null;

  constructor(schedule: readonly string[]) {
    this.#schedule = schedule;
  }

  begin(): void {
    this.#last = null;
    this.stale = null;
  }

  pick(runnable: readonly Thread[], count: number, step: number): Thread | null {
    const name = this.#schedule[step];
    if (name === undefined) {
      this.#last = byDefault(runnable, count, this.#last);
      return this.#last;
    }
    for (let i = 0; i < count; i++) {
      if (runnable[i]!.name === name) {
        this.#last = runnable[i]!;
        return this.#last;
      }
    }
    this.stale = { step, expected: name, runnable: runnable.slice(0, count).map((thread) => thread.name) };
    return null;
  }
}
