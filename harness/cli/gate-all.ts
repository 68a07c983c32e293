import { type GateEntry, renderGate } from '../../reports/gate.ts';
import { gateJson } from '../../reports/gate-json.ts';
import { CHUNK_SEQUENCES, type ChunkResult, type SearchOptions } from '../campaign/chunk.ts';
import { gateCells } from '../campaign/gate.ts';
import { mergeHangs } from '../campaign/hang.ts';
import { mergeFound, mergeResult } from '../campaign/merge.ts';
import { KNOWN_CHUNK, type KnownFailure, SMALL_CHUNK } from '../campaign/opening.ts';
import type { Shrunk } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import { ExitCode, UsageError } from './exit.ts';
import { type GateModel, gateModels, strayExpectations } from './gate-models.ts';
import type { GateOptions } from './gate-options.ts';
import type { ChunkJob } from './job.ts';
import { knownFailures } from './known-failures.ts';
import type { Pool } from './pool.ts';
import { makeProgress } from './progress.ts';
import { loadSeries } from './registry.ts';
import { checkReportFile, writerOf } from './report-file.ts';
import { settingsOf } from './run-settings.ts';
import { counterexampleTexts } from './run-text.ts';
import { checkFolders, NOTHING_SAVED, saveCounterexamples } from './save.ts';
import { findModel, selectProperties } from './select.ts';
import { exitCodeOfSignal, listenForStop } from './stopping.ts';
import type { Terminal } from './terminal.ts';

/** What `gate` does once its workers are starting. */
export async function gateAll(
  options: GateOptions,
  terminal: Terminal,
  pool: Pool,
  modules: readonly string[],
): Promise<ExitCode> {
  const series = await loadSeries(modules);
  const properties = selectProperties(series, options.properties);
  checkExpectations(series);
  const asked = gateModels(series, options.models, options.changed);
  const { shard } = options;
  const models = asked.filter((_, at) => at % shard.count === shard.index - 1);
  if (asked.length === 0 && options.changed !== null) {
    terminal.error(`nothing to do: no series has changed since ${options.changed}.`);
    return ExitCode.asClaimed;
  }
  if (models.length === 0) {
    terminal.error(`shard ${shard.index}/${shard.count} is empty: there are fewer models than shards.`);
    return ExitCode.nothingRan;
  }
  if (options.save)
    checkFolders(
      options.corpus,
      models.map(({ model }) => model),
      properties,
    );
  for (const { file } of options.reporters) if (file !== null) checkReportFile(file);
  const outputs = options.reporters.map(({ name, file }) => ({ name, write: writerOf(file, terminal) }));

  const stopping = listenForStop(terminal, 'what was found so far is reported.');
  const progress = makeProgress(process.stderr, { quiet: options.quiet, plain: !terminal.interactive });
  const deadline = options.timeMs === null ? Number.POSITIVE_INFINITY : terminal.now() + options.timeMs;
  const rules = { today: terminal.today(), decides: options.profile.decides };
  const entries = new Map<GateModel, GateEntry>();
  let failed = false;
  const isOver = (): boolean => failed || stopping.signal !== null || terminal.now() > deadline;
  progress.start('gate', models.length);

  const gateOne = async (one: GateModel): Promise<void> => {
    const known = [one.model, ...baseOf(one)].flatMap((model) =>
      knownFailures(series, options.corpus, model, properties, terminal),
    );
    const chunks = await searched(pool, one.model, options, properties, known, isOver);
    if (chunks === null) return;
    const plain = mergeResult(one.model, searchOptions(options, properties), chunks, [], null);
    const cells = gateCells(one.series, one.model, plain, rules);
    const surprising = cells
      .filter(({ problem }) => problem === 'unexpected-violation')
      .map(({ property }) => property);
    const shrunk = await shrinkOf(pool, one, options, chunks, surprising);
    const found = mergeResult(one.model, searchOptions(options, properties), chunks, shrunk, null);
    const { paths, hangs } = options.save ? await saveCounterexamples(pool, options, found) : NOTHING_SAVED;
    const result = { ...found, hangs: mergeHangs([...found.hangs, ...hangs]) };
    entries.set(one, { model: one.model, result, cells, paths });
    if (options.bail && cells.some(({ problem }) => problem !== null)) failed = true;
    progress.advance(entries.size, one.model.id);
  };

  const queue = models.values();
  // Several models at a time: the pieces of one are too few to keep all workers busy.
  const worker = async (): Promise<void> => {
    for (const one of queue) {
      if (isOver()) return;
      await gateOne(one);
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.size }, worker));
  } finally {
    progress.stop();
    stopping.end();
  }

  const done = models.flatMap((one) => entries.get(one) ?? []);
  const settings = settingsOf(options);
  const report = {
    settings,
    profile: options.profile.name,
    entries: done,
    left: models.length - done.length,
  };
  for (const { name, write } of outputs) {
    if (name === 'json') {
      write(`${JSON.stringify(gateJson(report), null, 2)}\n`);
      continue;
    }
    if (!options.quiet) {
      for (const { model, result, paths } of done) {
        for (const part of counterexampleTexts(settings, terminal, model, result, paths)) write(`${part}\n`);
      }
    }
    write(renderGate(report, terminal));
  }
  if (stopping.signal !== null) return exitCodeOfSignal(stopping.signal);
  if (done.some(({ result }) => result.hangs.length > 0)) return ExitCode.brokenContract;
  return done.some(({ cells }) => cells.some(({ problem }) => problem !== null))
    ? ExitCode.violated
    : ExitCode.asClaimed;
}

/** A name that means nothing would never fail. */
function checkExpectations(series: Parameters<typeof gateModels>[0]): void {
  for (const one of series) {
    const stray = strayExpectations(one)[0];
    if (stray === undefined) continue;
    throw new UsageError(
      `models/${one.name}/expectations.ts expects something of ${stray.property} on ${stray.states.join(', ')}; one of these names is none of the series, or it is expected twice.`,
    );
  }
}

const searchOptions = (
  { seed, strategy, opsMax, stepsMax, schedulesMax, profile: { openingEvery } }: GateOptions,
  properties: readonly string[],
): SearchOptions => ({ seed, strategy, opsMax, stepsMax, schedulesMax, properties, openingEvery });

/**
 * The state that a patch was put on top of, or the version of a selection: what breaks that mostly breaks this one, by the
 * same steps. Where the steps are others, its counterexamples are passed over.
 */
function baseOf({ series, model }: GateModel): Model[] {
  const { id } = model.state;
  const end = id.includes(':') ? id.indexOf(':') : id.lastIndexOf('+');
  const base = findModel([series], `${series.name}/${id.slice(0, Math.max(0, end))}`);
  return base === null ? [] : [base];
}

/** The pieces of one model, one after the other: other workers have other models. Null if it is to be left. */
async function searched(
  pool: Pool,
  model: GateModel['model'],
  options: GateOptions,
  properties: readonly string[],
  known: readonly KnownFailure[],
  isOver: () => boolean,
): Promise<ChunkResult[] | null> {
  if (!model.properties.some(({ id }) => properties.includes(id))) return [];
  const job = { kind: 'chunk', model: model.id, options: searchOptions(options, properties) } as const;
  const chunks: ChunkResult[] = [];
  for (const piece of piecesOf(options, known)) {
    if (isOver()) return null;
    chunks.push(await pool.chunk({ ...job, ...piece }));
  }
  return chunks;
}

function* piecesOf(
  { strategy, profile, runs }: GateOptions,
  known: readonly KnownFailure[],
): Generator<Pick<ChunkJob, 'chunk' | 'sequences' | 'known'>> {
  if (known.length > 0) yield { chunk: KNOWN_CHUNK, sequences: known.length, known };
  if (strategy === 'portfolio') yield { chunk: SMALL_CHUNK, sequences: Number.MAX_SAFE_INTEGER };
  const all = runs ?? profile.runs;
  for (let chunk = 0; chunk * CHUNK_SEQUENCES < all; chunk++) {
    yield { chunk, sequences: Math.min(CHUNK_SEQUENCES, all - chunk * CHUNK_SEQUENCES) };
  }
}

/** Only what nobody expected is shown, and has to be small for that. */
const shrinkOf = (
  pool: Pool,
  { model }: GateModel,
  { stepsMax }: GateOptions,
  chunks: readonly ChunkResult[],
  properties: readonly string[],
): Promise<Shrunk[]> =>
  Promise.all(
    mergeFound(model, chunks)
      .filter(({ property }) => properties.includes(property))
      .map((found) => pool.shrink({ kind: 'shrink', model: model.id, found, stepsMax })),
  );
