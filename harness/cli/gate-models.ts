import { type Expectation, expectationOf } from '../model/expectation.ts';
import { listedId } from '../model/listed-id.ts';
import type { Model } from '../model/model.ts';
import { PatchesDoNotApply, type Series } from '../model/series.ts';
import { quote } from '../quote.ts';
import { nearest } from './nearest.ts';
import { findModel, selectModels } from './select.ts';

/** A model to be held against its expectations, with its series. */
export interface GateModel {
  readonly series: Series;
  readonly model: Model;
}

/**
 * What the gate looks at: the models that patterns name, or else all states, mutants among them, and all selections that
 * an expectation names; of `kept` series only.
 */
export function gateModels(
  series: readonly Series[],
  patterns: readonly string[],
  kept: readonly Series[] = series,
): GateModel[] {
  const models =
    patterns.length > 0
      ? selectModels(series, patterns).map((model) => listedModel(series, model))
      : series.flatMap((one) => gatedIds(one).map((id) => findModel([one], `${one.name}/${id}`)!));
  return [...new Map(models.map((model) => [model.id, model])).values()].flatMap((model) => {
    const own = kept.find(({ name }) => name === model.series.name);
    return own === undefined ? [] : [{ series: own, model }];
  });
}

/** The model under the name that its state is listed under: expectations and stored entries go by that. */
function listedModel(series: readonly Series[], model: Model): Model {
  const own = series.find(({ name }) => name === model.series.name)!;
  return findModel([own], `${own.name}/${listedId(own, model.state.id)}`) ?? model;
}

/** All states, and the selections that an expectation names. */
export const gatedIds = ({ states, expectations }: Series): string[] => [
  ...states.map(({ id }) => id),
  ...new Set(expectations.flatMap((one) => one.states.filter((id) => id.includes(':')))),
];

/**
 * What is wrong with the expectations of a series, each in a sentence. One that means nothing could never fail: a name was
 * misspelled, or what it names has gone.
 */
export function expectationProblems(series: Series): string[] {
  const where = `models/${series.name}/expectations.ts`;
  return series.expectations.flatMap((one) => [
    ...(one.expires === undefined || isDate(one.expires)
      ? []
      : [`${where}: ${one.property} expires on ${quote(one.expires)}, which is no date such as 2026-12-31.`]),
    ...one.states.flatMap((id) => {
      const why = problemOn(series, one, id);
      return why === null ? [] : [`${where}: ${one.property} on ${id}: ${why}.`];
    }),
  ]);
}

function problemOn(series: Series, expectation: Expectation, id: string): string | null {
  const { property } = expectation;
  const claims = [...series.properties, ...series.stateClaims].map((claim) => claim.id);
  if (!claims.includes(property))
    return `there is no such claim; nearest: ${nearest(property, claims).join(', ')}`;
  const listed = listedId(series, id);
  if (listed !== id) return `expectations go by the name that a state is listed under, here ${listed}`;
  const model = modelOrProblem(series, id);
  if (typeof model === 'string') return model;
  const judged = [...model.properties, ...model.stateVerdicts.map(({ property: of }) => ({ id: of }))];
  if (!judged.some((claim) => claim.id === property)) {
    return 'the claim does not apply to that state: it lacks what the claim requires';
  }
  const first = expectationOf(series.expectations, id, property);
  return first === expectation ? null : 'it is expected twice, and the second counts for nothing';
}

function modelOrProblem(series: Series, id: string): Model | string {
  try {
    const states = series.states.map((state) => state.id);
    return series.model(id) ?? `there is no such state; nearest: ${nearest(id, states).join(', ')}`;
  } catch (error) {
    if (error instanceof PatchesDoNotApply) return error.message.replace(/\.$/, '');
    throw error;
  }
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
