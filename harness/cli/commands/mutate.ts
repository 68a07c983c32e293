import { JOBS, JSON_OUTPUT, MAX_STEPS, SEED, SEQUENCE_OPS, TIME } from '../flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addMutate: AddCommand = (parser, finish) =>
  parser.command(
    'mutate <model..>',
    'weaken states systematically, and say which mutants no claim catches',
    (command) =>
      command
        .positional('model', {
          type: 'string',
          array: true,
          describe: 'states, or globs',
          demandOption: true,
        })
        .option('seed', SEED)
        .option('runs', {
          type: 'string',
          describe: 'generated sequences that a mutant has to survive',
          default: '500',
        })
        .option('max-ops', SEQUENCE_OPS)
        .option('max-steps', MAX_STEPS)
        .option('min-score', {
          type: 'string',
          describe: 'exit 1 where claims catch less than so many percent',
          default: '0',
        })
        .option('time', TIME)
        .option('jobs', JOBS)
        .option('json', JSON_OUTPUT)
        .option('quiet', {
          alias: 'q',
          type: 'boolean',
          describe: 'survivors and scores only, no progress',
          default: false,
        })
        .example('$0 mutate v3', 'what the claims of zpci-io can tell from v3'),
    async (args) => {
      const { parseMutateOptions } = await import('../mutate-options.ts');
      const { mutate } = await import('../mutate.ts');
      finish(await mutate(parseMutateOptions(args), terminal(args)));
    },
  );
