import type { Suite } from '../../reports/formats/suite.ts';
import type { RunSettings } from '../../reports/run-json.ts';
import type { ModelResult } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import { keptOf, runAgain } from './run-text.ts';
import { caseOfFacts, caseOfVerdict, failureOf, hangCases, repeatable } from './suite-cases.ts';

/**
 * What `run` found of a state, as formats for machines have it: a claim that is broken is a failure. `paths` are those of
 * entries, by failure identity.
 */
export function runSuiteOf(
  settings: RunSettings,
  model: Model,
  { verdicts, facts, counterexamples, coverage, hangs, stopped }: ModelResult,
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
    cases: [
      ...verdicts
        .map(caseOfVerdict)
        .concat(facts.map(caseOfFacts))
        .map((one) => repeatable({ ...one, failures: failuresOf(one.name) }, again(one.name))),
      ...hangCases(hangs).map((one) => repeatable(one, again(null))),
    ],
  };
}
