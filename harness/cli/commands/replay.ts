import { DEFAULTS } from '../defaults.ts';
import { JSON_OUTPUT, MAX_STEPS } from '../flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addReplay: AddCommand = (parser, finish) =>
  parser.command(
    'replay [path..]',
    're-execute corpus entries: reproduced, fixed, other violation or stale',
    (command) =>
      command
        .positional('path', {
          type: 'string',
          array: true,
          describe: 'entries or folders of them (default: the whole corpus)',
        })
        .option('corpus', {
          type: 'string',
          describe: 'the corpus, where no path is given',
          default: DEFAULTS.corpus,
        })
        .option('model', {
          type: 'string',
          describe: 'replay on another state than the entries name',
        })
        .option('max-steps', MAX_STEPS)
        .option('strict', {
          type: 'boolean',
          describe: 'exit 3 for a stale or damaged entry',
          default: false,
        })
        .option('json', JSON_OUTPUT)
        .option('quiet', {
          alias: 'q',
          type: 'boolean',
          describe: 'a line for each entry, nothing more',
          default: false,
        }),
    async (args) => {
      const { stepsMaxOf } = await import('../run-options.ts');
      const { replay } = await import('../replay.ts');
      const { path: paths = [], corpus, model = null, strict, json, quiet } = args;
      const stepsMax = stepsMaxOf(args['max-steps']);
      finish(await replay({ paths, corpus, model, strict, json, quiet, stepsMax }, terminal(args)));
    },
  );
