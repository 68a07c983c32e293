import { existsSync } from 'node:fs';
import { renderCounterexample } from '../../reports/counterexample.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import { renderEnds } from '../../reports/verify-ends.ts';
import { endsJson, verifyJson } from '../../reports/verify-json.ts';
import { renderVerify } from '../../reports/verify-model.ts';
import type { Ends, EndsOptions } from '../campaign/ends.ts';
import type { VerifyResult } from '../campaign/exhausted.ts';
import { DPOR_THREADS_MAX } from '../explore/dpor.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { quote } from '../quote.ts';
import { record } from '../scenario/recording.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { boundsOf } from './bounds.ts';
import { DEFAULTS } from './defaults.ts';
import { modelOfScenario, readScenario } from './exec.ts';
import { ExitCode, UsageError } from './exit.ts';
import { makePool } from './pool.ts';
import { makeProgress } from './progress.ts';
import { loadSeries } from './registry.ts';
import { selectModel, selectProperties } from './select.ts';
import { shellWord } from './shell-word.ts';
import { exitCodeOfSignal, listenForStop } from './stopping.ts';
import type { Terminal } from './terminal.ts';
import { verifyModel } from './verify-model.ts';

export interface VerifyOptions {
  /** A scenario file, or the name of a model. */
  readonly what: string;
  /** Another state than the file names. */
  readonly model: string | null;
  readonly properties: readonly string[];
  /** Operations that scenarios of a model have at most; null for the default. */
  readonly opsMax: number | null;
  /** Small worlds of the series to explore; null for all, empty for none. */
  readonly worlds: readonly string[] | null;
  readonly preemptionsMax: number | null;
  /** Schedules after which one operation sequence is given up; null for the default. */
  readonly schedulesMax: number | null;
  readonly stepsMax: number;
  readonly timeMs: number | null;
  readonly jobs: number;
  /** Whether an exploration that does not come to its end is a broken contract. */
  readonly strict: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

const STOPPED = 'what was explored so far is reported.';

/** Explores exhaustively: all schedules of a scenario file's operations, or all small scenarios of a model. */
export async function verify(options: VerifyOptions, terminal: Terminal): Promise<ExitCode> {
  const series = await loadSeries();
  return isFile(options.what)
    ? verifyFile(series, options, terminal)
    : verifyState(series, options, terminal);
}

/** A name that is no file is a model; `.json` says that a file was meant. */
const isFile = (what: string): boolean => existsSync(what) || what.endsWith('.json');

async function verifyFile(
  series: readonly Series[],
  options: VerifyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { what: file, stepsMax, preemptionsMax, timeMs } = options;
  const schedulesMax = options.schedulesMax ?? Number(DEFAULTS.fileSchedules);
  if (options.worlds !== null) {
    throw new UsageError('--world chooses among the small worlds of a model; a scenario file has its own.');
  }
  if (options.opsMax !== null) {
    throw new UsageError(
      '--max-ops bounds the scenarios of a model; a scenario file has its own operations.',
    );
  }
  const scenario = readScenario(series, file);
  const model = modelOfScenario(series, { file, model: options.model }, scenario);
  if (preemptionsMax === null) checkThreads(file, scenario);
  const properties = applying(series, model, options);
  if (properties === null) return nothingApplies(model, terminal);
  if (!model.properties.some(({ id }) => properties.includes(id))) {
    terminal.error(
      `nothing ran: ${properties.join(', ')} is decided by cited facts and not by operations; \`zpci-fuzz verify ${model.id}\` says how.`,
    );
    return ExitCode.nothingRan;
  }
  const operations: Scenario = { ...scenario, model: model.id };
  const exploring = { stepsMax, schedulesMax, preemptionsMax, properties };
  const { ends, signal } = await inWorker(model, operations, exploring, timeMs, terminal);
  if (options.json)
    terminal.print(`${JSON.stringify(endsJson(model, operations, ends, options), null, 2)}\n`);
  else {
    if (!options.quiet) {
      // The operations are the file's: whether all of them are needed is not looked at.
      for (const { property, kind, scenario: shown } of ends.violations) {
        terminal.print(
          `${renderCounterexample(record(model, shown, stepsMax), {
            ...terminal,
            reproduce: verifyAgain(options),
            property: { property, kind },
          })}\n`,
        );
      }
    }
    terminal.print(renderEnds(model, operations, ends, options, terminal));
  }
  if (signal !== null) return exitCodeOfSignal(signal);
  const { complete, schedules } = ends.explored;
  if (schedules === 0) return nothingExplored(terminal);
  return exitCode(ends.violations.length > 0, complete, options);
}

/** On a thread of its own, so that a signal or the end of the time reaches it. */
async function inWorker(
  model: Model,
  scenario: Scenario,
  options: EndsOptions,
  timeMs: number | null,
  terminal: Terminal,
): Promise<{ readonly ends: Ends; readonly signal: NodeJS.Signals | null }> {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const stopping = listenForStop(terminal, STOPPED, () => Atomics.store(stop, 0, 1));
  const timer = timeMs === null ? null : setTimeout(() => Atomics.store(stop, 0, 1), timeMs);
  const pool = await makePool(1);
  try {
    const ends = await pool.ends({ kind: 'ends', model: model.id, scenario, options, stop });
    return { ends, signal: stopping.signal };
  } finally {
    if (timer !== null) clearTimeout(timer);
    stopping.end();
    await pool.close();
  }
}

/** @throws {@link InvalidInput} for more actors than the reduction can tell apart. */
function checkThreads(file: string, { ops }: Scenario): void {
  const actors = new Set(ops.map(({ actor }) => actor)).size;
  if (actors <= DPOR_THREADS_MAX) return;
  throw new InvalidInput(
    `${file}: has ${actors} actors; all schedules can be explored of up to ${DPOR_THREADS_MAX} threads, and those with few preemptions (--preemptions N) of more.`,
  );
}

async function verifyState(
  series: readonly Series[],
  options: VerifyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.model !== null) {
    throw new UsageError(
      `--model goes with a scenario file; ${quote(options.what)} is no file and was taken for a model.`,
    );
  }
  const model = selectModel(series, options.what);
  const properties = applying(series, model, options);
  if (properties === null) return nothingApplies(model, terminal);
  // Claims about the state itself take no exploration.
  const judges = model.properties.some(({ id }) => properties.includes(id));
  const bounds = judges ? boundsOf(model, options.opsMax ?? Number(DEFAULTS.verifyOps), options.worlds) : [];
  const { stepsMax, preemptionsMax } = options;
  const schedulesMax = options.schedulesMax ?? Number(DEFAULTS.schedules);

  const stopping = listenForStop(terminal, STOPPED);
  const started = terminal.now();
  const pool = await makePool(options.jobs);
  const progress = makeProgress(process.stderr, {
    quiet: options.quiet || options.json,
    plain: !terminal.interactive,
  });
  let result: VerifyResult;
  try {
    result = await verifyModel(
      pool,
      model,
      bounds,
      { stepsMax, schedulesMax, preemptionsMax, properties },
      {
        timeLeftMs: () => (options.timeMs ?? Number.POSITIVE_INFINITY) - (terminal.now() - started),
        interrupted: () => stopping.signal !== null,
      },
      progress,
    );
  } finally {
    stopping.end();
    await pool.close();
  }
  const provenance = provenanceOf(model.state.source);
  if (options.json) {
    terminal.print(`${JSON.stringify(verifyJson(result, provenance, options), null, 2)}\n`);
  } else {
    if (!options.quiet)
      for (const text of counterexamples(model, result, options, terminal)) terminal.print(text);
    terminal.print(
      renderVerify(result, { label: provenance.label, about: model.state.about }, options, terminal),
    );
  }
  if (stopping.signal !== null) return exitCodeOfSignal(stopping.signal);
  if (judges && result.bounds.every(({ schedules }) => schedules === 0)) return nothingExplored(terminal);
  const contradicted = result.facts.some(({ verdict }) => verdict === 'violated');
  return exitCode(result.violations.length > 0 || contradicted, result.exhaustive, options);
}

function nothingExplored(terminal: Terminal): ExitCode {
  terminal.error('nothing ran: --time was over before the first schedule.');
  return ExitCode.nothingRan;
}

/** A violation is one however much was explored. */
function exitCode(isViolated: boolean, isExhaustive: boolean, { strict }: VerifyOptions): ExitCode {
  if (isViolated) return ExitCode.violated;
  return strict && !isExhaustive ? ExitCode.brokenContract : ExitCode.asClaimed;
}

/** Ids of the selected claims that apply to a model; null if none does. */
function applying(series: readonly Series[], model: Model, options: VerifyOptions): string[] | null {
  const selected = selectProperties(series, options.properties);
  const ids = [
    ...model.properties.map(({ id }) => id),
    ...model.stateVerdicts.map(({ property }) => property),
  ].filter((id) => selected.includes(id));
  return ids.length === 0 ? null : ids;
}

function nothingApplies(model: Model, terminal: Terminal): ExitCode {
  terminal.error(`nothing ran: none of the selected claims applies to ${model.id}.`);
  return ExitCode.nothingRan;
}

function* counterexamples(
  model: Model,
  result: VerifyResult,
  options: VerifyOptions,
  terminal: Terminal,
): Generator<string> {
  for (const { property, kind, shortest, isShortest } of result.violations) {
    if (shortest === null) continue;
    yield `${renderCounterexample(record(model, shortest.scenario, options.stepsMax), {
      ...terminal,
      reproduce: verifyAgain({ ...options, properties: [property] }),
      property: { property, kind },
      // With preemptions bounded, fewer operations may break it with one more of them.
      minimal: isShortest && options.preemptionsMax === null,
    })}\n`;
  }
}

/** The command that comes to the same result. */
function verifyAgain(options: VerifyOptions): string {
  const flags = [
    ...options.properties.map((property) => ['property', property]),
    ...(options.model === null ? [] : [['model', options.model]]),
    ...(options.opsMax === null ? [] : [['max-ops', options.opsMax]]),
    ...(options.worlds?.length === 0 ? ['none'] : (options.worlds ?? [])).map((world) => ['world', world]),
    ...(options.preemptionsMax === null ? [] : [['preemptions', options.preemptionsMax]]),
    ...(options.schedulesMax === null ? [] : [['max-schedules', options.schedulesMax]]),
    ...(String(options.stepsMax) === DEFAULTS.maxSteps ? [] : [['max-steps', options.stepsMax]]),
  ];
  return [
    'npx zpci-fuzz verify',
    shellWord(options.what),
    ...flags.map(([name, value]) => `--${name} ${shellWord(String(value))}`),
  ].join(' ');
}
