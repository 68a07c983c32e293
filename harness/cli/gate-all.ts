import type { GateChanges, GateEntry, GateReport } from '../../reports/gate.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import type { ChunkResult, SearchOptions } from '../campaign/chunk.ts';
import { chunksOf } from '../campaign/chunk-size.ts';
import { type GateCell, gateCells } from '../campaign/gate.ts';
import { HANGS_MAX, mergeHangs } from '../campaign/hang.ts';
import { mergeFound, mergeResult } from '../campaign/merge.ts';
import { KNOWN_CHUNK, type KnownFailure, SMALL_CHUNK } from '../campaign/opening.ts';
import type { Shrunk } from '../campaign/result.ts';
import type { FoundOn } from '../campaign/standing.ts';
import { listedId, stateBelow } from '../model/listed-id.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { type ChangedSeries, changedSeries } from './changed-series.ts';
import { DEFAULTS } from './defaults.ts';
import { emitter } from './events.ts';
import { ExitCode, UsageError } from './exit.ts';
import type { ShownEntry } from './gate-counterexamples.ts';
import { expectationProblems, type GateModel, gateModels } from './gate-models.ts';
import type { GateOptions } from './gate-options.ts';
import { writeGate } from './gate-reports.ts';
import { changedSince } from './git.ts';
import { InOrder } from './in-order.ts';
import type { ChunkJob } from './job.ts';
import { knownFailures } from './known-failures.ts';
import type { Pool } from './pool.ts';
import { makeProgress } from './progress.ts';
import { loadSeries } from './registry.ts';
import { codeWith, outputsOf } from './report-file.ts';
import { settingsOf } from './run-settings.ts';
import { keptAt } from './run-text.ts';
import { checkCorpus, checkFolders, NOTHING_SAVED, saveCounterexamples } from './save.ts';
import { selectProperties } from './select.ts';
import { shellWord } from './shell-word.ts';
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
  const changed = options.changed === null ? null : changedSeries(series, changedSince(options.changed));
  const asked = gateModels(
    series,
    options.models,
    changed === null ? series : changed.map((one) => one.series),
  );
  const changes = changed === null ? null : changesOf(options.changed!, changed, asked);
  if (asked.length === 0 && changes !== null) {
    const settings = settingsOf(options);
    const report = { settings, profile: options.profile.name, entries: [], total: 0, left: 0, changes };
    await writeGate(outputsOf(options.reporters, terminal), report, options, terminal);
    return ExitCode.asClaimed;
  }
  const judged = asked.filter(({ model }) => isJudged(model, properties));
  if (judged.length === 0) {
    const ids = asked.length > 3 ? ['any of the models'] : asked.map(({ model }) => model.id);
    terminal.error(`nothing ran: none of the selected claims applies to ${ids.join(', ')}.`);
    return ExitCode.nothingRan;
  }
  const { shard } = options;
  const models = judged.filter((_, at) => at % shard.count === shard.index - 1);
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
  else checkCorpus(options.corpus);
  const outputs = outputsOf(options.reporters, terminal);

  const stopping = listenForStop(terminal, 'what was found so far is reported.');
  const progress = makeProgress(process.stderr, { quiet: options.quiet, plain: !terminal.interactive });
  const deadline = options.timeMs === null ? Number.POSITIVE_INFINITY : terminal.now() + options.timeMs;
  const rules = { today: terminal.today(), decides: options.profile.decides };
  const entries = new Map<GateModel, ShownEntry>();
  let failed = false;
  const isOver = (): boolean => failed || stopping.signal !== null || terminal.now() > deadline;
  const settings = settingsOf(options);
  const emit = emitter(outputs);
  const order = new InOrder<GateModel, Model>();
  let told = 0;
  progress.start('gate', models.length);
  emit({
    event: 'begin',
    format: 1,
    tool: 'zpci-fuzz',
    command: 'gate',
    settings: { ...settings, profile: options.profile.name },
    models: models.map(({ model }) => ({ model: model.id, provenance: provenanceOf(model.state.source) })),
  });

  const gateOne = async (one: GateModel): Promise<void> => {
    const storedOf = (model: Model) => knownFailures(series, options.corpus, model, properties, terminal);
    const own = storedOf(one.model);
    const known = [...own, ...baseOf(one).flatMap(storedOf)];
    const { chunks, why } = await searched(pool, one.model, options, properties, known, isOver);
    // Which of the others had got how far when one failed is a matter of luck.
    if (why === 'over' && failed) return;
    const stopped = why !== 'over' ? why : stopping.signal === null ? 'time' : 'interrupt';
    const plain = mergeResult(one.model, searchOptions(options, properties), chunks, [], stopped);
    const all = gateCells(one.series, one.model, plain, rules);
    // What a search has broken until it was stopped is broken; of the rest nothing can be said.
    const cells = stopped === null ? all : all.filter(isViolated);
    if (stopped !== null && plain.hangs.length === 0 && !cells.some(isUnexpected)) return;
    const surprising = cells.filter(isUnexpected).map(({ property }) => property);
    const shrunk = await shrinkOf(pool, one, options, chunks, surprising);
    const found = mergeResult(one.model, searchOptions(options, properties), chunks, shrunk, stopped);
    const { paths, hangs } = options.save ? await saveCounterexamples(pool, options, found) : NOTHING_SAVED;
    const result = { ...found, hangs: mergeHangs([...found.hangs, ...hangs]) };
    const replays = new Map([...paths].map(([identity, path]) => [identity, keptAt(path).reproduce]));
    const searchAgain = (property: string | null) => searchAgainOf(options, one.model, property);
    const stored = countedBy(known.map(({ property }) => property));
    const entry: ShownEntry = {
      model: one.model,
      result,
      cells,
      paths,
      known: own,
      replays,
      stored,
      searchAgain,
    };
    entries.set(one, entry);
    if (options.bail && isBad(entry)) failed = true;
    progress.advance(entries.size, one.model.id);
    for (const { id } of order.finish(one, one.model)) {
      emit({ event: 'progress', model: id, done: ++told, of: models.length });
    }
  };

  const queue = models.values();
  // Several models at a time: the pieces of one are too few to keep all workers busy.
  const worker = async (): Promise<void> => {
    for (const one of queue) {
      if (isOver()) return;
      order.begin(one);
      await gateOne(one);
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.size }, worker));
  } finally {
    progress.stop();
    stopping.end();
  }

  const found = foundOn([...entries.values()]);
  const done = models.flatMap((one): ShownEntry[] => {
    const entry = entries.get(one);
    if (entry === undefined) return [];
    // Only now is it known what this run says of the states before.
    const cells = gateCells(one.series, one.model, entry.result, rules, found.get(one.series.name));
    return [{ ...entry, cells: entry.result.stopped === null ? cells : cells.filter(isViolated) }];
  });
  const report = {
    settings,
    profile: options.profile.name,
    entries: done,
    total: models.length,
    left: models.length - done.filter(({ result }) => result.stopped === null).length,
    changes,
  };
  await writeGate(outputs, report, options, terminal);
  const ended = stopping.signal === null ? exitCodeOf(report, options) : exitCodeOfSignal(stopping.signal);
  const code = codeWith(outputs, ended);
  emit({ event: 'end', exitCode: code });
  return code;
}

function exitCodeOf({ entries, left }: GateReport, { bisecting }: GateOptions): ExitCode {
  if (entries.some(({ result }) => result.hangs.length > 0)) return ExitCode.brokenContract;
  if (entries.length === 0) return ExitCode.nothingRan;
  if (entries.some(isBad)) return ExitCode.violated;
  if (left === 0) return ExitCode.asClaimed;
  // What was not looked at is not as expected.
  return bisecting ? ExitCode.nothingRan : ExitCode.violated;
}

/** Why the series of these models are looked at. */
function changesOf(
  since: string,
  changed: readonly ChangedSeries[],
  models: readonly GateModel[],
): GateChanges {
  const names = new Set(models.map((one) => one.series.name));
  const series = changed.filter((one) => names.has(one.series.name));
  return { since, series: series.map(({ series: { name }, own, shared }) => ({ name, own, shared })) };
}

/** Verdicts of a run by claim, by state, by series; states by the names that they are listed under. */
function foundOn(entries: readonly GateEntry[]): ReadonlyMap<string, FoundOn> {
  const found = new Map<string, Map<string, ReadonlyMap<string, GateCell['found']>>>();
  for (const { model, cells } of entries) {
    const { name } = model.series;
    const own = found.get(name) ?? new Map();
    found.set(name, own.set(model.state.id, new Map(cells.map((cell) => [cell.property, cell.found]))));
  }
  return found;
}

function countedBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const isViolated = ({ found }: GateCell): boolean => found === 'violated';
const isUnexpected = ({ problem }: GateCell): boolean => problem === 'unexpected-violation';

const isBad = ({ cells, result }: GateEntry): boolean =>
  result.hangs.length > 0 || cells.some(({ problem }) => problem !== null);

const isJudged = ({ properties, stateVerdicts }: Model, selected: readonly string[]): boolean =>
  properties.some(({ id }) => selected.includes(id)) ||
  stateVerdicts.some(({ property }) => selected.includes(property));

/** Those of all series, whatever is looked at: one that means nothing would never fail. */
function checkExpectations(series: readonly Series[]): void {
  const [problem, ...others] = series.flatMap(expectationProblems);
  if (problem === undefined) return;
  throw new UsageError(others.length === 0 ? problem : `${problem} ${others.length} more are wrong.`);
}

/** The command that looks at one claim on one model again as this run did, or at all claims where it is null. */
function searchAgainOf(options: GateOptions, model: Model, property: string | null): string {
  const { seed, profile, runs, strategy, opsMax, stepsMax, schedulesMax, corpus } = options;
  const flags = [
    ['model', shellWord(model.id)],
    ...(property === null ? [] : [['property', property]]),
    ['profile', profile.name],
    ['seed', seed],
    ...(runs === profile.runs ? [] : [['runs', runs]]),
    ...(strategy === DEFAULTS.strategy ? [] : [['strategy', strategy]]),
    ...(String(opsMax) === DEFAULTS.maxOps ? [] : [['max-ops', opsMax]]),
    ...(String(stepsMax) === DEFAULTS.maxSteps ? [] : [['max-steps', stepsMax]]),
    ...(String(schedulesMax) === DEFAULTS.runSchedules ? [] : [['max-schedules', schedulesMax]]),
    ...(corpus === DEFAULTS.corpus ? [] : [['corpus', shellWord(corpus)]]),
  ];
  return `npx zpci-fuzz gate ${flags.map(([name, value]) => `--${name} ${value}`).join(' ')} --no-save`;
}

const searchOptions = (
  { seed, strategy, opsMax, stepsMax, schedulesMax, profile: { openingEvery } }: GateOptions,
  properties: readonly string[],
): SearchOptions => ({ seed, strategy, opsMax, stepsMax, schedulesMax, properties, openingEvery });

/**
 * The state that a patch was put on top of, or the version of a selection: what breaks that mostly breaks this one, by the
 * same steps. Where the steps are others, its counterexamples are passed over.
 */
export function baseOf({ series, model }: GateModel): Model[] {
  const { id } = model.state;
  const base = id.includes(':') ? listedId(series, id.split(':', 1)[0]!) : stateBelow(series, id);
  const found = base === null ? null : series.model(base);
  return found === null ? [] : [found];
}

/**
 * The pieces of one model, one after the other: other workers have other models. `why` it was stopped: all are to stop, or
 * this one hangs too often.
 */
async function searched(
  pool: Pool,
  model: GateModel['model'],
  options: GateOptions,
  properties: readonly string[],
  known: readonly KnownFailure[],
  isOver: () => boolean,
): Promise<{ readonly chunks: readonly ChunkResult[]; readonly why: 'over' | 'hang' | null }> {
  const chunks: ChunkResult[] = [];
  let hangs = 0;
  if (!model.properties.some(({ id }) => properties.includes(id))) return { chunks, why: null };
  const job = { kind: 'chunk', model: model.id, options: searchOptions(options, properties) } as const;
  for (const piece of piecesOf(options, known)) {
    if (isOver()) return { chunks, why: 'over' };
    const chunk = await pool.chunk({ ...job, ...piece });
    chunks.push(chunk);
    hangs += chunk.hangs.length;
    if (hangs >= HANGS_MAX) return { chunks, why: 'hang' };
  }
  return { chunks, why: null };
}

function* piecesOf(
  { strategy, profile, runs }: GateOptions,
  known: readonly KnownFailure[],
): Generator<Pick<ChunkJob, 'chunk' | 'sequences' | 'known'>> {
  if (known.length > 0) yield { chunk: KNOWN_CHUNK, sequences: known.length, known };
  if (strategy === 'portfolio') yield { chunk: SMALL_CHUNK, sequences: Number.MAX_SAFE_INTEGER };
  yield* chunksOf(runs ?? profile.runs);
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
