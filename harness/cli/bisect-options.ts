import type { BisectOptions } from './bisect.ts';
import { UsageError } from './exit.ts';
import { duration, wholeNumber } from './numbers.ts';
import { jobsOf, schedulesMaxOf, stepsMaxOf } from './run-options.ts';
import { worldsOf } from './verify-options.ts';

/** The flags of `bisect` as yargs hands them over. */
export interface BisectFlags {
  readonly series: string;
  readonly subsets: boolean;
  readonly orders: boolean;
  readonly property: readonly string[];
  readonly 'max-ops': string;
  readonly world: readonly string[] | undefined;
  readonly 'max-schedules': string;
  readonly 'max-steps': string;
  readonly time: string | undefined;
  readonly jobs: string | undefined;
  readonly corpus: string;
  readonly 'exit-style': 'plain' | 'bisect';
  readonly json: boolean;
  readonly quiet: boolean;
}

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export function parseBisectOptions(flags: BisectFlags): BisectOptions {
  const { series: version, subsets, orders, property, world, time, jobs, corpus, json, quiet } = flags;
  if (subsets && orders) throw new UsageError('--orders has all that --subsets has; give one of them.');
  return {
    version,
    ways: orders ? 'orders' : subsets ? 'subsets' : 'prefixes',
    properties: property,
    opsMax: wholeNumber('--max-ops', flags['max-ops'], 1, 3),
    worlds: world === undefined ? null : worldsOf(world),
    schedulesMax: schedulesMaxOf(flags['max-schedules']),
    stepsMax: stepsMaxOf(flags['max-steps']),
    timeMs: time === undefined ? null : duration('time', time),
    jobs: jobsOf(jobs),
    corpus,
    isForGit: flags['exit-style'] === 'bisect',
    json,
    quiet,
  };
}
