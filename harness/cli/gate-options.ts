import { quote } from '../quote.ts';
import { UsageError } from './exit.ts';
import { commitSeed } from './git.ts';
import type { RunOptions } from './run.ts';
import { parseRunOptions, type RunFlags } from './run-options.ts';

/** How thoroughly each state is searched, beyond its stored counterexamples. */
export interface Profile {
  readonly name: string;
  /** Of the portfolio's opening (small scenarios, picks of the small worlds) one in so many. */
  readonly openingEvery: number;
  /** Generated sequences. */
  readonly runs: number;
  /** Whether that is enough to ask that every claim is decided, as expected. */
  readonly decides: boolean;
}

export const PROFILES: readonly Profile[] = [
  { name: 'quick', openingEvery: 8, runs: 50, decides: false },
  { name: 'ci', openingEvery: 1, runs: 500, decides: true },
  { name: 'nightly', openingEvery: 1, runs: 20_000, decides: true },
];

export interface GateOptions extends RunOptions {
  readonly profile: Profile;
  /** Only series that differ from this commit; null: all. */
  readonly changed: string | null;
  /** Every failure in full, also where many are of one cause. */
  readonly all: boolean;
  /** Whether `git bisect run` asks: it can be told that nothing can be said. */
  readonly bisecting: boolean;
}

export interface GateFlags extends Omit<RunFlags, 'seed'> {
  readonly profile: string;
  readonly changed: string | undefined;
  readonly seed: string | undefined;
  readonly all: boolean;
  readonly 'exit-style': 'plain' | 'bisect';
}

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export function parseGateOptions(
  flags: GateFlags,
  env: { readonly [name: string]: string | undefined },
): GateOptions {
  const profile = PROFILES.find(({ name }) => name === flags.profile);
  if (profile === undefined) {
    const allowed = PROFILES.map(({ name }) => name).join(', ');
    throw new UsageError(`--profile is ${quote(flags.profile)}; allowed: ${allowed}.`);
  }
  const { changed = null } = flags;
  if (flags.seed !== undefined && flags.seed !== 'commit' && !/^\d/.test(flags.seed)) {
    throw new UsageError(
      `--seed is ${quote(flags.seed)}; allowed: a whole number from 0 to 4294967295, or "commit".`,
    );
  }
  const seed = flags.seed === 'commit' ? String(commitSeed()) : flags.seed;
  // Else 1 and not random, nor without end if --time is given: what a gate does is known beforehand.
  const known = { ...env, ZPCI_FUZZ_SEED: env.ZPCI_FUZZ_SEED ?? '1' };
  const runs = flags.runs ?? String(profile.runs);
  const options = parseRunOptions({ ...flags, seed, runs }, { runs }, known);
  return { ...options, profile, changed, all: flags.all, bisecting: flags['exit-style'] === 'bisect' };
}
