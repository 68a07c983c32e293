/** Formats made of suites, written when everything is known. */
export const SUITE_REPORTERS = [
  'ktap',
  'junit',
  'sarif',
  'github',
  'markdown',
  'mail',
  'splat',
  'html',
] as const;
export type SuiteReporter = (typeof SUITE_REPORTERS)[number];

export const isSuiteReporter = (name: string): name is SuiteReporter =>
  SUITE_REPORTERS.some((known) => known === name);

/** `jsonl`: events, each as it happens. */
export const REPORTERS = ['text', 'json', 'jsonl', ...SUITE_REPORTERS] as const;

/** What to write, and where to; null: to stdout. */
export interface Reporter {
  readonly name: (typeof REPORTERS)[number];
  readonly file: string | null;
}

/** Of what is over already: there are no events. */
export const MERGE_REPORTERS = REPORTERS.filter((name) => name !== 'jsonl');
