import type { Verdict } from './result.ts';

/** What an exploration says of a claim, whatever it explored. */
export function verdictOf(
  kinds: number,
  exercised: number,
  cut: number,
  stepsMax: number,
): Pick<Verdict, 'verdict' | 'reason'> {
  if (kinds > 0) return { verdict: 'violated' };
  if (exercised === 0) {
    return { verdict: 'inconclusive', reason: 'never exercised: its precondition did not happen' };
  }
  if (cut > 0) {
    return { verdict: 'inconclusive', reason: `${cut} executions reached the step limit of ${stepsMax}` };
  }
  return { verdict: 'holds' };
}
