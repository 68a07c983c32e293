import { join } from 'node:path';
import type { KnownFailure } from '../campaign/opening.ts';
import { entryPaths } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { tame } from '../quote.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { readKnownEntry } from './known-entry.ts';
import type { Terminal } from './terminal.ts';

/** One that is stored, and where. */
export interface StoredFailure extends KnownFailure {
  readonly path: string;
}

/**
 * Counterexamples that the corpus holds of a model, for these claims. A damaged entry is named and passed over: it
 * must not keep the rest from being searched for.
 */
export function knownFailures(
  series: readonly Series[],
  corpus: string,
  model: Model,
  properties: readonly string[],
  terminal: Terminal,
): StoredFailure[] {
  return entryPaths(join(corpus, model.id)).flatMap((path) => {
    try {
      const { property, kind, scenario, model: of } = readKnownEntry(series, path).entry;
      return of === model.id && properties.includes(property) ? [{ property, kind, scenario, path }] : [];
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      terminal.error(`passed over: ${tame(error.message)}`);
      return [];
    }
  });
}
