import { existsSync, statSync } from 'node:fs';
import type { Hang } from '../campaign/hang.ts';
import type { ModelResult } from '../campaign/result.ts';
import { entryFolder, writeObstacle } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import { tame } from '../quote.ts';
import { UsageError } from './exit.ts';
import type { Pool } from './pool.ts';
import { isWritable } from './report-file.ts';
import type { RunOptions } from './run.ts';
import { TOOL } from './version.ts';

/** Asked before the search, so that its results are not lost. @throws {@link UsageError} */
export function checkFolders(corpus: string, models: readonly Model[], properties: readonly string[]): void {
  for (const { id: model } of models) {
    for (const property of properties) checkFolder(corpus, entryFolder(corpus, { model, property }));
  }
}

function checkFolder(corpus: string, folder: string): void {
  const obstacle = writeObstacle(folder, isWritable);
  if (obstacle !== null) {
    throw new UsageError(
      `the corpus folder ${corpus} cannot be used: ${obstacle}. Name another with --corpus DIR, or use --no-save.`,
    );
  }
}

/** Also where nothing is saved: a file has no entries, and nobody means that. @throws {@link UsageError} */
export function checkCorpus(corpus: string): void {
  if (existsSync(corpus) && !statSync(corpus).isDirectory()) {
    throw new UsageError(`the corpus ${tame(corpus)} is no folder; name one with --corpus DIR.`);
  }
}

export const NOTHING_SAVED = { paths: new Map<string, string>(), hangs: [] };

/** Paths of the entries, by failure identity, and what hung where those stored before were executed. */
export async function saveCounterexamples(
  pool: Pool,
  { corpus, stepsMax, seed }: Pick<RunOptions, 'corpus' | 'stepsMax' | 'seed'>,
  result: ModelResult,
): Promise<{ readonly paths: Map<string, string>; readonly hangs: readonly Hang[] }> {
  const paths = new Map<string, string>();
  const hangs: Hang[] = [];
  // One after the other: what is stored first may be what keeps the next from being stored.
  for (const found of result.counterexamples) {
    const notes = { tool: TOOL, seed };
    const saved = await pool.save({ kind: 'save', model: result.model, found, corpus, stepsMax, notes });
    if (saved.path !== null) paths.set(`${found.property} ${found.kind}`, saved.path);
    hangs.push(...saved.hangs);
  }
  return { paths, hangs };
}
