import { JOBS, SEED, TIME } from '../flags.ts';
import { type AddCommand, terminal } from './command.ts';

export const addB4Check: AddCommand = (parser, finish) =>
  parser.command(
    'b4-check',
    'answer b4 review: a patch or cover letter on stdin, a JSON array of results on stdout',
    (command) =>
      command
        .option('model', { type: 'string', describe: 'the state to check, whatever the mail is' })
        .option('corpus', {
          type: 'string',
          describe: 'stored counterexamples to execute (default: those that come with the tool)',
        })
        .option('runs', {
          alias: 'max-samples',
          type: 'string',
          describe: 'operation sequences for each state',
          default: '250',
        })
        .option('seed', SEED)
        .option('time', TIME)
        .option('jobs', JOBS)
        .example('git config b4.review-perpatch-check-cmd "zpci-fuzz b4-check"', 'patches')
        .example('git config b4.review-series-check-cmd "zpci-fuzz b4-check"', 'cover letters'),
    async (args) => {
      const { parseB4CheckOptions } = await import('../b4-check-options.ts');
      const { b4CheckMail } = await import('../b4-check.ts');
      finish(await b4CheckMail(parseB4CheckOptions(args), process.stdin, terminal(args)));
    },
  );
