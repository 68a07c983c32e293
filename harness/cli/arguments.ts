import { tame } from '../quote.ts';
import { UsageError } from './exit.ts';
import { nearest } from './nearest.ts';

/** Arguments that may be given several times, and the paths of `replay`. */
const REPEATABLE = ['_', 'path', 'model', 'property', 'reporter', 'world', 'bisect'];
/** Commands that take one model. */
const SINGLE_MODEL: readonly unknown[] = ['exec', 'replay', 'verify', 'show', 'b4-check'];

/**
 * What the parser lets through and nobody means: `--model` without a name, `--seed 1 --seed 2`, `--json=FILE`.
 *
 * @throws {@link UsageError} naming the flag.
 */
export function checkArguments(
  parsed: { readonly _: readonly unknown[]; readonly [name: string]: unknown },
  argv: readonly string[],
): void {
  argv.forEach((argument, at) => {
    const { flag, given } = /^--(?<flag>[a-z-]+)(?:=(?<given>.*))?$/s.exec(argument)?.groups ?? {};
    if (flag === undefined || flag.startsWith('no-')) return;
    if (typeof parsed[flag] === 'boolean') {
      if (given === undefined || given === 'true' || given === 'false') return;
      throw new UsageError(`--${flag} takes no value, found ${tame(argument)}.`);
    }
    const value = given ?? argv[at + 1];
    if (value === undefined || value === '' || (given === undefined && value.startsWith('--'))) {
      throw new UsageError(`--${flag} needs a value.`);
    }
  });
  for (const [name, value] of Object.entries(parsed)) {
    const repeats = REPEATABLE.includes(name) && !(name === 'model' && SINGLE_MODEL.includes(parsed._[0]));
    if (Array.isArray(value) && !repeats) {
      throw new UsageError(`--${name} is given ${value.length} times; give it once.`);
    }
  }
}

/** The parser's complaint in this tool's words. `known` are names of commands and, with dashes, of flags. */
export function complaint(message: string, argv: readonly string[], known: readonly string[]): string {
  const unknown = /^Unknown arguments?: ([^,\s]*)/.exec(message)?.[1];
  if (unknown !== undefined) {
    const flag = argv.find((one) => isFlag(one, unknown));
    const name = flag === undefined ? unknown : flag.replace(/=.*$/s, '');
    const alike = nearest(
      name,
      known.filter((one) => one.startsWith('-') === (flag !== undefined)),
    );
    const what = flag === undefined ? 'command or argument' : 'flag';
    return `unknown ${what} ${tame(name)}. Nearest: ${alike.join(', ')}.`;
  }
  if (message.startsWith('Not enough non-option arguments')) return 'an argument is missing.';
  return `${tame(message)}.`;
}

/** Whether an argument is the flag that the parser names without dashes: `--modle=x`, `--no-sav`, the z of `-qz`. */
function isFlag(argument: string, name: string): boolean {
  if (!argument.startsWith('-')) return false;
  if (argument.startsWith('--')) return argument.replace(/^--(no-)?/, '').startsWith(name);
  return argument.includes(name);
}
