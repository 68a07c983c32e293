import type { Case, Failure, Suite } from '../../reports/formats/suite.ts';
import type { Counterexample, ModelResult, Verdict } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import { record } from '../scenario/recording.ts';

/** How a counterexample is shown again, and where it is kept. */
export interface Kept {
  readonly reproduce: string;
  readonly entry: string | null;
}

/** What `run` found of a state, as formats for machines have it: a claim that is broken is a failure. */
export function suiteOf(
  model: Model,
  { verdicts, facts, counterexamples, coverage, hangs }: ModelResult,
  stepsMax: number,
  keptOf: (found: Counterexample) => Kept,
): Suite {
  const failuresOf = (property: string): Failure[] =>
    counterexamples
      .filter((found) => found.property === property)
      .flatMap((found) => failureOf(model, found, stepsMax, keptOf(found)));
  return {
    model,
    coverage,
    cases: [
      ...verdicts.map((verdict): Case => {
        const { property: name, claim, exercised } = verdict;
        return { name, claim, ...saidOf(verdict), exercised, failures: failuresOf(name) };
      }),
      ...facts.map(({ property: name, claim, verdict, findings }): Case => {
        const reason = findings
          .map(({ kind, message, source }) => `${kind}: ${message} (${source})`)
          .join(' ');
        return { name, claim, outcome: verdict === 'holds' ? 'pass' : 'failure', reason, failures: [] };
      }),
      ...hangs.map(({ during, operation, function: name, times }, at): Case => {
        const place = [during, name ?? operation].filter((part) => part !== null).join(' in ');
        return {
          name: `comes-back${at === 0 ? '' : `-${at + 1}`}`,
          claim: 'the model comes back',
          outcome: 'error',
          reason: `it hangs: ${place}, ${times} times`,
          failures: [],
        };
      }),
    ],
  };
}

function saidOf({ verdict, kinds, reason }: Verdict): Pick<Case, 'outcome' | 'reason'> {
  switch (verdict) {
    case 'holds':
      return { outcome: 'pass', reason: '' };
    case 'inconclusive':
      return { outcome: 'skip', reason: `inconclusive: ${reason ?? 'no reason given'}` };
    case 'violated': {
      const counts = kinds.map(({ kind, executions }) => `${kind} in ${executions} executions`);
      return { outcome: 'failure', reason: `violated: ${counts.join(', ')}` };
    }
    default:
      return verdict satisfies never;
  }
}

function failureOf(model: Model, found: Counterexample, stepsMax: number, kept: Kept): Failure[] {
  const recording = record(model, found.scenario, stepsMax);
  const violation = recording.violations.find(
    ({ property, kind }) => property === found.property && kind === found.kind,
  );
  return violation === undefined ? [] : [{ recording, violation, ...kept }];
}
