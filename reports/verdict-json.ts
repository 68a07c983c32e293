import type { Verdict } from '../harness/campaign/result.ts';

/** A verdict as JSON reports have it, key by key. */
export function verdictJson({ property, claim, verdict, reason, exercised, kinds }: Verdict): Verdict {
  return {
    property,
    claim,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    exercised,
    kinds: kinds.map(({ kind, executions }) => ({ kind, executions })),
  };
}
