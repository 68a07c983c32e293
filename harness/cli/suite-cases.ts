import { count } from '../../reports/count.ts';
import type { Case, Failure } from '../../reports/formats/suite.ts';
import { hangText } from '../../reports/hang-lines.ts';
import type { Hang } from '../campaign/hang.ts';
import type { KnownFailure } from '../campaign/opening.ts';
import type { Verdict } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import type { StateVerdict } from '../model/state-claim.ts';
import { record } from '../scenario/recording.ts';

/** How a counterexample is shown again, and where it is kept. */
export interface Kept {
  readonly reproduce: string;
  readonly entry: string | null;
}

/** A case before it is known how it is looked at again. */
type Found = Omit<Case, 'reproduce'>;

export function caseOfVerdict({ property: name, claim, verdict, kinds, reason, exercised }: Verdict): Found {
  const one = { name, claim, exercised, failures: [] };
  switch (verdict) {
    case 'holds':
      return { ...one, outcome: 'pass', reason: '' };
    case 'inconclusive':
      return { ...one, outcome: 'skip', reason: `inconclusive: ${reason ?? 'no reason given'}` };
    case 'violated': {
      const counts = kinds.map(({ kind, executions }) => `${kind} in ${count(executions, 'execution')}`);
      return { ...one, outcome: 'failure', reason: `violated: ${counts.join(', ')}` };
    }
    default:
      return verdict satisfies never;
  }
}

/** What cited facts say of the state itself. */
export function caseOfFacts({ property: name, claim, verdict, findings }: StateVerdict): Found {
  const reason = findings.map(({ kind, message, source }) => `${kind}: ${message} (${source})`).join(' ');
  return { name, claim, outcome: verdict === 'holds' ? 'pass' : 'failure', reason, failures: [] };
}

export const hangCases = (hangs: readonly Hang[]): Found[] =>
  hangs.map((hang, at) => ({
    name: `comes-back${at === 0 ? '' : `-${at + 1}`}`,
    claim: 'the model comes back',
    outcome: 'error',
    reason: `${hangText(hang)}, ${count(hang.times, 'time')}`,
    failures: [],
  }));

export function failureOf(model: Model, found: KnownFailure, stepsMax: number, kept: Kept): Failure[] {
  const recording = record(model, found.scenario, stepsMax);
  const violation = recording.violations.find(
    ({ property, kind }) => property === found.property && kind === found.kind,
  );
  return violation === undefined ? [] : [{ recording, violation, ...kept }];
}
