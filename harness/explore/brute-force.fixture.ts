import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';

/** Every schedule there is, without any reduction: what a reduction is judged by. Same use as `Dpor`. */
export class BruteForce implements Strategy {
  readonly #choices: number[] = [];
  readonly #counts: number[] = [];
  #started = false;
  #steps = 0;

  next(): boolean {
    if (!this.#started) {
      this.#started = true;
      return true;
    }
    this.#choices.length = this.#steps;
    while (this.#choices.length > 0 && this.#choices.at(-1)! + 1 === this.#counts[this.#choices.length - 1]) {
      this.#choices.pop();
    }
    if (this.#choices.length === 0) return false;
    this.#choices.push(this.#choices.pop()! + 1);
    return true;
  }

  begin(): void {
    this.#steps = 0;
  }

  pick(runnable: readonly Thread[], count: number, step: number): Thread {
    if (step === this.#choices.length) this.#choices.push(0);
    this.#counts[step] = count;
    this.#steps = step + 1;
    return runnable[this.#choices[step]!]!;
  }
}
