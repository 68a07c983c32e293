import { DEFAULTS } from '../defaults.ts';
import { JOBS, SCENARIO_OPS, TIME } from '../flags.ts';
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
          describe: 'states, or globs (default: all but mutants)',
          default: [],
        })
        .option('corpus', {
          type: 'string',
          describe: 'folder of counterexamples',
          default: DEFAULTS.corpus,
        })
        .option('bisect', {
          type: 'string',
          array: true,
          describe: 'a version to show patch by patch: vfio-mmap/v3; repeatable',
          default: [],
        })
        .option('max-ops', SCENARIO_OPS)
        .option('time', TIME)
        .option('jobs', JOBS)
        .option('quiet', { alias: 'q', type: 'boolean', describe: 'no progress', default: false })
        .example('$0 report --html out --bisect vfio-mmap/v3', 'all states, and one version patch by patch'),
    async (args) => {
      const { parseReportOptions } = await import('../report-options.ts');
      const { report } = await import('../report.ts');
      finish(await report(parseReportOptions(args), terminal(args)));
    },
  );
