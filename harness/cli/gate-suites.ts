import type { Case, Failure, Suite } from '../../reports/formats/suite.ts';
import type { RunSettings } from '../../reports/run-json.ts';
import type { GateCell } from '../campaign/gate.ts';
import { citation } from '../model/source.ts';
import type { ShownEntry } from './gate-counterexamples.ts';
import { keptAt, keptOf } from './run-text.ts';
import { caseOfFacts, caseOfVerdict, failureOf, hangCases, type Kept } from './suite-cases.ts';

/**
 * What the gate found of a state, as formats for machines have it: what is not as expected is a failure. `withKnown`: what
 * is expected to be broken comes with its stored counterexamples.
 */
export function gateSuiteOf(settings: RunSettings, entry: ShownEntry, withKnown: boolean): Suite {
  const { model, result, cells, paths, known } = entry;
  const kept = (found: Parameters<typeof keptOf>[2]): Kept =>
    keptOf(settings, model, found, paths, ({ property }) => entry.searchAgain(property));
  const failuresOf = ({ property, problem }: GateCell): readonly Failure[] =>
    problem === null
      ? known
          .filter((one) => withKnown && one.property === property)
          .flatMap((one) => failureOf(model, one, settings.maxSteps, keptAt(one.path)))
      : result.counterexamples
          .filter((found) => found.property === property)
          .flatMap((found) => failureOf(model, found, settings.maxSteps, kept(found)));
  const found = new Map(
    [...result.verdicts.map(caseOfVerdict), ...result.facts.map(caseOfFacts)].map((one) => [one.name, one]),
  );
  return {
    model,
    coverage: result.coverage,
    stopped: result.stopped,
    predicted: result.lockOrder.predicted,
    reproduce: entry.searchAgain(null),
    cases: [
      ...cells.map((cell): Case => {
        const one = found.get(cell.property)!;
        const { reason, outcome } = one;
        const said = [problemText(cell), reason, expectedText(cell)].filter((part) => part !== '');
        return {
          ...one,
          outcome: cell.problem !== null ? 'failure' : outcome === 'failure' ? 'expected-failure' : outcome,
          reason: said.join('; '),
          failures: failuresOf(cell),
          reproduce: entry.searchAgain(cell.property),
        };
      }),
      ...hangCases(result.hangs).map((one) => ({ ...one, reproduce: entry.searchAgain(null) })),
    ],
  };
}

function problemText({ problem, expected }: GateCell): string {
  switch (problem) {
    case 'unexpected-violation':
      return `expected to ${expected === 'inconclusive' ? 'be inconclusive' : 'hold'}`;
    case 'missing-violation':
      return 'expected to be violated, and not found to be';
    case 'nothing-said':
      return 'expected to be decided';
    case 'decided':
      return 'expected to be inconclusive, and it holds';
    case 'expired':
      return 'as expected, but that expectation has expired';
    case null:
      return '';
    default:
      return problem satisfies never;
  }
}

const expectedText = ({ expectation }: GateCell): string =>
  expectation === null ? '' : `expected: ${expectation.reason} (${citation(expectation.source)})`;
