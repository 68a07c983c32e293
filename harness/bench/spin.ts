/** Spin on Promela peers of two of our models (harness/bench/spin/), to be read beside what our explorer takes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnd } from './spin/two-writers.ts';

const COMPILATIONS = 3;
const RUNS = 5;
/** Two writers of three requests each, every end, need 7.5 GB. */
const MEMORY_MAX_MIB = 8192;

export interface SpinFigure {
  readonly name: string;
  readonly generateMs: number;
  readonly compileMs: number;
  readonly runMs: number;
  /** 0: the claim holds. Above 1: transitions that broke it, of a search that goes on after the first. */
  readonly errors: number;
  readonly statesStored: number;
  readonly transitions: number;
  /** The distinct ends, as `describeEnd` writes them; null where they are not collected. */
  readonly outcomes: readonly string[] | null;
}

export type SpinModel = keyof typeof MODELS;

interface Search {
  readonly title: string;
  readonly file: string;
  readonly defines: readonly string[];
  /** Whether REQUESTS means something to it. */
  readonly repeats: boolean;
  /** How often the claim may break before the search stops: 0 for any number. */
  readonly errorsMax: 0 | 1;
  readonly ends: boolean;
}

const TWO_WRITERS = {
  file: 'two-writers.pml',
  defines: [],
  repeats: true,
  errorsMax: 0,
  ends: false,
} as const;
const UNPLUG = { file: 'unplug.pml', defines: [], repeats: false, errorsMax: 1, ends: false } as const;

const MODELS = {
  'two-writers-first': { ...TWO_WRITERS, title: 'v1, two writers, to the first violation', errorsMax: 1 },
  'two-writers-all': { ...TWO_WRITERS, title: 'v1, two writers, all violations' },
  'two-writers-ends': { ...TWO_WRITERS, title: 'v1, two writers, all ends', defines: ['-DENDS'], ends: true },
  'unplug-hp': { ...UNPLUG, title: 'v1+hp, hot unplug', defines: ['-DHP'] },
  unplug: { ...UNPLUG, title: 'v1, hot unplug' },
} as const satisfies { [name: string]: Search };

/** The section of the bench: every model, those of two writers with each number of requests a writer. */
export function spinFigures(requests: readonly number[] = [1, 2]): void {
  if (!spinIsInstalled()) {
    console.log(
      'Spin is not installed, so there is nothing to compare with (Debian: apt-get install spin gcc)',
    );
    return;
  }
  console.log(`Spin on Promela peers of our models, pan with -O2 and -DSAFETY; medians of ${RUNS} runs`);
  for (const model of Object.keys(MODELS) as SpinModel[]) {
    for (const count of MODELS[model].repeats ? requests : [1]) console.log(row(spinFigure(model, count)));
  }
}

/** Whether `spin` and `gcc` are on the PATH. */
export const spinIsInstalled = (): boolean =>
  spawnSync('spin', ['-V']).status === 0 && spawnSync('gcc', ['--version']).status === 0;

/** Generates, compiles and runs the verifier of one model, several times each. */
export function spinFigure(model: SpinModel, requests = 1): SpinFigure {
  const search: Search = MODELS[model];
  // From the root of the repository, where npm runs scripts: the build has no copy of the Promela files.
  const source = resolve('harness/bench/spin', search.file);
  const repeat = search.repeats ? [`-DREQUESTS=${requests}`] : [];
  const folder = mkdtempSync(join(tmpdir(), 'zpci-fuzz-spin-'));
  try {
    const generate = () => command('spin', [...repeat, ...search.defines, '-a', source], folder);
    const compile = () =>
      command(
        'gcc',
        [
          '-O2',
          // No search for cycles: the claims are about states. Partial-order reduction is on by default.
          '-DSAFETY',
          `-DMEMLIM=${MEMORY_MAX_MIB}`,
          ...(search.ends ? ['-DPRINTF'] : []),
          ...['-o', 'pan', 'pan.c'],
        ],
        folder,
      );
    // The default hash table (-w24, 128 MiB) takes longer to clear than most of these searches; this one grows.
    const run = () => command(join(folder, 'pan'), ['-w20', `-c${search.errorsMax}`], folder);
    const generated = timed(generate, COMPILATIONS);
    const compiled = timed(compile, COMPILATIONS);
    const ran = timed(run, RUNS);
    return {
      name: search.repeats ? `${search.title}, requests of each: ${requests}` : search.title,
      generateMs: generated.medianMs,
      compileMs: compiled.medianMs,
      runMs: ran.medianMs,
      errors: figureIn(ran.output, /errors: (\d+)/),
      // Large figures are printed in exponential form.
      statesStored: figureIn(ran.output, /^\s*([\d.e+]+) states, stored/m),
      transitions: figureIn(ran.output, /^\s*([\d.e+]+) transitions/m),
      outcomes: search.ends ? ends(ran.output, requests) : null,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end and returns what it printed. */
function command(program: string, args: readonly string[], cwd: string): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

function timed(task: () => string, times: number): { readonly medianMs: number; readonly output: string } {
  let output = '';
  const durations = Array.from({ length: times }, () => {
    const started = performance.now();
    output = task();
    return performance.now() - started;
  }).sort((a, b) => a - b);
  return { medianMs: durations[Math.floor(times / 2)]!, output };
}

/** A search that was cut short says so in words only, and must not pass for a full one. */
function figureIn(output: string, pattern: RegExp): number {
  const cut = /max search depth too small|out of memory|reached -DMEMLIM bound/.exec(output);
  if (cut !== null) throw new Error(`pan says "${cut[0]}" (fewer requests, or a higher MEMORY_MAX_MIB)`);
  const found = pattern.exec(output);
  if (found === null) throw new Error(`pan printed nothing like ${pattern} (is this Spin 6.5?): ${output}`);
  return Number(found[1]);
}

/** Ends that differ in what is left in memory only are printed more than once. */
function ends(output: string, requests: number): string[] {
  const lines = new Set(output.split('\n').filter((line) => line.startsWith('end ')));
  return [...lines].map((line) => parseEnd(line, requests)).sort((a, b) => (a < b ? -1 : 1));
}

function row({ name, generateMs, compileMs, runMs, errors, statesStored, outcomes }: SpinFigure): string {
  const milliseconds = (value: number, width: number) => `${value.toFixed(0).padStart(width)} ms`;
  return [
    `  ${name.padEnd(62)}`,
    `generate ${milliseconds(generateMs, 3)}`,
    `compile ${milliseconds(compileMs, 5)}`,
    `run ${milliseconds(runMs, 5)}`,
    `${statesStored.toLocaleString('en-US').padStart(10)} states`,
    errors === 0 ? 'holds' : 'violated',
    ...(outcomes === null ? [] : [`${outcomes.length.toLocaleString('en-US')} ends`]),
  ].join('  ');
}
