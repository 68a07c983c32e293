import { DEFAULTS } from '../defaults.ts';
import { JOBS, JSON_OUTPUT, MAX_STEPS, PROPERTIES } from '../flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addVerify: AddCommand = (parser, finish) =>
  parser.command(
    'verify <what>',
    'explore exhaustively: all schedules of a scenario file, or all small scenarios of a model',
    (command) =>
      command
        .positional('what', {
          type: 'string',
          describe: 'a scenario file or corpus entry (all its schedules), or a model (all small scenarios)',
          demandOption: true,
        })
        .option('model', { type: 'string', describe: 'another state than the file names' })
        .option('property', PROPERTIES)
        .option('max-ops', {
          type: 'string',
          describe: `operations that scenarios of a model have at most, 1 to 4 (default ${DEFAULTS.verifyOps})`,
        })
        .option('world', {
          type: 'string',
          array: true,
          describe:
            'small worlds of the series to explore as well; "none" for none (default: all); repeatable',
        })
        .option('preemptions', {
          type: 'string',
          describe: 'only schedules with at most so many preemptions (default: all)',
        })
        .option('max-schedules', {
          type: 'string',
          describe: `schedules after which one operation sequence is given up (default ${DEFAULTS.schedules}; for a file ${DEFAULTS.fileSchedules})`,
        })
        .option('max-steps', MAX_STEPS)
        .option('time', { type: 'string', describe: 'stop exploring after this time: 30s, 2m' })
        .option('strict', {
          type: 'boolean',
          describe: 'exit 3 where nothing is violated and the exploration did not come to its end',
          default: false,
        })
        .option('jobs', JOBS)
        .option('json', JSON_OUTPUT)
        .option('quiet', {
          alias: 'q',
          type: 'boolean',
          describe: 'verdicts and coverage only: no counterexamples, no progress',
          default: false,
        })
        .example('$0 verify v2', 'prove the claims on v2, within the bounds it prints')
        .example('$0 verify scenario.json', 'all ends of these operations'),
    async (args) => {
      const { parseVerifyOptions } = await import('../verify-options.ts');
      const { verify } = await import('../verify.ts');
      finish(await verify(parseVerifyOptions(args), terminal(args)));
    },
  );
