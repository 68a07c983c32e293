import { execute, type Program, type Run } from '../machine/execute.ts';
import { Dpor } from './dpor.ts';
import { type EventOrder, linearExtensions } from './linear-extensions.ts';
import { BoundedPreemptions } from './preemptions.ts';

export interface ExhaustiveOptions {
  /** Steps after which an execution is cut off. */
  readonly stepsMax: number;
  /** Schedules after which the exploration is given up, those that were abandoned half way included. */
  readonly schedulesMax: number;
  /** Only schedules with at most so many preemptions, without reduction; null for all schedules. */
  readonly preemptionsMax: number | null;
  /** Whether to count the schedules that there are without reduction; true if left out. */
  readonly count?: boolean;
  /** Asked now and then; true ends the exploration where it is. */
  readonly stop?: () => boolean;
}

/** What an exploration of one operation sequence covered. */
export interface Explored {
  /** Schedules that were run to their end. */
  readonly schedules: number;
  /** Schedules that were abandoned, since all that could follow was explored elsewhere. */
  readonly pruned: number;
  readonly steps: number;
  /** Schedules that were cut off at the step limit. */
  readonly stepLimits: number;
  /** Schedules that went round for ever, every thread having its turn. */
  readonly livelocks: number;
  /** Whether nothing is left. */
  readonly complete: boolean;
  /** Whether it was ended by `stop`. */
  readonly stopped: boolean;
  /** How many schedules there are without reduction; null where that was not to be had. */
  readonly unreduced: bigint | null;
}

/** Schedules after which it is asked again whether to stop; some milliseconds. */
const STOP_EVERY = 256;
/** Table places that counting the schedules of one sequence may fill. */
const COUNT_MAX = 1_000_000;

/**
 * Runs a program under all its schedules, up to the order of steps that commute. `order` says which events of the run
 * had to come before which; null where the run stands for itself alone.
 */
export function exploreAll(
  program: Program,
  schedule: Uint8Array,
  options: ExhaustiveOptions,
  visit: (run: Run, order: EventOrder | null) => void,
): Explored {
  const { stepsMax, schedulesMax, preemptionsMax, count = true, stop } = options;
  const all = preemptionsMax === null ? new Dpor() : new BoundedPreemptions(preemptionsMax);
  let schedules = 0;
  let steps = 0;
  let stepLimits = 0;
  let livelocks = 0;
  let complete = true;
  let stopped = false;
  let unreduced: bigint | null = count && preemptionsMax === null ? 0n : null;
  let places = 0;
  while (all.next()) {
    const begun = schedules + all.prunedCount;
    stopped = begun % STOP_EVERY === 0 && stop?.() === true;
    if (begun >= schedulesMax || stopped) {
      complete = false;
      break;
    }
    const run = execute(program, all, stepsMax, schedule);
    all.close();
    steps += run.machine.steps;
    if (all.pruned) continue;
    schedules++;
    if (run.outcome === 'step-limit') stepLimits++;
    if (run.outcome === 'livelock') livelocks++;
    const order = all instanceof Dpor ? all.trace() : null;
    if (unreduced !== null && order !== null) {
      const counted = linearExtensions(order, COUNT_MAX - places);
      unreduced = counted === null ? null : unreduced + counted.count;
      places += counted?.places ?? 0;
    }
    visit(run, order);
  }
  // What would follow an execution without end was not explored.
  complete &&= stepLimits + livelocks === 0;
  return {
    schedules,
    pruned: all.prunedCount,
    steps,
    stepLimits,
    livelocks,
    complete,
    stopped,
    unreduced: complete ? unreduced : null,
  };
}
