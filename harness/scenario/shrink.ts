import { byDefault } from '../explore/default-rule.ts';
import { type Deviation, Deviations } from '../explore/deviations.ts';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import { type Benches, compileProgram, execute, type Program } from '../machine/execute.ts';
import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';
import type { Model, Operation, SeriesInfo, World, WorldConfig } from '../model/model.ts';
import type { Property } from '../model/property.ts';
import { candidates, type Draft, normalize, sizeOf } from './reduce.ts';
import { FORMAT, type Scenario } from './scenario.ts';
import { pairs, singles } from './smallest.ts';

/** What is kept while everything else goes. */
export interface ShrinkTarget {
  readonly property: Property<World>;
  readonly kind: string;
}

export interface Shrunk {
  readonly scenario: Scenario;
  /** Every single reduction was tried, and each makes the scenario pass. */
  readonly minimal: boolean;
  readonly executions: number;
}

/** Executions one search for a schedule may take; beyond it the answer "none" is a guess, and `minimal` false. */
const SEARCH_MAX = 20_000;
/** The same while the point is only to see which kinds of operation matter. */
const SKETCH_MAX = 2_500;
const SKETCH_TOTAL_MAX = 80_000;
/** Context switches beyond the default rule that are searched for exhaustively. */
const SWITCHES_MAX = 3;

/**
 * Shrinks operations, field values, actors, world and context switches jointly, to a scenario from which nothing can
 * be taken: fewest operations, then fewest threads, then fewest context switches, then the most usual values.
 *
 * A reduction counts as failing if *any* schedule with as few switches as now breaks the same claim in the same way,
 * and those schedules are all tried in a fixed order. So the schedule is never a leftover of the run that found it.
 * And before anything else, all scenarios of one or two operations that are nearly typical are tried, in a fixed
 * order too: what breaks first among those does not depend on the run at all, and different seeds end in the same
 * entry. (fast-check's scheduler does not shrink schedules, and a schedule kept as it is makes most reductions of
 * the operations pass.)
 */
export function shrink(
  model: Model,
  target: ShrinkTarget,
  found: { world: WorldConfig; ops: readonly Operation[]; schedule: readonly string[] },
  stepsMax: number,
): Shrunk {
  const series = model.series;
  const search = new ScheduleSearch(model, target, stepsMax);
  const finish = (start: Draft, failing: Failing): Shrunk => {
    search.gaveUp = false;
    const { draft, failing: least } = reduce(search, series, normalize(series, start), failing);
    return {
      scenario: {
        format: FORMAT,
        model: model.id,
        ...(Object.keys(draft.world).length === 0 ? {} : { world: draft.world }),
        ops: draft.ops,
        schedule: search.scheduleOf(draft, least.deviations),
      },
      minimal: !search.gaveUp,
      executions: search.executions,
    };
  };

  const single = firstFailing(search, {}, singles(series), 0);
  if (single !== null) return finish(single.draft, single.failing);

  const whole = normalize(series, found);
  const shown = search.guided(whole, found.schedule);
  if (shown === null) {
    throw new Error(
      `${model.id}: ${target.property.id} (${target.kind}) does not show again under its own schedule`,
    );
  }
  search.limit = SKETCH_MAX;
  search.executionsMax = search.executions + SKETCH_TOTAL_MAX;
  const reduced = reduce(search, series, whole, shown);
  search.limit = SEARCH_MAX;
  search.executionsMax = Number.POSITIVE_INFINITY;
  const { world, ops } = reduced.draft;
  const kinds = new Set(ops.map(({ op }) => op));
  const inWorld = Object.keys(world).length > 0;
  const smaller =
    (inWorld ? firstFailing(search, world, singles(series), 0) : null) ??
    (ops.length >= 2 ? firstFailing(search, {}, pairs(series, kinds), 1) : null) ??
    (ops.length >= 2 && inWorld ? firstFailing(search, world, pairs(series, kinds), 1) : null);
  if (smaller === null) return finish(reduced.draft, reduced.failing);
  return finish(smaller.draft, smaller.failing);
}

/** The first of some scenarios that breaks the claim under a schedule with at most so many switches. */
function firstFailing(
  search: ScheduleSearch,
  world: WorldConfig,
  sequences: Iterable<readonly Operation[]>,
  switchesMax: number,
): { draft: Draft; failing: Failing } | null {
  for (const ops of sequences) {
    const draft = { world, ops };
    const failing = search.least(draft, switchesMax);
    if (failing !== null) return { draft, failing };
  }
  return null;
}

/** Takes one reduction after the other, the first that works, until none does. */
function reduce(
  search: ScheduleSearch,
  series: SeriesInfo,
  start: Draft,
  shown: Failing,
): { draft: Draft; failing: Failing } {
  let draft = start;
  let failing = search.least(start, SWITCHES_MAX) ?? shown;
  for (let reduced = true; reduced; ) {
    reduced = false;
    for (const candidate of candidates(series, draft)) {
      if (search.executions >= search.executionsMax) return { draft, failing };
      // Fewer operations are worth more switches; nothing else is.
      const switches = candidate.ops.length < draft.ops.length ? SWITCHES_MAX : switchesOf(failing);
      const smaller = search.least(candidate, switches) ?? search.random(candidate, draft);
      if (smaller === null || !isSmaller(series, candidate, smaller, draft, failing)) continue;
      draft = candidate;
      failing = smaller;
      reduced = true;
      break;
    }
  }
  return { draft, failing };
}

/** A schedule that breaks the claim. */
interface Failing {
  readonly deviations: readonly Deviation[];
  /** Threads that the execution had, those that it started itself included. */
  readonly threads: number;
}

/** Context switches: who runs first is no switch. */
const switchesOf = ({ deviations }: Failing): number => deviations.filter(({ step }) => step > 0).length;

/** Lexicographic: what `reduce.ts` counts, with the switches between actors and values. */
function isSmaller(
  series: SeriesInfo,
  candidate: Draft,
  smaller: Failing,
  draft: Draft,
  before: Failing,
): boolean {
  const a = sizeOf(series, candidate, smaller.threads, switchesOf(smaller));
  const b = sizeOf(series, draft, before.threads, switchesOf(before));
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}

/** Looks for schedules under which a draft breaks the claim. */
class ScheduleSearch {
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

  begin(threads: readonly Thread[]): void {
    this.#strategy?.begin(threads);
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
