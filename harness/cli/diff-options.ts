import type { DiffOptions } from './diff.ts';
import { duration, wholeNumber } from './numbers.ts';
import { jobsOf, schedulesMaxOf, stepsMaxOf } from './run-options.ts';
import { worldsOf } from './verify-options.ts';

/** The flags of `diff` as yargs hands them over. */
export interface DiffFlags {
  readonly first: string;
  readonly second: string;
  readonly 'max-ops': string;
  readonly world: readonly string[] | undefined;
  readonly 'max-schedules': string;
  readonly 'max-steps': string;
  readonly time: string | undefined;
  readonly jobs: string | undefined;
  readonly 'exit-code': boolean;
  readonly all: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export function parseDiffOptions(flags: DiffFlags): DiffOptions {
  const { first, second, world, time, jobs, all, json, quiet } = flags;
  return {
    states: [first, second],
    opsMax: wholeNumber('--max-ops', flags['max-ops'], 1, 3),
    worlds: world === undefined ? null : worldsOf(world),
    schedulesMax: schedulesMaxOf(flags['max-schedules']),
    stepsMax: stepsMaxOf(flags['max-steps']),
    timeMs: time === undefined ? null : duration('time', time),
    jobs: jobsOf(jobs),
    exitCode: flags['exit-code'],
    all,
    json,
    quiet,
  };
}
