import type { World } from '../model/model.ts';
import type { Property } from '../model/property.ts';
import type { Verdict } from './result.ts';

/** What a search says of a claim, from how often it was put to the test and how often it broke. */
export function judged(
  { id, claim, liveness }: Property<World>,
  exercised: number,
  kinds: Verdict['kinds'],
  stepLimits: number,
  stepsMax: number,
): Verdict {
  const shared = { property: id, claim, exercised, kinds };
  if (kinds.length > 0) return { ...shared, verdict: 'violated' };
  if (exercised === 0) {
    return {
      ...shared,
      verdict: 'inconclusive',
      reason: 'never exercised: its precondition did not happen',
    };
  }
  if (liveness === true && stepLimits > 0) {
    return { ...shared, verdict: 'inconclusive', reason: cutOff(stepLimits, stepsMax) };
  }
  return { ...shared, verdict: 'holds' };
}

/** What would have come of an execution that was cut off, nobody knows. */
const cutOff = (executions: number, stepsMax: number): string =>
  `${executions} execution${executions === 1 ? '' : 's'} reached the step limit of ${stepsMax}`;
