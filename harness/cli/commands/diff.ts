import { DEFAULTS } from '../defaults.ts';
import { JOBS, JSON_OUTPUT, MAX_STEPS, SCENARIO_OPS } from '../flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addDiff: AddCommand = (parser, finish) =>
  parser.command(
    'diff <first> <second>',
    'what two states of a series do differently, as user space and the device see it',
    (command) =>
      command
        .positional('first', { type: 'string', describe: 'a state', demandOption: true })
        .positional('second', {
          type: 'string',
          describe: 'another of the same series',
          demandOption: true,
        })
        .option('max-ops', SCENARIO_OPS)
        .option('world', {
          type: 'string',
          array: true,
          describe: 'small worlds of the series to compare on; "none" for none (default: all); repeatable',
        })
        .option('max-schedules', {
          type: 'string',
          describe: 'schedules after which a scenario is not compared',
          default: DEFAULTS.diffSchedules,
        })
        .option('max-steps', MAX_STEPS)
        .option('time', { type: 'string', describe: 'stop comparing after this time: 30s, 2m' })
        .option('jobs', JOBS)
        .option('all', { type: 'boolean', describe: 'show all changes, however many', default: false })
        .option('exit-code', { type: 'boolean', describe: 'exit 1 if they differ', default: false })
        .option('json', JSON_OUTPUT)
        .option('quiet', {
          alias: 'q',
          type: 'boolean',
          describe: 'classes only: no examples, no progress',
          default: false,
        })
        .example('$0 diff v1 v2', 'what v2 changes')
        .example('$0 diff vfio-mmap/v3:1+2 vfio-mmap/v3', 'what patch 3 does'),
    async (args) => {
      const { parseDiffOptions } = await import('../diff-options.ts');
      const { diff } = await import('../diff.ts');
      finish(await diff(parseDiffOptions(args), terminal(args)));
    },
  );
