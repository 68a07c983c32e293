import { DEFAULTS } from '../defaults.ts';
import { JSON_OUTPUT, MAX_STEPS, SEED, SEQUENCE_OPS } from '../flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addCoverage: AddCommand = (parser, finish) =>
  parser.command(
    'coverage <model..>',
    'what the corpus and a search reach of states, and what they never reach',
    (command) =>
      command
        .positional('model', {
          type: 'string',
          array: true,
          describe: 'states, or globs; of several states of a series also what they reach together',
          demandOption: true,
        })
        .option('seed', SEED)
        .option('runs', {
          type: 'string',
          describe: 'generated sequences, besides the small scenarios that every search begins with',
          default: '500',
        })
        .option('max-ops', SEQUENCE_OPS)
        .option('max-steps', MAX_STEPS)
        .option('corpus', {
          type: 'string',
          describe: 'folder of counterexamples',
          default: DEFAULTS.corpus,
        })
        .option('json', JSON_OUTPUT)
        .option('quiet', {
          alias: 'q',
          type: 'boolean',
          describe: 'the table only: no list of what was never reached, no progress',
          default: false,
        })
        .example("$0 coverage 'zpci-io/*'", 'what all states of zpci-io leave out, one by one and together'),
    async (args) => {
      const { parseCoverageOptions } = await import('../coverage-options.ts');
      const { coverage } = await import('../coverage.ts');
      finish(await coverage(parseCoverageOptions(args), terminal(args)));
    },
  );
