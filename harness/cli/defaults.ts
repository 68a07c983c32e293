/** What a search does unless told otherwise, as one would type it. Apart, so that `--help` loads nothing else. */
export const DEFAULTS = {
  runs: '20000',
  maxOps: '6',
  maxSteps: '10000',
  strategy: 'portfolio',
  corpus: 'corpus',
} as const;
