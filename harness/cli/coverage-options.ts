import type { CoverageOptions } from './coverage.ts';
import { wholeNumber } from './numbers.ts';
import { fixedSeedOf, stepsMaxOf } from './run-options.ts';

/** The flags of `coverage` as yargs hands them over. */
export interface CoverageFlags {
  readonly model: readonly string[];
  readonly seed: string;
  readonly runs: string;
  readonly 'max-ops': string;
  readonly 'max-steps': string;
  readonly corpus: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export function parseCoverageOptions(flags: CoverageFlags): CoverageOptions {
  const { model: models, corpus, json, quiet } = flags;
  return {
    models,
    seed: fixedSeedOf(flags.seed),
    runs: wholeNumber('--runs', flags.runs, 0, 1e9),
    opsMax: wholeNumber('--max-ops', flags['max-ops'], 1, 64),
    stepsMax: stepsMaxOf(flags['max-steps']),
    corpus,
    json,
    quiet,
  };
}
