/** The models that the page runs: every folder below models/ that has a series. */
import type { Model, StateInfo } from '../../harness/model/model.ts';
import type { Series } from '../../harness/model/series.ts';

const modules = import.meta.glob<{ readonly series: Series }>('../../models/*/series.ts', { eager: true });
const allSeries = Object.values(modules).map(({ series }) => series);

/** Null for a state that this page has not. */
export function modelOf(id: string): Model | null {
  const at = id.indexOf('/');
  const series = allSeries.find(({ name }) => name === id.slice(0, at));
  try {
    return series?.model(id.slice(at + 1)) ?? null;
  } catch {
    // A selection whose patches do not apply is none either.
    return null;
  }
}

/** All that a series has, also those that a report is not about: any can stand beside another. */
export const statesOf = (series: string): readonly StateInfo[] =>
  allSeries.find(({ name }) => name === series)?.states ?? [];
