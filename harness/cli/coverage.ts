import { renderCoverage, type SeriesReach } from '../../reports/coverage.ts';
import { coverageReportJson } from '../../reports/coverage-json.ts';
import { BlockCoverage } from '../campaign/block-coverage.ts';
import { situation } from '../campaign/probe.ts';
import { mergeReach, type ReachOptions, reachOf, type StateReach } from '../campaign/reach.ts';
import { ExitCode } from './exit.ts';
import { knownFailures } from './known-failures.ts';
import { makeProgress } from './progress.ts';
import { folderOf, loadSeries } from './registry.ts';
import { selectModels } from './select.ts';
import { exitCodeOfSignal, listenForStop } from './stopping.ts';
import type { Terminal } from './terminal.ts';

export interface CoverageOptions {
  readonly models: readonly string[];
  readonly seed: number;
  /** Generated sequences, besides the small scenarios that every search begins with. */
  readonly runs: number;
  readonly opsMax: number;
  readonly stepsMax: number;
  readonly corpus: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What the corpus and a search reach of states: code, errnos, and operations by the situation they begin in. */
export async function coverage(options: CoverageOptions, terminal: Terminal): Promise<ExitCode> {
  // Before anything of a model runs: code that was compiled without counters has none.
  const blocks = new BlockCoverage();
  const series = await loadSeries();
  const models = selectModels(series, options.models);
  const stopping = listenForStop(terminal, 'what was reached so far is reported.');
  const progress = makeProgress(process.stderr, {
    quiet: options.quiet || options.json,
    plain: !terminal.interactive,
  });
  const goesOn = async (): Promise<boolean> => {
    // Signals are heard between two pieces of work only.
    await new Promise((resolve) => setImmediate(resolve));
    return stopping.signal === null;
  };
  const reaches: StateReach[] = [];
  try {
    for (const [at, model] of models.entries()) {
      if (!(await goesOn())) break;
      progress.start(model.id, models.length);
      const properties = model.properties.map(({ id }) => id);
      const known = knownFailures(series, options.corpus, model, properties, terminal);
      const { seed, opsMax, stepsMax, runs } = options;
      const search: ReachOptions = {
        seed,
        opsMax,
        stepsMax,
        runs,
        properties,
        strategy: 'portfolio',
        schedulesMax: 1_000,
      };
      reaches.push(await reachOf(model, known, search, folderOf(model.series.name), blocks, goesOn));
      progress.advance(at + 1, '');
    }
  } finally {
    progress.stop();
    stopping.end();
    blocks.end();
  }
  const wholes = mergedBySeries(reaches);
  const { signal } = stopping;
  terminal.print(
    options.json
      ? `${JSON.stringify(coverageReportJson(reaches, wholes), null, 2)}\n`
      : renderCoverage(reaches, wholes, options, terminal),
  );
  return signal === null ? ExitCode.asClaimed : exitCodeOfSignal(signal);
}

/** Of series of which several states were looked at. */
function mergedBySeries(reaches: readonly StateReach[]): SeriesReach[] {
  const names = [...new Set(reaches.map(({ model }) => model.series.name))];
  return names.flatMap((name): SeriesReach[] => {
    const own = reaches.filter(({ model }) => model.series.name === name);
    if (own.length < 2) return [];
    return [
      {
        series: name,
        states: own.length,
        functions: mergeReach(
          own.map(({ functions }) => functions),
          (text) => text,
        ),
        sites: mergeReach(
          own.map(({ sites }) => sites),
          ({ id }) => id,
        ),
        situations: mergeReach(
          own.map(({ situations }) => situations),
          ({ operation, state }) => situation(operation, state),
        ),
      },
    ];
  });
}
