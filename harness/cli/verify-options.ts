import { UsageError } from './exit.ts';
import { duration, wholeNumber } from './numbers.ts';
import { jobsOf, schedulesMaxOf, stepsMaxOf } from './run-options.ts';
import type { VerifyOptions } from './verify.ts';

/** The flags of `verify` as yargs hands them over. */
export interface VerifyFlags {
  readonly what: string;
  readonly model: string | undefined;
  readonly property: readonly string[];
  readonly 'max-ops': string | undefined;
  readonly world: readonly string[] | undefined;
  readonly preemptions: string | undefined;
  readonly 'max-schedules': string | undefined;
  readonly 'max-steps': string;
  readonly time: string | undefined;
  readonly jobs: string | undefined;
  readonly strict: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export function parseVerifyOptions(flags: VerifyFlags): VerifyOptions {
  const { what, model = null, property, world, preemptions, time, jobs, strict, json, quiet } = flags;
  return {
    what,
    model,
    properties: property,
    opsMax: flags['max-ops'] === undefined ? null : wholeNumber('--max-ops', flags['max-ops'], 1, 4),
    worlds: world === undefined ? null : worldsOf(world),
    preemptionsMax: preemptions === undefined ? null : wholeNumber('--preemptions', preemptions, 0, 100),
    schedulesMax: flags['max-schedules'] === undefined ? null : schedulesMaxOf(flags['max-schedules']),
    stepsMax: stepsMaxOf(flags['max-steps']),
    timeMs: time === undefined ? null : duration('time', time),
    jobs: jobsOf(jobs),
    strict,
    json,
    quiet,
  };
}

export function worldsOf(given: readonly string[]): readonly string[] {
  if (!given.includes('none')) return [...new Set(given)];
  if (given.length > 1)
    throw new UsageError('--world none excludes other small worlds; give one or the other.');
  return [];
}
