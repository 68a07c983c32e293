import { join } from 'node:path';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { type StoredFailure, storedFailures } from './stored-failures.ts';
import type { Terminal } from './terminal.ts';

/** Counterexamples that the corpus holds of a model, for these claims. */
export const knownFailures = (
  series: readonly Series[],
  corpus: string,
  { id }: Model,
  properties: readonly string[],
  terminal: Terminal,
): StoredFailure[] =>
  storedFailures(series, join(corpus, id), terminal).filter(
    ({ model, property }) => model === id && properties.includes(property),
  );
