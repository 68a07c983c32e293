import type { CallObserver } from '../model/instrument.ts';
import { isIn, type WorldState } from './livelock.ts';
import type { Machine, Observer } from './machine.ts';

/** Watches an execution for the first step before which the world was in a state. */
export class LivelockOnset implements Observer, CallObserver {
  /** Null until it was seen. */
  step: number | null = null;
  readonly #machine: Machine;
  readonly #state: WorldState;

  constructor(machine: Machine, state: WorldState) {
    this.#machine = machine;
    this.#state = state;
  }

  before(): void {
    if (this.step === null && isIn(this.#machine, this.#state)) this.step = this.#machine.steps;
  }

  after(): void {}
  enter(): void {}
  leave(): void {}
}
