import { accessSync, constants, writeFileSync } from 'node:fs';
import { renderCounterexample } from '../../reports/counterexample.ts';
import { runJson } from '../../reports/run-json.ts';
import { renderModelResult } from '../../reports/run-summary.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import type { ModelResult } from '../campaign/result.ts';
import { makeEntry, saveEntry, writeObstacle } from '../corpus.ts';
import type { StrategyName } from '../explore/strategies.ts';
import type { Model } from '../model/model.ts';
import { record } from '../scenario/recording.ts';
import { ExitCode, UsageError } from './exit.ts';
import { makePool } from './pool.ts';
import { makeProgress } from './progress.ts';
import { loadSeries } from './registry.ts';
import { type Budget, isEmptyShard, searchModel } from './search.ts';
import { labelled, selectModels, selectProperties } from './select.ts';
import type { Terminal } from './terminal.ts';

export interface RunOptions {
  readonly models: readonly string[];
  readonly properties: readonly string[];
  /** Operation sequences a model; null: no limit but time. */
  readonly runs: number | null;
  readonly timeMs: number | null;
  readonly seed: number;
  readonly opsMax: number;
  readonly stepsMax: number;
  readonly strategy: StrategyName;
  readonly jobs: number;
  readonly shard: { readonly index: number; readonly count: number };
  readonly reporters: readonly { readonly name: 'text' | 'json'; readonly file: string | null }[];
  readonly corpus: string;
  readonly save: boolean;
  readonly bail: boolean;
  readonly quiet: boolean;
}

const TOOL = 'zpci-fuzz 0.1.0';

/** Fuzzes the selected models, saves what it found, reports. */
export async function run(options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  const series = await loadSeries();
  const models = selectModels(series, options.models);
  const properties = selectProperties(series, options.properties);
  if (options.save) checkCorpus(options.corpus);

  const started = terminal.now();
  let signal: NodeJS.Signals | null = null;
  const stopListening = terminal.onSignal((received) => {
    // The second one is for a search that does not end: leave at once.
    if (signal !== null) process.exit(received === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted);
    signal = received;
    terminal.error(`${received}: stopping; what was found so far is shrunk, saved and reported.`);
  });
  const budget: Budget = {
    runs: options.runs ?? Number.POSITIVE_INFINITY,
    shard: options.shard,
    timeLeftMs: () =>
      options.timeMs === null ? Number.POSITIVE_INFINITY : started + options.timeMs - terminal.now(),
    bail: options.bail,
    interrupted: () => signal !== null,
  };
  if (isEmptyShard(budget)) {
    terminal.error(
      `shard ${options.shard.index}/${options.shard.count} is empty: there is less work than shards.`,
    );
    return ExitCode.nothingRan;
  }
  const applying = models.filter((model) => model.properties.some(({ id }) => properties.includes(id)));
  if (applying.length === 0) {
    terminal.error(
      `nothing ran: none of the selected claims applies to ${models.map(({ id }) => id).join(', ')}.`,
    );
    return ExitCode.nothingRan;
  }

  const text = options.reporters.filter(({ name }) => name === 'text');
  const say = (part: string) => {
    for (const { file } of text) emit(terminal, file, part);
  };
  const { seed, strategy, opsMax, stepsMax } = options;
  say(
    `${applying.map((model) => `model ${labelled(model)}`).join('\n')}\nseed  0x${(seed >>> 0).toString(16)}, strategy ${strategy}\n\n`,
  );

  const pool = await makePool(series, options.jobs);
  const progress = makeProgress(process.stderr, {
    quiet: options.quiet || text.length === 0,
    plain: !terminal.interactive,
  });
  const results: ModelResult[] = [];
  try {
    for (const model of applying) {
      const result = await searchModel(
        pool,
        model,
        { seed, strategy, opsMax, stepsMax, properties },
        budget,
        progress,
      );
      results.push(result);
      const paths = options.save ? save(options, model, result) : new Map<string, string>();
      if (!options.quiet)
        for (const part of counterexamples(options, terminal, model, result, paths)) say(part);
      say(
        renderModelResult(
          result,
          { label: provenanceOf(model.state.source).label, about: model.state.about },
          terminal,
        ),
      );
      if (signal !== null || (options.bail && result.counterexamples.length > 0)) break;
    }
  } finally {
    stopListening();
    await pool.close();
  }

  const labels = new Map(applying.map((model) => [model.id, provenanceOf(model.state.source)]));
  for (const { name, file } of options.reporters) {
    if (name === 'json')
      emit(terminal, file, `${JSON.stringify(runJson({ seed, results, labels }), null, 2)}\n`);
  }
  if (signal !== null) return signal === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
  return results.some((result) => result.counterexamples.length > 0) ? ExitCode.violated : ExitCode.asClaimed;
}

/** Reports go to stdout, or to the file that their reporter names. */
function emit(terminal: Terminal, file: string | null, text: string): void {
  if (file === null) terminal.print(text);
  else writeFileSync(file, text, { flag: 'a' });
}

function checkCorpus(corpus: string): void {
  const obstacle = writeObstacle(corpus, (folder) => {
    try {
      accessSync(folder, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (obstacle !== null) {
    throw new UsageError(
      `the corpus folder ${corpus} cannot be used: ${obstacle}. Name another with --corpus DIR, or use --no-save.`,
    );
  }
}

/** Paths of the entries, by failure identity. */
function save(options: RunOptions, model: Model, result: ModelResult): Map<string, string> {
  const notes = { tool: TOOL, seed: options.seed };
  return new Map(
    result.counterexamples.map((found) => {
      const entry = makeEntry(model, found, options.stepsMax, notes);
      return [
        `${found.property} ${found.kind}`,
        saveEntry(options.corpus, model, entry, options.stepsMax).path,
      ];
    }),
  );
}

function* counterexamples(
  options: RunOptions,
  terminal: Terminal,
  model: Model,
  result: ModelResult,
  paths: ReadonlyMap<string, string>,
): Generator<string> {
  for (const found of result.counterexamples) {
    const path = paths.get(`${found.property} ${found.kind}`);
    const reproduce =
      path === undefined
        ? `npx zpci-fuzz run --model ${model.id} --property ${found.property} --seed ${options.seed} --no-save`
        : `npx zpci-fuzz replay ${path}`;
    yield `${renderCounterexample(record(model, found.scenario, options.stepsMax), {
      ...terminal,
      reproduce,
      property: found,
      minimal: found.minimal,
    })}\n`;
  }
}
