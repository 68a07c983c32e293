import { DEFAULTS } from '../defaults.ts';
import { type AddCommand, terminal } from './command.ts';

export const addReport: AddCommand = (parser, finish) =>
  parser.command(
    'report',
    'write the explorer: a page of all verdicts and counterexamples, to look at and to step through',
    (command) =>
      command
        .option('html', {
          type: 'string',
          describe: 'folder that the page is written to',
          demandOption: true,
        })
        .option('model', {
          type: 'string',
          array: true,
          describe: 'states, or globs (default: all that are listed)',
          default: [],
        })
        .option('corpus', {
          type: 'string',
          describe: 'folder of counterexamples',
          default: DEFAULTS.corpus,
        }),
    async (args) => {
      const { report } = await import('../report.ts');
      const { html, model: models, corpus } = args;
      finish(await report({ html, models, corpus }, terminal(args)));
    },
  );
