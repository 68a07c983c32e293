import { JSON_OUTPUT, REPORTER } from '../flags.ts';
import { MERGE_REPORTERS } from '../reporter-names.ts';
import { type AddCommand, terminal } from './command.ts';

export const addMerge: AddCommand = (parser, finish) =>
  parser.command(
    'merge <path..>',
    'join the JSON reports of the shards of one run into the report of the whole',
    (command) =>
      command
        .positional('path', {
          type: 'string',
          array: true,
          describe: 'reports that `run --shard i/n --json` wrote, one for each shard',
          demandOption: true,
        })
        .option('partial', {
          type: 'boolean',
          describe: 'shards may be missing; the report says which',
          default: false,
        })
        .option('reporter', REPORTER)
        .option('json', JSON_OUTPUT)
        .option('quiet', {
          alias: 'q',
          type: 'boolean',
          describe: 'verdicts and coverage only: no counterexamples',
          default: false,
        })
        .example('$0 merge shard-*.json --json', 'the JSON that the run gives without --shard')
        .example('$0 merge shard-*.json --reporter html=run.html', 'a page of all of it'),
    async (args) => {
      const { merge } = await import('../merge.ts');
      const { reportersOf } = await import('../run-options.ts');
      const { path: files, partial, quiet } = args;
      const reporters = reportersOf(args, MERGE_REPORTERS);
      finish(await merge({ files, partial, reporters, quiet }, terminal(args)));
    },
  );
