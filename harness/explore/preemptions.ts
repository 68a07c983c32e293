import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';

/**
 * Every schedule with at most so many preemptions: switches away from a thread that could have gone on. Who runs when
 * a thread waits or ends is free.
 *
 * Source: Musuvathi, Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007.
 * Deliberately without partial-order reduction: the schedule that a reduction keeps of a class may need more
 * preemptions than the one it drops, so that the two lose bugs together unless both are changed (Coons, Musuvathi,
 * McKinley, "Bounded Partial-Order Reduction", OOPSLA 2013).
 *
 * Use as `Dpor`: `while (all.next()) { execute(program, all, …); all.close(); }`.
 */
export class BoundedPreemptions implements Strategy {
  readonly pruned = false;
  readonly prunedCount = 0;
  readonly #preemptionsMax: number;
  /** At each depth: which of the threads on offer, how many were on offer, and preemptions before it. */
  readonly #choice: number[] = [];
  readonly #offered: number[] = [];
  readonly #spent: number[] = [];
  #decided = 0;
  #steps = 0;
  #started = false;
  #last: Thread | null = null;

  constructor(preemptionsMax: number) {
    this.#preemptionsMax = preemptionsMax;
  }

  next(): boolean {
    if (!this.#started) {
      this.#started = true;
      return true;
    }
    let depth = this.#steps - 1;
    while (depth >= 0 && this.#choice[depth]! + 1 >= this.#offered[depth]!) depth--;
    if (depth < 0) return false;
    this.#choice[depth] = this.#choice[depth]! + 1;
    this.#decided = depth + 1;
    return true;
  }

  begin(): void {
    this.#steps = 0;
    this.#last = null;
  }

  pick(runnable: readonly Thread[], count: number, step: number): Thread {
    const last = this.#last === null ? -1 : indexOf(runnable, count, this.#last);
    const spent = step === 0 ? 0 : this.#spent[step - 1]! + (this.#wasPreempted(step - 1) ? 1 : 0);
    if (step >= this.#decided) this.#choice[step] = 0;
    this.#spent[step] = spent;
    this.#preemptible[step] = last >= 0;
    this.#offered[step] = last >= 0 && spent >= this.#preemptionsMax ? 1 : count;
    this.#steps = step + 1;
    const choice = this.#choice[step]!;
    // The thread that could go on comes first, the others in order of creation.
    const index = last < 0 ? choice : choice === 0 ? last : choice <= last ? choice - 1 : choice;
    this.#last = runnable[index]!;
    return this.#last;
  }

  readonly #preemptible: boolean[] = [];

  #wasPreempted(depth: number): boolean {
    return this.#preemptible[depth]! && this.#choice[depth]! > 0;
  }

  close(): void {}
}

function indexOf(runnable: readonly Thread[], count: number, thread: Thread): number {
  for (let i = 0; i < count; i++) if (runnable[i] === thread) return i;
  return -1;
}
