import { DEFAULTS } from '../defaults.ts';
import { JOBS, PROPERTIES } from '../flags.ts';
import { MODELS } from '../search-flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addWatch: AddCommand = (parser, finish) =>
  parser.command(
    'watch',
    'look at the touched series again after each save, and say what changed',
    (command) =>
      command
        .option('model', { ...MODELS, describe: `${MODELS.describe} (default: all)`, default: [] })
        .option('property', PROPERTIES)
        .option('corpus', {
          type: 'string',
          describe: 'where stored counterexamples are',
          default: DEFAULTS.corpus,
        })
        .option('jobs', JOBS)
        .example('$0 watch', 'in a checkout, beside an editor')
        .example("$0 watch --model 'vfio-mmap/*'", 'one series only'),
    async (args) => {
      const { parseWatchOptions } = await import('../watch-options.ts');
      const { watch } = await import('../watch.ts');
      finish(await watch(parseWatchOptions(args), terminal(args)));
    },
  );
