import { MODELS, searchFlags } from '../search-flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addGate: AddCommand = (parser, finish) =>
  parser.command(
    'gate',
    'hold all models against their expected verdicts: what CI runs',
    (command) =>
      searchFlags(command)
        .option('model', {
          ...MODELS,
          describe: `${MODELS.describe} (default: all)`,
          default: [],
        })
        .option('profile', {
          type: 'string',
          describe: 'how thoroughly: quick, ci or nightly',
          default: 'quick',
        })
        .option('changed', {
          type: 'string',
          describe: 'only series whose models, claims or corpus differ from this commit',
        })
        .option('all', {
          type: 'boolean',
          describe: 'show every failure in full, also where many are of one cause',
          default: false,
        })
        .option('seed', {
          type: 'string',
          describe: 'decimal or 0x hex, or "commit": from the hash of HEAD (default: 1)',
        })
        .option('runs', {
          type: 'string',
          describe: 'generated sequences a model (default: of the profile)',
        })
        .example('$0 gate', 'all series, before each push')
        .example('$0 gate --profile ci --seed commit', 'new ground with each commit, reproducibly')
        .example('$0 gate --changed main', 'what a branch touches'),
    async (args) => {
      const { parseGateOptions } = await import('../gate-options.ts');
      const { gate } = await import('../gate.ts');
      finish(await gate(parseGateOptions(args, process.env), terminal(args)));
    },
  );
