import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { tame } from '../quote.ts';
import { checkArguments, complaint } from './arguments.ts';
import { COMMANDS } from './commands/all.ts';
import { ExitCode, UsageError } from './exit.ts';
import { VERSION } from './version.ts';

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
  const parser = yargs(argv)
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
    .option('debug', { type: 'boolean', describe: 'show stack traces of errors', default: false });
  for (const add of Object.values(COMMANDS))
    add(parser, (code) => {
      result = code;
    });
  await parser
    .epilogue(
      'Exit codes: 0 as claimed, 1 a claim is violated or an entry does not reproduce, 2 wrong usage or input, 3 broken contract or stale schedule, 4 nothing ran, 130/143 interrupted.',
    )
    .strict()
    .check((args) => {
      checkArguments(args, argv);
      return true;
    })
    .wrap(80)
    .version(VERSION)
    .fail((message, error) => {
      if (error) throw error;
      const command = Object.keys(COMMANDS).find((name) => argv.includes(name));
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
  return [
    ...Object.keys(COMMANDS),
    ...Object.keys(key).map((name) => (name.length > 1 ? `--${name}` : `-${name}`)),
  ];
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
