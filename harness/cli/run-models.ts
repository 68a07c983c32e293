import type { Suite } from '../../reports/formats/suite.ts';
import { modelJson, runJson } from '../../reports/run-json.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import { mergeHangs } from '../campaign/hang.ts';
import { factsOf } from '../campaign/merge.ts';
import type { ModelResult } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import { emitFailures, emitter } from './events.ts';
import { ExitCode } from './exit.ts';
import { knownFailures } from './known-failures.ts';
import type { Pool } from './pool.ts';
import { makeProgress } from './progress.ts';
import { loadSeries } from './registry.ts';
import { codeWith, outputsOf } from './report-file.ts';
import { isSuiteReporter } from './reporter-names.ts';
import { renderSuites } from './reporters.ts';
import type { RunOptions } from './run.ts';
import { exitCodeOf, isViolated } from './run-exit.ts';
import { settingsOf } from './run-settings.ts';
import { runReportOf, runSuiteOf } from './run-suites.ts';
import { counterexampleTexts, headingText, leftOutText, verdictText } from './run-text.ts';
import { checkCorpus, checkFolders, NOTHING_SAVED, saveCounterexamples } from './save.ts';
import { type Budget, isEmptyShard, searchModel } from './search.ts';
import { selectModels, selectProperties } from './select.ts';
import { exitCodeOfSignal, listenForStop } from './stopping.ts';
import type { Terminal } from './terminal.ts';

/** What `run` does once its workers are starting. */
export async function runModels(
  options: RunOptions,
  terminal: Terminal,
  pool: Pool,
  modules: readonly string[],
): Promise<ExitCode> {
  const series = await loadSeries(modules);
  const models = selectModels(series, options.models);
  const properties = selectProperties(series, options.properties);
  if (options.save) checkFolders(options.corpus, models, properties);
  else checkCorpus(options.corpus);
  const outputs = outputsOf(options.reporters, terminal);

  if (isEmptyShard(options)) {
    terminal.error(
      `shard ${options.shard.index}/${options.shard.count} is empty: there is less work than shards.`,
    );
    return ExitCode.nothingRan;
  }
  const searched = (model: Model) => model.properties.some(({ id }) => properties.includes(id));
  const applying = models.filter((model) => searched(model) || factsOf(model, properties).length > 0);
  if (applying.length === 0) {
    terminal.error(
      `nothing ran: none of the selected claims applies to ${models.map(({ id }) => id).join(', ')}.`,
    );
    return ExitCode.nothingRan;
  }
  for (const model of models.filter((one) => !applying.includes(one))) {
    terminal.error(`skipped: none of the selected claims applies to ${model.id}.`);
  }

  const stopping = listenForStop(terminal, 'what was found so far is shrunk, saved and reported.');
  const searchMs = options.timeMs === null ? Number.POSITIVE_INFINITY : options.timeMs / applying.length;
  const emit = emitter(outputs);
  const budgetFrom = (started: number, known: Budget['known'], { id }: Model): Budget => ({
    known,
    tell: ({ sequences, executions, failures }) =>
      emit({ event: 'progress', model: id, sequences, of: options.runs, executions, failures }),
    runs: options.runs ?? Number.POSITIVE_INFINITY,
    shard: options.shard,
    timeLeftMs: () => started + searchMs - terminal.now(),
    bail: options.bail,
    interrupted: () => stopping.signal !== null,
  });
  const text = outputs.filter(({ name }) => name === 'text');
  const say = (part: string) => {
    for (const { write } of text) write(part);
  };
  const { seed, strategy, opsMax, stepsMax, schedulesMax } = options;
  const settings = settingsOf(options);
  say(headingText(applying, settings));
  const labels = new Map(applying.map((model) => [model.id, provenanceOf(model.state.source)]));
  emit({
    event: 'begin',
    format: 1,
    tool: 'zpci-fuzz',
    command: 'run',
    settings,
    models: [...labels].map(([model, provenance]) => ({ model, provenance })),
  });

  const progress = makeProgress(process.stderr, {
    quiet: options.quiet || text.length === 0,
    plain: !terminal.interactive,
  });
  const results: ModelResult[] = [];
  const suites: Suite[] = [];
  const wantsSuites = outputs.some(({ name }) => isSuiteReporter(name) || name === 'jsonl');
  try {
    for (const model of applying) {
      const known =
        strategy === 'portfolio' ? knownFailures(series, options.corpus, model, properties, terminal) : [];
      const found = await searchModel(
        pool,
        model,
        { seed, strategy, opsMax, stepsMax, schedulesMax, properties },
        // Claims about the state itself take no search.
        searched(model)
          ? budgetFrom(terminal.now(), known, model)
          : { ...budgetFrom(terminal.now(), known, model), runs: 0 },
        progress,
      );
      const { paths, hangs } = options.save ? await saveCounterexamples(pool, options, found) : NOTHING_SAVED;
      const result = { ...found, hangs: mergeHangs([...found.hangs, ...hangs]) };
      results.push(result);
      const suite = wantsSuites ? runSuiteOf(settings, model, result, paths) : null;
      if (suite !== null) suites.push(suite);
      if (!options.quiet)
        for (const part of counterexampleTexts(settings, terminal, model, result, paths)) say(part);
      say(verdictText(terminal, model, result));
      if (suite !== null) emitFailures(emit, suite);
      emit({ event: 'model', result: modelJson(result, labels.get(model.id)!) });
      if (stopping.signal !== null || (options.bail && isViolated(result))) break;
    }
  } finally {
    stopping.end();
  }

  const leftOut = applying.slice(results.length);
  say(leftOutText(terminal, leftOut));
  const found = stopping.signal === null ? exitCodeOf(results) : exitCodeOfSignal(stopping.signal);
  for (const { name, write } of outputs) {
    if (name === 'json')
      write(
        `${JSON.stringify(runJson({ settings, results, leftOut: leftOut.map(({ id }) => id), labels }), null, 2)}\n`,
      );
    if (isSuiteReporter(name))
      write(await renderSuites(name, runReportOf(settings, suites, leftOut), terminal));
  }
  const code = codeWith(outputs, found);
  emit({ event: 'end', exitCode: code });
  return code;
}
