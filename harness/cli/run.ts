import { renderCounterexample } from '../../reports/counterexample.ts';
import { runJson } from '../../reports/run-json.ts';
import { renderModelResult } from '../../reports/run-summary.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import { CHUNK_SEQUENCES } from '../campaign/chunk.ts';
import type { Counterexample, ModelResult } from '../campaign/result.ts';
import { entryFolder, makeEntry, saveEntry, writeObstacle } from '../corpus.ts';
import type { StrategyName } from '../explore/strategies.ts';
import type { Model } from '../model/model.ts';
import { record } from '../scenario/recording.ts';
import { DEFAULTS } from './defaults.ts';
import { ExitCode, UsageError } from './exit.ts';
import { makePool } from './pool.ts';
import { makeProgress } from './progress.ts';
import { loadSeries } from './registry.ts';
import { checkReportFile, isWritable, reportFile } from './report-file.ts';
import { type Budget, isEmptyShard, searchModel } from './search.ts';
import { labelled, selectModels, selectProperties } from './select.ts';
import { shellWord } from './shell-word.ts';
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
  if (options.save) {
    for (const { id: model } of models)
      for (const property of properties)
        checkFolder(options.corpus, entryFolder(options.corpus, { model, property }));
  }
  for (const { file } of options.reporters) if (file !== null) checkReportFile(file);

  if (isEmptyShard(options)) {
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
  for (const model of models.filter((one) => !applying.includes(one))) {
    terminal.error(`skipped: none of the selected claims applies to ${model.id}.`);
  }
  const outputs = options.reporters.map(({ name, file }) => ({ name, write: writerOf(file, terminal) }));

  let signal: NodeJS.Signals | null = null;
  const stopListening = terminal.onSignal((received) => {
    // The second one is for a search that does not end: leave at once.
    if (signal !== null) process.exit(received === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted);
    signal = received;
    terminal.error(`${received}: stopping; what was found so far is shrunk, saved and reported.`);
  });
  const searchMs = options.timeMs === null ? Number.POSITIVE_INFINITY : options.timeMs / applying.length;
  const budgetFrom = (started: number): Budget => ({
    runs: options.runs ?? Number.POSITIVE_INFINITY,
    shard: options.shard,
    timeLeftMs: () => started + searchMs - terminal.now(),
    bail: options.bail,
    interrupted: () => signal !== null,
  });
  const text = outputs.filter(({ name }) => name === 'text');
  const say = (part: string) => {
    for (const { write } of text) write(part);
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
        budgetFrom(terminal.now()),
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
  for (const { name, write } of outputs) {
    if (name === 'json') write(`${JSON.stringify(runJson({ seed, results, labels }), null, 2)}\n`);
  }
  if (signal !== null) return signal === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
  return results.some((result) => result.counterexamples.length > 0) ? ExitCode.violated : ExitCode.asClaimed;
}

/** Reports go to stdout, or to the file that their reporter names. */
const writerOf = (file: string | null, terminal: Terminal): ((text: string) => void) =>
  file === null ? terminal.print : reportFile(file);

/** Asked before the search, so that its results are not lost. */
function checkFolder(corpus: string, folder: string): void {
  const obstacle = writeObstacle(folder, isWritable);
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
      path === undefined ? searchAgain(options, model, found) : `npx zpci-fuzz replay ${shellWord(path)}`;
    yield `${renderCounterexample(record(model, found.scenario, options.stepsMax), {
      ...terminal,
      reproduce,
      property: found,
      minimal: found.minimal,
    })}\n`;
  }
}

/** The shortest search that finds a failure again, for want of an entry. */
function searchAgain(options: RunOptions, model: Model, found: Counterexample): string {
  const flags = [
    ['model', model.id],
    ['property', found.property],
    ['seed', options.seed],
    ['runs', (found.foundWith.run + 1) * CHUNK_SEQUENCES],
    ...(options.strategy === DEFAULTS.strategy ? [] : [['strategy', options.strategy]]),
    ...(String(options.opsMax) === DEFAULTS.maxOps ? [] : [['max-ops', options.opsMax]]),
    ...(String(options.stepsMax) === DEFAULTS.maxSteps ? [] : [['max-steps', options.stepsMax]]),
  ];
  return `npx zpci-fuzz run ${flags.map(([name, value]) => `--${name} ${value}`).join(' ')} --no-save`;
}
