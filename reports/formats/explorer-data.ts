/** Suites as the explorer has them. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type {
  ExplorerCounterexample,
  ExplorerData,
  ExplorerState,
  ExplorerVerdict,
} from '../explorer/data.ts';
import { provenanceOf } from '../state-name.ts';
import { type Case, coverageLine, type Failure, type Suite, type SuiteReport } from './suite.ts';

export const explorerData = ({ suites, version, about, incomplete }: SuiteReport): ExplorerData => ({
  format: 1,
  version,
  from: [about, ...(incomplete === null ? [] : [incomplete])].join('. '),
  states: suites.map(stateOf),
  counterexamples: suites.flatMap(({ cases }) =>
    cases.flatMap(({ failures }) => failures.map(counterexampleOf)),
  ),
});

function stateOf(suite: Suite): ExplorerState {
  const { model, cases } = suite;
  const { id, state } = model;
  return {
    model: id,
    label: provenanceOf(state.source).label,
    about: state.about,
    coverage: coverageLine(suite),
    verdicts: cases.map(({ name, outcome, reason }) => ({
      property: name,
      verdict: verdictOf(outcome),
      remark: reason,
      exercised: 0,
    })),
  };
}

function verdictOf(outcome: Case['outcome']): ExplorerVerdict['verdict'] {
  switch (outcome) {
    case 'pass':
      return 'holds';
    case 'failure':
    case 'expected-failure':
      return 'violated';
    case 'skip':
    case 'error':
      return 'inconclusive';
    default:
      return outcome satisfies never;
  }
}

function counterexampleOf({ recording, violation, reproduce, entry }: Failure): ExplorerCounterexample {
  const { model, scenario } = recording;
  const { property, kind } = violation;
  const id = entry === null ? hash(model.id, property, kind) : basename(entry, '.json');
  return { id, model: model.id, property, kind, scenario, reproduce };
}

const hash = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
