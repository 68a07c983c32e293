import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { tame } from '../quote.ts';
import { checkArguments, complaint } from './arguments.ts';
import { DEFAULTS } from './defaults.ts';
import { ExitCode, UsageError } from './exit.ts';
import { JOBS, JSON_OUTPUT, MAX_STEPS, PROPERTIES, SCENARIO_OPS, SEED, SEQUENCE_OPS, TIME } from './flags.ts';
import { MODELS, searchFlags } from './search-flags.ts';
import { makeTerminal } from './terminal.ts';

const COMMANDS = [
  'run',
  'gate',
  'exec',
  'replay',
  'verify',
  'diff',
  'bisect',
  'mutate',
  'coverage',
  'show',
  'report',
  'merge',
  'list',
] as const;

const env = process.env;
const argv = hideBin(process.argv);
const debug = argv.includes('--debug');

try {
  process.exitCode = styled(await parse());
} catch (error) {
  process.exitCode = styled(report(error));
}

/** `git bisect run` skips a commit for 125, and gives up for 128 and more: signals stay what they are. */
function styled(code: ExitCode): number {
  const at = argv.findIndex((one) => one === '--exit-style=bisect' || one === '--exit-style');
  const isBisect = at >= 0 && (argv[at] === '--exit-style=bisect' || argv[at + 1] === 'bisect');
  return isBisect && code > ExitCode.violated && code < 128 ? 125 : code;
}

async function parse(): Promise<ExitCode> {
  let result: ExitCode = ExitCode.asClaimed;
  const parser = yargs(argv);
  await parser
    .scriptName('zpci-fuzz')
    // Messages are read by scripts and searched for on the web: the same in every locale.
    .locale('en')
    .parserConfiguration({ 'greedy-arrays': false })
    .usage(
      '$0 [command]\n\nExecutable models of Linux patch-series states, run against generated operations and thread interleavings. What breaks a claim is shrunk, stored and shown as a diff.',
    )
    .option('color', {
      type: 'boolean',
      describe: 'colors on a terminal; --no-color or NO_COLOR switches them off',
      default: true,
    })
    .option('exit-style', {
      choices: ['plain', 'bisect'] as const,
      describe: 'bisect: 0, 1, and 125 where nothing can be said, for git bisect run',
      default: 'plain' as const,
    })
    .option('debug', { type: 'boolean', describe: 'show stack traces of errors', default: false })
    .command(
      ['run', '$0'],
      'fuzz models: generated operations and schedules, every claim that applies',
      (command) =>
        searchFlags(command)
          .option('model', { ...MODELS, default: ['v3'] })
          .option('seed', {
            type: 'string',
            describe:
              'decimal or 0x hex; the same seed gives the same output (default: random, or 1 where CI is set)',
          })
          .option('runs', {
            alias: 'max-samples',
            type: 'string',
            describe: `operation sequences a model, each under 16 schedules (default ${DEFAULTS.runs}; without limit if --time is given)`,
          })
          .example('$0 --model v3', 'the CI gate: exit 0 if every claim holds')
          .example("$0 --model 'zpci-io/v1*' --seed 7", 'all states of v1, reproducibly')
          .example('$0 --model v1 --property request-executes-as-validated', 'one claim'),
      async (args) => {
        const { parseRunOptions } = await import('./run-options.ts');
        const { run } = await import('./run.ts');
        result = await run(parseRunOptions(args, DEFAULTS, env), terminal(args));
      },
    )
    .command(
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
        const { parseGateOptions } = await import('./gate-options.ts');
        const { gate } = await import('./gate.ts');
        result = await gate(parseGateOptions(args, env), terminal(args));
      },
    )
    .command(
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
        const { stepsMaxOf } = await import('./run-options.ts');
        const { exec } = await import('./exec.ts');
        const { file, model = null, json } = args;
        result = await exec({ file, model, json, stepsMax: stepsMaxOf(args['max-steps']) }, terminal(args));
      },
    )
    .command(
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
        const { stepsMaxOf } = await import('./run-options.ts');
        const { replay } = await import('./replay.ts');
        const { path: paths = [], corpus, model = null, strict, json, quiet } = args;
        const stepsMax = stepsMaxOf(args['max-steps']);
        result = await replay({ paths, corpus, model, strict, json, quiet, stepsMax }, terminal(args));
      },
    )
    .command(
      'verify <what>',
      'explore exhaustively: all schedules of a scenario file, or all small scenarios of a model',
      (command) =>
        command
          .positional('what', {
            type: 'string',
            describe: 'a scenario file or corpus entry (all its schedules), or a model (all small scenarios)',
            demandOption: true,
          })
          .option('model', { type: 'string', describe: 'another state than the file names' })
          .option('property', PROPERTIES)
          .option('max-ops', {
            type: 'string',
            describe: `operations that scenarios of a model have at most, 1 to 4 (default ${DEFAULTS.verifyOps})`,
          })
          .option('world', {
            type: 'string',
            array: true,
            describe:
              'small worlds of the series to explore as well; "none" for none (default: all); repeatable',
          })
          .option('preemptions', {
            type: 'string',
            describe: 'only schedules with at most so many preemptions (default: all)',
          })
          .option('max-schedules', {
            type: 'string',
            describe: `schedules after which one operation sequence is given up (default ${DEFAULTS.schedules}; for a file ${DEFAULTS.fileSchedules})`,
          })
          .option('max-steps', MAX_STEPS)
          .option('time', { type: 'string', describe: 'stop exploring after this time: 30s, 2m' })
          .option('strict', {
            type: 'boolean',
            describe: 'exit 3 where nothing is violated and the exploration did not come to its end',
            default: false,
          })
          .option('jobs', JOBS)
          .option('json', JSON_OUTPUT)
          .option('quiet', {
            alias: 'q',
            type: 'boolean',
            describe: 'verdicts and coverage only: no counterexamples, no progress',
            default: false,
          })
          .example('$0 verify v2', 'prove the claims on v2, within the bounds it prints')
          .example('$0 verify scenario.json', 'all ends of these operations'),
      async (args) => {
        const { parseVerifyOptions } = await import('./verify-options.ts');
        const { verify } = await import('./verify.ts');
        result = await verify(parseVerifyOptions(args), terminal(args));
      },
    )
    .command(
      'diff <first> <second>',
      'what two states of a series do differently, as user space and the device see it',
      (command) =>
        command
          .positional('first', { type: 'string', describe: 'a state', demandOption: true })
          .positional('second', {
            type: 'string',
            describe: 'another of the same series',
            demandOption: true,
          })
          .option('max-ops', SCENARIO_OPS)
          .option('world', {
            type: 'string',
            array: true,
            describe: 'small worlds of the series to compare on; "none" for none (default: all); repeatable',
          })
          .option('max-schedules', {
            type: 'string',
            describe: 'schedules after which a scenario is not compared',
            default: DEFAULTS.diffSchedules,
          })
          .option('max-steps', MAX_STEPS)
          .option('time', { type: 'string', describe: 'stop comparing after this time: 30s, 2m' })
          .option('jobs', JOBS)
          .option('all', { type: 'boolean', describe: 'show all changes, however many', default: false })
          .option('exit-code', { type: 'boolean', describe: 'exit 1 if they differ', default: false })
          .option('json', JSON_OUTPUT)
          .option('quiet', {
            alias: 'q',
            type: 'boolean',
            describe: 'classes only: no examples, no progress',
            default: false,
          })
          .example('$0 diff v1 v2', 'what v2 changes')
          .example('$0 diff vfio-mmap/v3:1+2 vfio-mmap/v3', 'what patch 3 does'),
      async (args) => {
        const { parseDiffOptions } = await import('./diff-options.ts');
        const { diff } = await import('./diff.ts');
        result = await diff(parseDiffOptions(args), terminal(args));
      },
    )
    .command(
      'bisect <series>',
      "every prefix of a version's patches against every claim: who breaks what, who mends it",
      (command) =>
        command
          .positional('series', {
            type: 'string',
            describe: 'a version with patches: vfio-mmap/v3',
            demandOption: true,
          })
          .option('subsets', { type: 'boolean', describe: 'all subsets of the patches', default: false })
          .option('orders', {
            type: 'boolean',
            describe: 'all subsets in every order that builds',
            default: false,
          })
          .option('property', PROPERTIES)
          .option('max-ops', SCENARIO_OPS)
          .option('world', {
            type: 'string',
            array: true,
            describe: 'small worlds of the series; "none" for none (default: all); repeatable',
          })
          .option('max-schedules', {
            type: 'string',
            describe: 'schedules after which one operation sequence is given up',
            default: DEFAULTS.runSchedules,
          })
          .option('max-steps', MAX_STEPS)
          .option('time', TIME)
          .option('jobs', JOBS)
          .option('corpus', {
            type: 'string',
            describe: 'stored counterexamples, tried on every state',
            default: DEFAULTS.corpus,
          })
          .option('json', JSON_OUTPUT)
          .option('quiet', { alias: 'q', type: 'boolean', describe: 'no progress', default: false })
          .example('$0 bisect vfio-mmap/v3 --subsets', 'each of the eight selections'),
      async (args) => {
        const { parseBisectOptions } = await import('./bisect-options.ts');
        const { bisect } = await import('./bisect.ts');
        result = await bisect(parseBisectOptions(args), terminal(args));
      },
    )
    .command(
      'mutate <model..>',
      'weaken states systematically, and say which mutants no claim catches',
      (command) =>
        command
          .positional('model', {
            type: 'string',
            array: true,
            describe: 'states, or globs',
            demandOption: true,
          })
          .option('seed', SEED)
          .option('runs', {
            type: 'string',
            describe: 'generated sequences that a mutant has to survive',
            default: '500',
          })
          .option('max-ops', SEQUENCE_OPS)
          .option('max-steps', MAX_STEPS)
          .option('min-score', {
            type: 'string',
            describe: 'exit 1 where claims catch less than so many percent',
            default: '0',
          })
          .option('time', TIME)
          .option('jobs', JOBS)
          .option('json', JSON_OUTPUT)
          .option('quiet', {
            alias: 'q',
            type: 'boolean',
            describe: 'survivors and scores only, no progress',
            default: false,
          })
          .example('$0 mutate v3', 'what the claims of zpci-io can tell from v3'),
      async (args) => {
        const { parseMutateOptions } = await import('./mutate-options.ts');
        const { mutate } = await import('./mutate.ts');
        result = await mutate(parseMutateOptions(args), terminal(args));
      },
    )
    .command(
      'coverage <model..>',
      'what the corpus and a search reach of states, and what they never reach',
      (command) =>
        command
          .positional('model', {
            type: 'string',
            array: true,
            describe: 'states, or globs; of several states of a series also what they reach together',
            demandOption: true,
          })
          .option('seed', SEED)
          .option('runs', {
            type: 'string',
            describe: 'generated sequences, besides the small scenarios that every search begins with',
            default: '500',
          })
          .option('max-ops', SEQUENCE_OPS)
          .option('max-steps', MAX_STEPS)
          .option('corpus', {
            type: 'string',
            describe: 'folder of counterexamples',
            default: DEFAULTS.corpus,
          })
          .option('json', JSON_OUTPUT)
          .option('quiet', {
            alias: 'q',
            type: 'boolean',
            describe: 'the table only: no list of what was never reached, no progress',
            default: false,
          })
          .example(
            "$0 coverage 'zpci-io/*'",
            'what all states of zpci-io leave out, one by one and together',
          ),
      async (args) => {
        const { parseCoverageOptions } = await import('./coverage-options.ts');
        const { coverage } = await import('./coverage.ts');
        result = await coverage(parseCoverageOptions(args), terminal(args));
      },
    )
    .command(
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
            choices: ['text', 'mail', 'mermaid', 'svg', 'splat'] as const,
            describe: "mail: 75 columns, self-contained; splat: a deadlock in the kernel's words",
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
        const { stepsMaxOf } = await import('./run-options.ts');
        const { show } = await import('./show.ts');
        const { file, as, model = null } = args;
        result = await show({ file, as, model, stepsMax: stepsMaxOf(args['max-steps']) }, terminal(args));
      },
    )
    .command(
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
        const { report } = await import('./report.ts');
        const { html, model: models, corpus } = args;
        result = await report({ html, models, corpus }, terminal(args));
      },
    )
    .command(
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
          .option('json', JSON_OUTPUT)
          .option('quiet', {
            alias: 'q',
            type: 'boolean',
            describe: 'verdicts and coverage only: no counterexamples',
            default: false,
          })
          .example('$0 merge shard-*.json --json', 'the JSON that the run gives without --shard'),
      async (args) => {
        const { merge } = await import('./merge.ts');
        const { path: files, partial, json, quiet } = args;
        result = await merge({ files, partial, json, quiet }, terminal(args));
      },
    )
    .command(
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
        const { list } = await import('./list.ts');
        result = await list({ what: args.what, corpus: args.corpus, json: args.json }, terminal(args));
      },
    )
    .epilogue(
      'Exit codes: 0 as claimed, 1 a claim is violated or an entry does not reproduce, 2 wrong usage or input, 3 broken contract or stale schedule, 4 nothing ran, 130/143 interrupted.',
    )
    .strict()
    .check((args) => {
      checkArguments(args, argv);
      return true;
    })
    .wrap(80)
    .version('0.1.0')
    .fail((message, error) => {
      if (error) throw error;
      const command = COMMANDS.find((name) => argv.includes(name));
      const help = `zpci-fuzz ${command === undefined ? '' : `${command} `}--help`;
      throw new UsageError(`${complaint(message, argv, namesOf(parser))} See \`${help}\`.`);
    })
    .parseAsync();
  return result;
}

/** Commands, and the flags of the one that is run. */
function namesOf(parser: Argv): string[] {
  // Not in the type declarations.
  const { key } = (parser as unknown as { getOptions(): { key: object } }).getOptions();
  return [...COMMANDS, ...Object.keys(key).map((name) => (name.length > 1 ? `--${name}` : `-${name}`))];
}

function terminal(args: { color: boolean }): ReturnType<typeof makeTerminal> {
  return makeTerminal({ color: args.color });
}

/** Says what went wrong in a paragraph, and which exit code that is. */
function report(error: unknown): ExitCode {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  if (debug) process.stderr.write(`${stack}\n`);
  const say = (text: string) => process.stderr.write(`zpci-fuzz: ${tame(text)}\n`);
  switch (name) {
    case 'UsageError':
    case 'InvalidInput':
      say(message);
      return ExitCode.usage;
    case 'BrokenContract':
      say(message);
      return ExitCode.brokenContract;
    default:
      say(`internal error: ${message}. This is a defect of the tool or of a model; --debug shows where.`);
      return ExitCode.brokenContract;
  }
}
