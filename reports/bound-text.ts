import type { Scenario } from '../harness/scenario/scenario.ts';
import { count } from './count.ts';

/** What an exploration was not to go beyond. */
export interface Limits {
  readonly preemptionsMax: number | null;
  readonly stepsMax: number;
}

/** `every schedule of these 3 operations by 2 actors`. */
export function scenarioBound({ ops }: Scenario): string {
  const actors = new Set(ops.map(({ actor }) => actor)).size;
  return `every schedule of ${ops.length === 1 ? 'this operation' : `these ${ops.length} operations`} by ${count(actors, 'actor')}`;
}

/** The rest of the sentence: what every bound has in common. */
export function limitsText({ preemptionsMax, stepsMax }: Limits): string {
  const schedules =
    preemptionsMax === null
      ? 'under all schedules'
      : `under all schedules with at most ${count(preemptionsMax, 'preemption')}`;
  return `, ${schedules}, executions of up to ${count(stepsMax, 'step')}`;
}

/** A number of schedules as a reader takes it in: exact up to 15 digits, else with its magnitude. */
export function largeCount(decimal: string): string {
  const exact = decimal.replace(/\B(?=(\d{3})+$)/g, ',');
  if (decimal.length <= 15) return exact;
  return `${decimal[0]}.${decimal.slice(1, 3)}e${decimal.length - 1}`;
}
