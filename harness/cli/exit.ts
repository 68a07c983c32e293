/** What the process ends with; see the table in the README. */
export const ExitCode = {
  asClaimed: 0,
  violated: 1,
  usage: 2,
  brokenContract: 3,
  nothingRan: 4,
  /** Only with `--exit-style bisect`: `git bisect run` skips the commit. */
  cannotSay: 125,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Wrong usage: an unknown name, a value out of range. Ends with exit code 2 and nothing written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The tool or a model broke its contract, or a schedule is stale. Ends with exit code 3. */
export class BrokenContract extends Error {
  override readonly name = 'BrokenContract';
}
