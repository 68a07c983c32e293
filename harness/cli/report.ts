import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { ExplorerCounterexample, ExplorerState } from '../../reports/explorer/data.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import { entryPaths } from '../corpus.ts';
import { expectationOf } from '../model/expectation.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { tame } from '../quote.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { ExitCode } from './exit.ts';
import { explorerPage } from './explorer-page.ts';
import { readKnownEntry } from './known-entry.ts';
import { loadSeries } from './registry.ts';
import { selectModels } from './select.ts';
import { shellWord } from './shell-word.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

export interface ReportOptions {
  /** Folder that the page is written to. */
  readonly html: string;
  /** States; all that are listed where empty. */
  readonly models: readonly string[];
  readonly corpus: string;
}

/** Writes the explorer: what is expected of every state, and the counterexamples of the corpus. */
export async function report(
  { html, models: patterns, corpus }: ReportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const series = await loadSeries();
  const models = selectModels(series, patterns.length === 0 ? ['*/*'] : patterns);
  const states = models.map((model) =>
    stateOf(series.find(({ name }) => name === model.series.name)!, model),
  );
  const counterexamples = models.flatMap((model) => storedOf(series, corpus, model, terminal));
  mkdirSync(html, { recursive: true });
  const file = join(html, 'index.html');
  await writeFileAtomic(
    file,
    await explorerPage({
      format: 1,
      version: VERSION,
      from: 'verdicts as expected of each state, counterexamples of the corpus',
      states,
      counterexamples,
    }),
  );
  terminal.print(`${file}: ${states.length} states, ${counterexamples.length} counterexamples\n`);
  return ExitCode.asClaimed;
}

function stateOf({ expectations }: Series, { id, state, properties, stateVerdicts }: Model): ExplorerState {
  return {
    model: id,
    label: provenanceOf(state.source).label,
    about: state.about,
    coverage: 'nothing searched for this page',
    verdicts: [
      ...properties.map((property) => property.id),
      ...stateVerdicts.map(({ property }) => property),
    ].map((property) => {
      const expected = expectationOf(expectations, state.id, property);
      const verdict =
        expected === undefined ? 'holds' : expected.verdict === 'violated' ? 'violated' : 'inconclusive';
      return {
        property,
        verdict,
        remark: expected === undefined ? '' : `expected: ${expected.reason}`,
        exercised: 0,
      };
    }),
  };
}

function storedOf(
  series: readonly Series[],
  corpus: string,
  model: Model,
  terminal: Terminal,
): ExplorerCounterexample[] {
  return entryPaths(join(corpus, model.id)).flatMap((path) => {
    try {
      const { property, kind, scenario } = readKnownEntry(series, path).entry;
      const reproduce = `npx zpci-fuzz replay ${shellWord(path)}`;
      return [{ id: basename(path, '.json'), model: model.id, property, kind, scenario, reproduce }];
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      terminal.error(`passed over: ${tame(error.message)}`);
      return [];
    }
  });
}
