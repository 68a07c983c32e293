import { DEFAULTS } from '../defaults.ts';
import { MODELS, searchFlags } from '../search-flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addRun: AddCommand = (parser, finish) =>
  parser.command(
    ['run', '$0'],
    'fuzz models: generated operations and schedules, every claim that applies',
    (command) =>
      searchFlags(command)
        .option('model', { ...MODELS, default: ['v3'] })
        .option('seed', {
          type: 'string',
          describe:
            'decimal or 0x hex; the same seed gives the same output (default: random, or 1 where CI is set)',
        })
        .option('runs', {
          alias: 'max-samples',
          type: 'string',
          describe: `operation sequences a model, each under 16 schedules (default ${DEFAULTS.runs}; without limit if --time is given)`,
        })
        .example('$0 --model v3', 'the CI gate: exit 0 if every claim holds')
        .example("$0 --model 'zpci-io/v1*' --seed 7", 'all states of v1, reproducibly')
        .example('$0 --model v1 --property request-executes-as-validated', 'one claim'),
    async (args) => {
      const { parseRunOptions } = await import('../run-options.ts');
      const { run } = await import('../run.ts');
      finish(await run(parseRunOptions(args, DEFAULTS, process.env), terminal(args)));
    },
  );
