import type { Argv } from 'yargs';
import type { CommonFlags } from './commands/command.ts';
import { DEFAULTS } from './defaults.ts';
import { JOBS, MAX_STEPS, PROPERTIES, REPORTER, SEQUENCE_OPS } from './flags.ts';

export const MODELS = {
  type: 'string',
  array: true,
  describe:
    'zpci-io/v1, a bare state (v3, v1+hp) of zpci-io, patches of a version (v1:1+2), or a glob; repeatable',
} as const;

/** Flags that all commands share which search models for what breaks. */
export const searchFlags = (command: Argv<CommonFlags>) =>
  command
    .option('property', PROPERTIES)
    .option('time', { type: 'string', describe: 'stop searching after this time: 30s, 2m' })
    .option('max-ops', SEQUENCE_OPS)
    .option('max-steps', MAX_STEPS)
    .option('max-schedules', {
      type: 'string',
      describe: 'schedules after which --strategy exhaustive goes on to the next sequence',
      default: DEFAULTS.runSchedules,
    })
    .option('strategy', {
      type: 'string',
      describe: 'how to search: portfolio, random, pct or exhaustive',
      default: DEFAULTS.strategy,
    })
    .option('jobs', JOBS)
    .option('shard', {
      type: 'string',
      describe: 'do only part i of n of the work: 2/8',
      default: '1/1',
    })
    .option('reporter', REPORTER)
    .option('corpus', {
      type: 'string',
      describe: 'folder that counterexamples are saved in',
      default: DEFAULTS.corpus,
    })
    .option('save', {
      type: 'boolean',
      describe: 'save counterexamples; --no-save does not',
      default: true,
    })
    .option('bail', { type: 'boolean', describe: 'stop at the first failure', default: false })
    .option('json', { type: 'boolean', describe: 'short for --reporter json', default: false })
    .option('quiet', {
      alias: 'q',
      type: 'boolean',
      describe: 'verdicts and coverage only: no counterexamples, no progress',
      default: false,
    });
