import type { Scenario } from '../harness/scenario/scenario.ts';
import { count } from './count.ts';

/** What an exploration was not to go beyond. */
export interface Limits {
  readonly preemptionsMax: number | null;
  readonly stepsMax: number;
}

/** `every schedule of these 3 operations by 2 actors, executions of up to 10,000 steps`. */
export function scenarioBound({ ops }: Scenario, { preemptionsMax, stepsMax }: Limits): string {
  const actors = new Set(ops.map(({ actor }) => actor)).size;
  const operations = ops.length === 1 ? 'this operation' : `these ${ops.length} operations`;
  return `every schedule${withAtMost(preemptionsMax)} of ${operations} by ${count(actors, 'actor')}, ${upTo(stepsMax)}`;
}

/** The rest of the sentence that says what scenarios there are. */
export function limitsText({ preemptionsMax, stepsMax }: Limits): string {
  return `, under all schedules${withAtMost(preemptionsMax)}, ${upTo(stepsMax)}`;
}

/** Which schedules: nothing to add where it is all of them. */
export const withAtMost = (preemptionsMax: number | null): string =>
  preemptionsMax === null ? '' : ` with at most ${count(preemptionsMax, 'preemption')}`;

const upTo = (stepsMax: number): string => `executions of up to ${count(stepsMax, 'step')}`;

/** A number of schedules as a reader takes it in: exact up to 15 digits, else with its magnitude. */
export function largeCount(decimal: string): string {
  const exact = decimal.replace(/\B(?=(\d{3})+$)/g, ',');
  if (decimal.length <= 15) return exact;
  return `${decimal[0]}.${decimal.slice(1, 3)}e${decimal.length - 1}`;
}
