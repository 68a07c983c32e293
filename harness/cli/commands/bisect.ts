import { DEFAULTS } from '../defaults.ts';
import { JOBS, JSON_OUTPUT, MAX_STEPS, PROPERTIES, SCENARIO_OPS, TIME } from '../flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addBisect: AddCommand = (parser, finish) =>
  parser.command(
    'bisect <series>',
    "every prefix of a version's patches against every claim: who breaks what, who mends it",
    (command) =>
      command
        .positional('series', {
          type: 'string',
          describe: 'a version with patches: vfio-mmap/v3',
          demandOption: true,
        })
        .option('subsets', { type: 'boolean', describe: 'all subsets of the patches', default: false })
        .option('orders', {
          type: 'boolean',
          describe: 'all subsets in every order that builds',
          default: false,
        })
        .option('property', PROPERTIES)
        .option('max-ops', SCENARIO_OPS)
        .option('world', {
          type: 'string',
          array: true,
          describe: 'small worlds of the series; "none" for none (default: all); repeatable',
        })
        .option('max-schedules', {
          type: 'string',
          describe: 'schedules after which one operation sequence is given up',
          default: DEFAULTS.runSchedules,
        })
        .option('max-steps', MAX_STEPS)
        .option('time', TIME)
        .option('jobs', JOBS)
        .option('corpus', {
          type: 'string',
          describe: 'stored counterexamples, tried on every state',
          default: DEFAULTS.corpus,
        })
        .option('json', JSON_OUTPUT)
        .option('quiet', { alias: 'q', type: 'boolean', describe: 'no progress', default: false })
        .example('$0 bisect vfio-mmap/v3 --subsets', 'each of the eight selections'),
    async (args) => {
      const { parseBisectOptions } = await import('../bisect-options.ts');
      const { bisect } = await import('../bisect.ts');
      finish(await bisect(parseBisectOptions(args), terminal(args)));
    },
  );
