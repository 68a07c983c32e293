import { DEFAULTS } from '../defaults.ts';
import { SHOW_FORMATS } from '../show-formats.ts';
import { type AddCommand, terminal } from './command.ts';

export const addShow: AddCommand = (parser, finish) =>
  parser.command(
    'show <file>',
    'show a counterexample in a form for a mail, a pull request or a README',
    (command) =>
      command
        .positional('file', {
          type: 'string',
          describe: 'a corpus entry, or a scenario',
          demandOption: true,
        })
        .option('as', {
          choices: SHOW_FORMATS,
          describe:
            "ascii, mail: within 75 columns; mermaid, svg: diagrams; splat: a deadlock in the kernel's words",
          default: 'text' as const,
        })
        .option('model', { type: 'string', describe: 'another state than the file names' })
        .option('max-steps', {
          type: 'string',
          describe: 'steps after which the execution is cut off',
          default: DEFAULTS.maxSteps,
        })
        .example('$0 show ENTRY --as mermaid', 'a diagram that GitHub draws'),
    async (args) => {
      const { stepsMaxOf } = await import('../run-options.ts');
      const { show } = await import('../show.ts');
      const { file, as, model = null } = args;
      finish(await show({ file, as, model, stepsMax: stepsMaxOf(args['max-steps']) }, terminal(args)));
    },
  );
