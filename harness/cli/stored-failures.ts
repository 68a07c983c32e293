import { join, relative } from 'node:path';
import type { KnownFailure } from '../campaign/opening.ts';
import { entryPaths } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { tame } from '../quote.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { readKnownEntry } from './known-entry.ts';
import type { Terminal } from './terminal.ts';

/** A stored counterexample, and where. */
export interface StoredFailure extends KnownFailure {
  readonly path: string;
}

/**
 * Every stored counterexample of a series, those of the model first, then those of its version: each of them is a scenario
 * that any state can execute. `shownBelow`: paths are told from there. A damaged entry is named and passed over.
 */
export function storedFailures(
  series: Series,
  model: Model,
  corpus: string,
  shownBelow: string | null,
  terminal: Terminal,
): StoredFailure[] {
  const version = `${series.name}/${model.state.id.split(':', 1)[0]}`;
  const nearness = (of: string): number => (of === model.id ? 0 : of === version ? 1 : 2);
  return entryPaths(join(corpus, series.name))
    .flatMap((path) => {
      try {
        const { property, kind, scenario, model: of } = readKnownEntry([series], path).entry;
        const shown = shownBelow === null ? path : relative(shownBelow, path);
        return [{ property, kind, scenario, path: shown, nearness: nearness(of) }];
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        terminal.error(`passed over: ${tame(error.message)}`);
        return [];
      }
    })
    .sort((a, b) => a.nearness - b.nearness)
    .map(({ nearness: _, ...stored }) => stored);
}
