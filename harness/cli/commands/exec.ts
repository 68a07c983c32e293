import { DEFAULTS } from '../defaults.ts';
import { JSON_OUTPUT } from '../flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addExec: AddCommand = (parser, finish) =>
  parser.command(
    'exec <file>',
    'execute one scenario file on a model and print what happened',
    (command) =>
      command
        .positional('file', {
          type: 'string',
          describe: 'a scenario, or a corpus entry',
          demandOption: true,
        })
        .option('model', {
          type: 'string',
          describe: 'another state than the file names',
        })
        .option('max-steps', {
          type: 'string',
          describe: 'steps after which the execution is cut off',
          default: DEFAULTS.maxSteps,
        })
        .option('json', JSON_OUTPUT),
    async (args) => {
      const { stepsMaxOf } = await import('../run-options.ts');
      const { exec } = await import('../exec.ts');
      const { file, model = null, json } = args;
      finish(await exec({ file, model, json, stepsMax: stepsMaxOf(args['max-steps']) }, terminal(args)));
    },
  );
