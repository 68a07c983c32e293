import type { StateVerdict } from '../harness/model/state-claim.ts';

/** What cited facts say of a state, as JSON reports have it, key by key. */
export function factsJson(facts: readonly StateVerdict[]): StateVerdict[] {
  return facts.map(({ property, claim, verdict, findings }) => ({
    property,
    claim,
    verdict,
    findings: findings.map(({ kind, message, expected, actual, source }) => ({
      kind,
      message,
      expected: [...expected],
      actual: [...actual],
      source,
    })),
  }));
}
