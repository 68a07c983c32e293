/** What the explorer shows, from what commands have. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { citation } from '../../harness/model/source.ts';
import type { BisectReport } from '../bisect.ts';
import { count, thousands } from '../count.ts';
import type {
  ExplorerBisect,
  ExplorerCounterexample,
  ExplorerData,
  ExplorerState,
  ExplorerVerdict,
} from '../explorer/data.ts';
import { provenanceOf } from '../state-name.ts';
import { type Case, coverageLine, type Failure, type Suite, type SuiteReport } from './suite.ts';

/** Suites of one run: verdicts that were found. */
export const explorerData = ({ suites, version, about, incomplete }: SuiteReport): ExplorerData => ({
  format: 1,
  version,
  from: [about, ...(incomplete === null ? [] : [incomplete])].join('; '),
  verdicts: 'found',
  states: suites.map(stateOf),
  counterexamples: withOwnIds(
    suites.flatMap(({ cases }) => cases.flatMap(({ failures }) => failures.map(counterexampleOf))),
  ),
  bisects: [],
});

/** An address names one counterexample: files of one name in two folders get a number. */
export function withOwnIds(all: readonly ExplorerCounterexample[]): ExplorerCounterexample[] {
  const taken = new Set<string>();
  return all.map((one) => {
    let { id } = one;
    for (let n = 2; taken.has(id); n++) id = `${one.id}-${n}`;
    taken.add(id);
    return { ...one, id };
  });
}

function stateOf(suite: Suite): ExplorerState {
  const { model, cases } = suite;
  const { id, state } = model;
  return {
    model: id,
    ...provenanceOf(state.source),
    about: state.about,
    coverage: coverageLine(suite),
    verdicts: cases.map(({ name, outcome, reason, exercised = null }) => ({
      property: name,
      verdict: verdictOf(outcome),
      remark: reason,
      exercised,
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

/** A bisection by prefixes, as the explorer draws it. */
export function explorerBisect(report: BisectReport): ExplorerBisect {
  const { version, patches, states, turns, between, left, cut, bound } = report;
  return {
    model: version.id,
    label: provenanceOf(version.state.source).label,
    patches: patches.map(({ id, subject, source }) => ({ id, subject, citation: citation(source) })),
    prefixes: states.map(({ id, model, problem, verdicts }) => ({
      id,
      label: model === null ? null : provenanceOf(model.state.source).label,
      problem,
      verdicts: Object.fromEntries(verdicts),
    })),
    turns: turns.map(({ property, to, state, between: undecided, isExact }) => ({
      property,
      to,
      prefix: state.id,
      between: undecided.map(({ id }) => id),
      isExact,
    })),
    between: between.map(({ state, property, isKnown }) => ({ property, prefix: state.id, isKnown })),
    bound: [
      ...bound.about,
      ...(bound.worlds === 0 ? [] : [count(bound.worlds, 'small world')]),
      `each under all schedules up to ${thousands(bound.schedulesMax)}`,
      ...(bound.known === 0
        ? []
        : [`${count(bound.known, 'stored counterexample')} tried on each beside it`]),
    ],
    isWhole: left === 0 && cut === null,
  };
}
