import type { MutateOptions } from './mutate.ts';
import { duration, wholeNumber } from './numbers.ts';
import { fixedSeedOf, jobsOf, stepsMaxOf } from './run-options.ts';

/** The flags of `mutate` as yargs hands them over. */
export interface MutateFlags {
  readonly model: readonly string[];
  readonly seed: string;
  readonly runs: string;
  readonly 'max-ops': string;
  readonly 'max-steps': string;
  readonly 'min-score': string;
  readonly time: string | undefined;
  readonly jobs: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export function parseMutateOptions(flags: MutateFlags): MutateOptions {
  const { model: models, time, jobs, json, quiet } = flags;
  return {
    models,
    seed: fixedSeedOf(flags.seed),
    runs: wholeNumber('--runs', flags.runs, 1, 1e9),
    opsMax: wholeNumber('--max-ops', flags['max-ops'], 1, 64),
    stepsMax: stepsMaxOf(flags['max-steps']),
    timeMs: time === undefined ? null : duration('time', time),
    jobs: jobsOf(jobs),
    scoreMin: wholeNumber('--min-score', flags['min-score'], 0, 100),
    json,
    quiet,
  };
}
