/** What a search does unless told otherwise, as one would type it. Apart, so that `--help` loads nothing else. */
export const DEFAULTS = {
  runs: '20000',
  maxOps: '6',
  maxSteps: '10000',
  strategy: 'portfolio',
  corpus: 'corpus',
  /** Schedules after which `run --strategy exhaustive` goes on to the next operation sequence. */
  runSchedules: '2000',
  /** Operations that scenarios of `verify MODEL` have at most. */
  verifyOps: '3',
  /** Schedules after which `verify MODEL` gives up one operation sequence, and `verify FILE` its own. */
  schedules: '50000',
  /** Schedules after which `diff` does not compare a scenario. */
  diffSchedules: '200',
  fileSchedules: '1000000',
} as const;
