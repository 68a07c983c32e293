import { DEFAULTS } from '../defaults.ts';
import { JSON_OUTPUT } from '../flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addList: AddCommand = (parser, finish) =>
  parser.command(
    'list <what>',
    'what there is: models, properties or corpus',
    (command) =>
      command
        .positional('what', { choices: ['models', 'properties', 'corpus'] as const, demandOption: true })
        .option('corpus', {
          type: 'string',
          describe: 'the corpus',
          default: DEFAULTS.corpus,
        })
        .option('json', JSON_OUTPUT),
    async (args) => {
      const { list } = await import('../list.ts');
      finish(await list({ what: args.what, corpus: args.corpus, json: args.json }, terminal(args)));
    },
  );
