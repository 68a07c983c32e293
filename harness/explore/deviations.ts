import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';
import { byDefault } from './default-rule.ts';

/** At `step`, run not the thread that the default rule names but the `choice`-th other runnable one. */
export interface Deviation {
  readonly step: number;
  readonly choice: number;
}

/**
 * The default rule but for a few named deviations: a schedule by its context switches. Used to look for the schedule
 * with the fewest, in a fixed order.
 *
 * Source: delay bounding, Emmi, Qadeer, Rakamarić, "Delay-Bounded Scheduling", POPL 2011. A deviation here is one
 * switch to any other thread, where a delay there skips to the next one in order.
 */
export class Deviations implements Strategy {
  deviations: readonly Deviation[] = [];
  /** Runnable threads at each step of the last execution, at least up to its end. */
  readonly counts = new Uint8Array(1 << 16);
  #last: Thread | null = null;
  #next = 0;

  begin(): void {
    this.#last = null;
    this.#next = 0;
  }

  pick(runnable: readonly Thread[], count: number, step: number): Thread {
    if (step < this.counts.length) this.counts[step] = count;
    const usual = byDefault(runnable, count, this.#last);
    const deviation = this.deviations[this.#next];
    let picked = usual;
    if (deviation !== undefined && deviation.step === step) {
      this.#next++;
      picked = others(runnable, count, usual, deviation.choice) ?? usual;
    }
    this.#last = picked;
    return picked;
  }
}

function others(runnable: readonly Thread[], count: number, usual: Thread, choice: number): Thread | null {
  let left = choice;
  for (let i = 0; i < count; i++) {
    const thread = runnable[i]!;
    if (thread !== usual && left-- === 0) return thread;
  }
  return null;
}
