import { byDefault } from '../explore/default-rule.ts';
import { type Deviation, Deviations } from '../explore/deviations.ts';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import { type Benches, compileProgram, execute, type Program } from '../machine/execute.ts';
import type { Machine, Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';
import type { Model, World } from '../model/model.ts';
import type { Property } from '../model/property.ts';
import type { Draft } from './reduce.ts';

/** What is kept while everything else goes. */
export interface ShrinkTarget {
  readonly property: Property<World>;
  readonly kind: string;
}

/** Executions one search for a schedule may take; beyond it the answer "none" is a guess, and `minimal` false. */
export const SEARCH_MAX = 20_000;
/** Context switches beyond the default rule that are searched for exhaustively. */
export const SWITCHES_MAX = 3;

/** A schedule that breaks the claim. */
export interface Failing {
  readonly deviations: readonly Deviation[];
  /** Threads that the execution had, those that it started itself included. */
  readonly threads: number;
}

/** Context switches: who runs first is no switch. */
export const switchesOf = ({ deviations }: Failing): number =>
  deviations.filter(({ step }) => step > 0).length;

/** Looks for schedules under which a draft breaks the claim. */
export class ScheduleSearch {
  executions = 0;
  gaveUp = false;
  limit = SEARCH_MAX;
  /** Executions after which reducing stops where it is. */
  executionsMax = Number.POSITIVE_INFINITY;
  readonly #model: Model;
  readonly #target: ShrinkTarget;
  readonly #stepsMax: number;
  readonly #buffer: Uint8Array;
  readonly #strategy = new Deviations();
  readonly #benches: Benches = new Map();

  constructor(model: Model, target: ShrinkTarget, stepsMax: number) {
    this.#model = model;
    this.#target = target;
    this.#stepsMax = stepsMax;
    this.#buffer = new Uint8Array(stepsMax);
  }

  /** The failing schedule with the fewest switches, at most `switchesMax`; the first in order among equals. */
  least(draft: Draft, switchesMax: number): Failing | null {
    const program = this.#compile(draft);
    const budget = { left: this.limit };
    const actors = program.actors.length;
    for (let switches = 0; switches <= Math.min(switchesMax, SWITCHES_MAX); switches++) {
      // The actor that the default rule begins with, then each of the others.
      for (let first = 0; first < Math.max(1, actors); first++) {
        const start = first === 0 ? [] : [{ step: 0, choice: first - 1 }];
        const found = this.#extend(program, start, switches, budget);
        if (found !== null) return found;
        if (budget.left <= 0) {
          this.gaveUp = true;
          return null;
        }
      }
    }
    return null;
  }

  /** All ways to add exactly `more` switches after the last one. */
  #extend(
    program: Program,
    deviations: readonly Deviation[],
    more: number,
    budget: { left: number },
  ): Failing | null {
    if (budget.left-- <= 0) return null;
    const steps = this.#run(program, deviations);
    if (steps < 0) return more === 0 ? { deviations, threads: this.#threads } : null;
    if (more === 0) return null;
    const counts = this.#strategy.counts.slice(0, Math.min(steps, this.#strategy.counts.length));
    for (let step = (deviations.at(-1)?.step ?? 0) + 1; step < counts.length; step++) {
      for (let choice = 0; choice < counts[step]! - 1; choice++) {
        const found = this.#extend(program, [...deviations, { step, choice }], more - 1, budget);
        if (found !== null) return found;
      }
    }
    return null;
  }

  /** Steps of an execution that passes, or -1 if it breaks the claim. */
  #run(program: Program, deviations: readonly Deviation[]): number {
    this.#strategy.deviations = deviations;
    return this.#breaks(program, this.#strategy) ? -1 : this.#steps;
  }

  #steps = 0;
  #threads = 0;

  #breaks(program: Program, strategy: Strategy): boolean {
    this.executions++;
    const { machine, world, outcome } = execute(program, strategy, this.#stepsMax, this.#buffer);
    this.#steps = machine.steps;
    this.#threads = machine.threads.length;
    let broken = false;
    this.#target.property.check({ machine, outcome, evidence: world }, (kind) => {
      if (kind === this.#target.kind) broken = true;
    });
    return broken;
  }

  /** The failing schedule that a run found, as deviations. */
  guided(draft: Draft, schedule: readonly string[]): Failing | null {
    const program = this.#compile(draft);
    const follow = new Follow(schedule);
    return this.#breaks(program, follow)
      ? { deviations: follow.deviations.slice(), threads: this.#threads }
      : null;
  }

  /**
   * For drafts whose failure needs more switches than are searched for exhaustively: a fixed set of random
   * schedules. Only while operations are dropped, where finding any failing schedule is progress.
   */
  random(draft: Draft, before: Draft): Failing | null {
    if (draft.ops.length >= before.ops.length) return null;
    const program = this.#compile(draft);
    for (let seed = 0; seed < 256; seed++) {
      const follow = new Follow([], new Uniform(random(seed)));
      if (this.#breaks(program, follow)) {
        return { deviations: follow.deviations.slice(), threads: this.#threads };
      }
    }
    return null;
  }

  /** The schedule that these deviations make, cut where the default rule says the same. */
  scheduleOf(draft: Draft, deviations: readonly Deviation[]): string[] {
    const program = this.#compile(draft);
    this.#strategy.deviations = deviations;
    const { machine } = execute(program, this.#strategy, this.#stepsMax, this.#buffer);
    const last = deviations.at(-1)?.step ?? -1;
    return Array.from(this.#buffer.subarray(0, last + 1), (id) => machine.threads[id]!.name);
  }

  #compile(draft: Draft): Program {
    return compileProgram(this.#model, draft.world, draft.ops, this.#benches);
  }
}

/** Follows a schedule (or a strategy) and writes it down as deviations from the default rule. */
class Follow implements Strategy {
  readonly deviations: Deviation[] = [];
  readonly #schedule: readonly string[];
  readonly #strategy: Strategy | null;
  #last: Thread | null = null;

  constructor(schedule: readonly string[], strategy: Strategy | null = null) {
    this.#schedule = schedule;
    this.#strategy = strategy;
  }

  begin(threads: readonly Thread[], machine: Machine): void {
    this.#strategy?.begin(threads, machine);
    this.deviations.length = 0;
    this.#last = null;
  }

  pick(runnable: readonly Thread[], count: number, step: number): Thread {
    const usual = byDefault(runnable, count, this.#last);
    const offered = runnable.slice(0, count);
    const picked =
      this.#strategy?.pick(runnable, count, step) ??
      offered.find((thread) => thread.name === this.#schedule[step]) ??
      usual;
    if (picked !== usual) {
      this.deviations.push({ step, choice: offered.filter((thread) => thread !== usual).indexOf(picked) });
    }
    this.#last = picked;
    return picked;
  }
}
