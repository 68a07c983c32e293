import { execFileSync } from 'node:child_process';
import { quote } from '../quote.ts';
import { UsageError } from './exit.ts';

/** A seed that is the same for everybody who tests the same commit, and another for the next one. */
export const commitSeed = (): number =>
  Number.parseInt(git('--seed commit', ['rev-parse', 'HEAD']).slice(0, 8), 16);

/** Files that differ from a commit, by their paths from the root of the repository. */
export interface Changes {
  /** Those that git knows, committed since or not yet. */
  readonly tracked: readonly string[];
  /** Those that git does not know yet, and is not to ignore. */
  readonly untracked: readonly string[];
}

/** @throws {@link UsageError} if there is no such commit, or no repository. */
export function changedSince(ref: string): Changes {
  if (ref.startsWith('-'))
    throw new UsageError(`--changed is ${quote(ref)}; it takes a commit, as in --changed main.`);
  const asked = `--changed ${ref}`;
  const commit = git(
    asked,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    `--changed is ${quote(ref)}: there is no such commit. A shallow clone may lack it.`,
  ).trim();
  // Both names of what was moved, from the root whatever the settings are.
  const names = ['--name-only', '--no-renames', '--no-relative', '-z'];
  const tracked = git(asked, ['diff', ...names, commit, '--']);
  const untracked = git(asked, ['ls-files', '--others', '--exclude-standard', '--full-name', '-z', ':/']);
  return { tracked: pathsIn(tracked), untracked: pathsIn(untracked) };
}

const pathsIn = (listed: string): string[] => listed.split('\0').filter((path) => path !== '');

/** `asked`: the flag that needs it. `silence`: what it means that git fails without a word. */
function git(
  asked: string,
  args: readonly string[],
  silence = `${asked} asks git, and that failed.`,
): string {
  try {
    return execFileSync('git', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: string };
    const said = (stderr ?? '')
      .trim()
      .split('\n')[0]!
      .replace(/^(?:fatal|error): /, '');
    const why = code === 'ENOENT' ? 'git is not installed' : said;
    throw new UsageError(why === '' ? silence : `${asked} asks git, and that failed: ${why}.`);
  }
}
