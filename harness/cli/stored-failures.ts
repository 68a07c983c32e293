import type { KnownFailure } from '../campaign/opening.ts';
import { entryPaths } from '../corpus.ts';
import type { Series } from '../model/series.ts';
import { tame } from '../quote.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { readKnownEntry } from './known-entry.ts';
import type { Terminal } from './terminal.ts';

/** A stored counterexample, the state that it is of, and where it is. */
export interface StoredFailure extends KnownFailure {
  readonly model: string;
  readonly path: string;
}

/**
 * The counterexamples below a folder of the corpus. A damaged entry is named and passed over: it must not keep the rest
 * from being looked at.
 */
export function storedFailures(
  series: readonly Series[],
  folder: string,
  terminal: Pick<Terminal, 'error'>,
): StoredFailure[] {
  return entryPaths(folder).flatMap((path) => {
    try {
      const { property, kind, scenario, model } = readKnownEntry(series, path).entry;
      return [{ property, kind, scenario, model, path }];
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      terminal.error(`passed over: ${tame(error.message)}`);
      return [];
    }
  });
}
