/** What formats for machines are made of: a suite for each state, a case for each claim. */
import type { Coverage, ModelResult } from '../../harness/campaign/result.ts';
import type { PredictedDeadlock } from '../../harness/machine/lock-order-cycles.ts';
import type { Model } from '../../harness/model/model.ts';
import type { Recording, ViolationRecord } from '../../harness/scenario/recording.ts';
import { count } from '../count.ts';
import { operationText, worldText } from '../operation-text.ts';
import { plain } from '../plain.ts';

/** One way in which a claim is broken. */
export interface Failure {
  readonly recording: Recording;
  readonly violation: ViolationRecord;
  /** The command that shows it again. */
  readonly reproduce: string;
  /** Path of the corpus entry, or null where none was saved. */
  readonly entry: string | null;
}

/** `expected-failure`: broken as it is expected to be. `skip`: nothing can be said. `error`: the model does not come back. */
export type CaseOutcome = 'pass' | 'failure' | 'expected-failure' | 'skip' | 'error';

export interface Case {
  /** Id of the claim. */
  readonly name: string;
  readonly claim: string;
  readonly outcome: CaseOutcome;
  /** In words; empty where there is nothing to say. */
  readonly reason: string;
  /** Executions in which its precondition happened; absent where none are counted. */
  readonly exercised?: number;
  readonly failures: readonly Failure[];
  /** The command that looks at it once more: what reproduces it where there is no failure to show. */
  readonly reproduce: string;
}

export interface Suite {
  readonly model: Model;
  readonly cases: readonly Case[];
  readonly coverage: Coverage;
  /** Why the search ended early; null: it did not. */
  readonly stopped: ModelResult['stopped'];
  /** Deadlocks that the order of locks would allow. */
  readonly predicted: readonly PredictedDeadlock[];
  /** The command that searches once more, for all claims. */
  readonly reproduce: string;
}

/** What formats for machines are made from. */
export interface SuiteReport {
  /** Of the tool. */
  readonly version: string;
  /** Which command it was, and what the search depends on besides models and corpus. */
  readonly about: string;
  /** What a failure is: a claim that is broken, or a verdict that is not as expected. */
  readonly judges: 'claims' | 'expectations';
  /** What was asked for and not looked at, in words; null where nothing was left out. */
  readonly incomplete: string | null;
  readonly suites: readonly Suite[];
}

/** All that a reader without the tool needs of a failure, in lines. */
export function failureLines({ recording, violation, reproduce }: Failure): string[] {
  const { model, scenario } = recording;
  const { world = {}, ops } = scenario;
  return [
    `${violation.property}: ${violation.kind}`,
    violation.message,
    ...(Object.keys(world).length === 0 ? [] : [`world: ${worldText(world)}`]),
    ...ops.map((operation) => `${operation.actor}: ${operationText(operation, model.series)}`),
    ...violation.expected.map((line) => `-${line}`),
    ...violation.actual.map((line) => `+${line}`),
    `reproduce: ${reproduce}`,
  ].map(plain);
}

/** What is said of a case that no failure shows. */
export const caseLines = ({ reason, reproduce }: Case): string[] =>
  [reason, `reproduce: ${reproduce}`].map(plain);

export const isBad = ({ outcome }: Pick<Case, 'outcome'>): boolean =>
  outcome === 'failure' || outcome === 'error';

/** What the verdicts rest on. */
export const coverageLine = ({ coverage, stopped }: Pick<Suite, 'coverage' | 'stopped'>): string =>
  [
    `${count(coverage.executions, 'execution')} of ${count(coverage.sequences, 'operation sequence')}`,
    count(coverage.distinctSchedules, 'distinct schedule'),
    ...(stopped === null ? [] : [STOPPED[stopped]]),
  ].join(', ');

const STOPPED: Readonly<Record<NonNullable<Suite['stopped']>, string>> = {
  interrupt: 'interrupted before its end',
  time: 'ended early by --time',
  bail: 'ended early by --bail',
  hang: 'ended early: the model hangs too often',
};

/** How many cases ended in each way. */
export function tallyOf(suites: readonly Pick<Suite, 'cases'>[]): Readonly<Record<CaseOutcome, number>> {
  const tally = { pass: 0, failure: 0, 'expected-failure': 0, skip: 0, error: 0 };
  for (const { cases } of suites) for (const { outcome } of cases) tally[outcome]++;
  return tally;
}
