import { existsSync } from 'node:fs';
import { quote } from '../quote.ts';
import { UsageError } from './exit.ts';
import { duration, wholeNumber } from './numbers.ts';
import { fixedSeedOf, jobsOf } from './run-options.ts';

export interface B4CheckOptions {
  /** The state to check, whatever the mail is; null: the mail says. */
  readonly model: string | null;
  /** Null: the one that comes with the tool. */
  readonly corpus: string | null;
  /** Operation sequences for each state. */
  readonly runs: number;
  readonly seed: number;
  readonly timeMs: number | null;
  readonly jobs: number;
}

/** The flags of `b4-check` as yargs hands them over. */
export interface B4CheckFlags {
  readonly model: string | undefined;
  readonly corpus: string | undefined;
  readonly runs: string;
  readonly seed: string;
  readonly time: string | undefined;
  readonly jobs: string | undefined;
}

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export function parseB4CheckOptions({ model, corpus, runs, seed, time, jobs }: B4CheckFlags): B4CheckOptions {
  if (corpus !== undefined && !existsSync(corpus)) {
    throw new UsageError(`--corpus is ${quote(corpus)}, which does not exist; name a folder of entries.`);
  }
  return {
    model: model ?? null,
    corpus: corpus ?? null,
    runs: wholeNumber('--runs', runs, 1, 1e9),
    seed: fixedSeedOf(seed),
    timeMs: time === undefined ? null : duration('time', time),
    jobs: jobsOf(jobs),
  };
}
