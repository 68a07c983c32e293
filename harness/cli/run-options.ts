import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { STRATEGIES, type StrategyName } from '../explore/strategies.ts';
import { quote } from '../quote.ts';
import { UsageError } from './exit.ts';
import { duration, shardOf, wholeNumber } from './numbers.ts';
import { REPORTERS, type Reporter } from './reporter-names.ts';
import type { RunOptions } from './run.ts';
import { isCi } from './terminal.ts';

/** The flags of `run` as yargs hands them over. */
export interface RunFlags {
  readonly model: readonly string[];
  readonly property: readonly string[];
  readonly runs: string | undefined;
  readonly time: string | undefined;
  readonly seed: string | undefined;
  readonly 'max-ops': string;
  readonly 'max-steps': string;
  readonly 'max-schedules': string;
  readonly strategy: string;
  readonly jobs: string | undefined;
  readonly shard: string;
  readonly reporter: readonly string[];
  readonly corpus: string;
  readonly save: boolean;
  readonly bail: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

const SEED_MAX = 2 ** 32 - 1;

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export function parseRunOptions(
  flags: RunFlags,
  defaults: { readonly runs: string },
  env: { readonly [name: string]: string | undefined },
): RunOptions {
  const timeMs = flags.time === undefined ? null : duration('time', flags.time);
  const runs = flags.runs ?? (timeMs === null ? defaults.runs : undefined);
  return {
    models: flags.model,
    properties: flags.property,
    runs: runs === undefined ? null : wholeNumber('--runs', runs, 1, 1e12),
    timeMs,
    seed: seedOf(flags.seed, env),
    opsMax: wholeNumber('--max-ops', flags['max-ops'], 1, 64),
    stepsMax: stepsMaxOf(flags['max-steps']),
    schedulesMax: schedulesMaxOf(flags['max-schedules']),
    strategy: strategyOf(flags.strategy),
    jobs: jobsOf(flags.jobs),
    shard: shardOf(flags.shard),
    reporters: reportersOf(flags),
    corpus: flags.corpus,
    // Reports of a run that is not saved still say how to reproduce: with the seed.
    save: flags.save,
    bail: flags.bail,
    quiet: flags.quiet,
  };
}

export const jobsOf = (given: string | undefined): number =>
  given === undefined ? availableParallelism() : wholeNumber('--jobs', given, 1, 256);

export const schedulesMaxOf = (given: string): number => wholeNumber('--max-schedules', given, 1, 1e9);

export const stepsMaxOf = (given: string): number => wholeNumber('--max-steps', given, 1, 1 << 20);

/** Where the seed has a default of its own. */
export const fixedSeedOf = (given: string): number => wholeNumber('--seed', given, 0, SEED_MAX);

function seedOf(given: string | undefined, env: { readonly [name: string]: string | undefined }): number {
  if (given !== undefined) return fixedSeedOf(given);
  if (env.ZPCI_FUZZ_SEED !== undefined) return wholeNumber('ZPCI_FUZZ_SEED', env.ZPCI_FUZZ_SEED, 0, SEED_MAX);
  // CI jobs must not differ from one try to the next; elsewhere every run tries new ground.
  return isCi(env) ? 1 : randomInt(SEED_MAX);
}

function strategyOf(given: string): StrategyName {
  const found = STRATEGIES.find((name) => name === given);
  if (found !== undefined) return found;
  throw new UsageError(`--strategy is ${quote(given)}; allowed: ${STRATEGIES.join(', ')}.`);
}

/** `json`, `text=report.txt`. Two that write to stdout would write into each other. */
export function reportersOf(
  { reporter, json }: Pick<RunFlags, 'reporter' | 'json'>,
  allowed: readonly Reporter['name'][] = REPORTERS,
): readonly Reporter[] {
  const specs = [...reporter, ...(json ? ['json'] : [])];
  const reporters = (specs.length === 0 ? ['text'] : specs).map((spec) => {
    const at = spec.indexOf('=');
    const given = at < 0 ? spec : spec.slice(0, at);
    const name = allowed.find((known) => known === given);
    if (name === undefined || (at >= 0 && at === spec.length - 1)) {
      throw new UsageError(
        `--reporter is ${quote(spec)}; allowed: ${allowed.join(', ')}, each with =FILE or without.`,
      );
    }
    return { name, file: at < 0 ? null : spec.slice(at + 1) };
  });
  if (reporters.filter(({ file }) => file === null).length > 1) {
    throw new UsageError('two reporters write to stdout; give one of them a file: --reporter json=run.json.');
  }
  const twice = reporters.find(
    ({ file }, at) =>
      file !== null &&
      reporters.findIndex((one) => one.file !== null && resolve(one.file) === resolve(file)) < at,
  );
  if (twice !== undefined) {
    throw new UsageError(`two reporters write to ${quote(twice.file)}; give each a file of its own.`);
  }
  return reporters;
}
