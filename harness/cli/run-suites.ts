import type { Suite, SuiteReport } from '../../reports/formats/suite.ts';
import type { RunSettings } from '../../reports/run-json.ts';
import { stateName } from '../../reports/state-name.ts';
import type { ModelResult } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import { keptOf, runAgain } from './run-text.ts';
import { caseOfFacts, caseOfVerdict, failureOf, hangCases } from './suite-cases.ts';

/** What one run or several shards of it found, as formats for machines have it. */
export const runReportOf = (
  settings: RunSettings,
  suites: readonly Suite[],
  leftOut: readonly Model[],
): SuiteReport => ({
  version: settings.version,
  about: `run, ${searchedBy(settings)}`,
  judges: 'claims',
  incomplete: incompleteText(settings, leftOut),
  suites,
});

export const searchedBy = ({ seed, strategy, shard }: RunSettings): string =>
  `seed 0x${seed.toString(16)}, strategy ${strategy}${shard === '1/1' ? '' : `, shard ${shard}`}`;

function incompleteText({ shardsMissing = [] }: RunSettings, leftOut: readonly Model[]): string | null {
  const texts = [
    ...(shardsMissing.length === 0
      ? []
      : [`shards missing: ${shardsMissing.join(', ')}; nothing is said of their part of the search`]),
    ...(leftOut.length === 0 ? [] : [`not looked at: ${leftOut.map(stateName).join(', ')}`]),
  ];
  return texts.length === 0 ? null : texts.join('; ');
}

/**
 * What `run` found of a state, as formats for machines have it: a claim that is broken is a failure. `paths` are those of
 * entries, by failure identity.
 */
export function runSuiteOf(
  settings: RunSettings,
  model: Model,
  { verdicts, facts, counterexamples, coverage, hangs, stopped, lockOrder }: ModelResult,
  paths: ReadonlyMap<string, string>,
): Suite {
  const failuresOf = (property: string) =>
    counterexamples
      .filter((found) => found.property === property)
      .flatMap((found) => failureOf(model, found, settings.maxSteps, keptOf(settings, model, found, paths)));
  const again = (property: string | null) => runAgain(settings, model, property);
  return {
    model,
    coverage,
    stopped,
    predicted: lockOrder.predicted,
    reproduce: again(null),
    cases: [
      ...verdicts
        .map(caseOfVerdict)
        .concat(facts.map(caseOfFacts))
        .map((one) => ({ ...one, failures: failuresOf(one.name), reproduce: again(one.name) })),
      ...hangCases(hangs).map((one) => ({ ...one, reproduce: again(null) })),
    ],
  };
}
