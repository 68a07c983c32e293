import { DEFAULTS } from './defaults.ts';
import { UsageError } from './exit.ts';
import { duration, wholeNumber } from './numbers.ts';
import type { ReportOptions } from './report.ts';
import { jobsOf, schedulesMaxOf, stepsMaxOf } from './run-options.ts';

/** The flags of `report` as yargs hands them over. */
export interface ReportFlags {
  readonly html: string;
  readonly model: readonly string[];
  readonly corpus: string;
  readonly bisect: readonly string[];
  readonly 'max-ops': string;
  readonly time: string | undefined;
  readonly jobs: string | undefined;
  readonly quiet: boolean;
}

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export function parseReportOptions(flags: ReportFlags): ReportOptions {
  const { html, model: models, corpus, bisect: bisects, time, jobs, quiet } = flags;
  if (time !== undefined && bisects.length === 0) {
    throw new UsageError('--time is for --bisect: without one, `report` searches nothing.');
  }
  return {
    html,
    models,
    corpus,
    bisects,
    search: {
      ways: 'prefixes',
      properties: [],
      opsMax: wholeNumber('--max-ops', flags['max-ops'], 1, 3),
      worlds: null,
      schedulesMax: schedulesMaxOf(DEFAULTS.runSchedules),
      stepsMax: stepsMaxOf(DEFAULTS.maxSteps),
      timeMs: time === undefined ? null : duration('time', time),
      jobs: jobsOf(jobs),
      quiet,
    },
  };
}
