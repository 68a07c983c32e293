import { type Expectation, expectationOf } from '../model/expectation.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { changedSince } from './git.ts';
import { findModel, selectModels } from './select.ts';

/** A model to be held against its expectations, with its series. */
export interface GateModel {
  readonly series: Series;
  readonly model: Model;
}

/**
 * What the gate looks at: the models that patterns name, or else all states, mutants among them, and all selections that
 * an expectation names; of changed series only where that is asked for.
 */
export function gateModels(
  series: readonly Series[],
  patterns: readonly string[],
  changed: string | null,
): GateModel[] {
  const kept = changed === null ? series : seriesChanged(series, changedSince(changed));
  const models =
    patterns.length > 0
      ? selectModels(series, patterns)
      : series.flatMap((one) => gatedIds(one).map((id) => findModel([one], `${one.name}/${id}`)!));
  return models.flatMap((model) => {
    const own = kept.find(({ name }) => name === model.series.name);
    return own === undefined ? [] : [{ series: own, model }];
  });
}

const gatedIds = ({ states, expectations }: Series): string[] => [
  ...states.map(({ id }) => id),
  ...new Set(expectations.flatMap((one) => one.states.filter((id) => id.includes(':')))),
];

/** Folders whose files belong to one series each. */
const OF_A_SERIES = /^(?:models|properties|corpus)\/(?<series>[^/]+)\//;
/** What no verdict depends on. */
const WITHOUT_EFFECT =
  /^(?:reports\/|harness\/bench\/|\.ci\/|[^/]+\.md$)|\.(?:test|fixture)\.ts$|\/README\.md$/;

/** Series that a change of these files may have changed: all of them where it is of what they share. */
export function seriesChanged(series: readonly Series[], paths: readonly string[]): Series[] {
  const effective = paths.filter((path) => !WITHOUT_EFFECT.test(path));
  const names = effective.map((path) => OF_A_SERIES.exec(path)?.groups?.series);
  const isShared = names.some((name) => name === undefined || !series.some((one) => one.name === name));
  return isShared ? [...series] : series.filter(({ name }) => names.includes(name));
}

/** Expectations that no state or claim of the series is meant by: a name was misspelled, or has gone. */
export function strayExpectations(series: Series): Expectation[] {
  const claims = new Set([...series.properties, ...series.stateClaims].map(({ id }) => id));
  return series.expectations.filter(
    (one) =>
      !claims.has(one.property) ||
      one.states.some(
        (id) =>
          findModel([series], `${series.name}/${id}`) === null ||
          expectationOf(series.expectations, id, one.property) !== one,
      ),
  );
}
