/** Formats made of suites, written when everything is known. */
export const SUITE_REPORTERS = ['ktap', 'junit', 'sarif', 'github', 'html'] as const;
export type SuiteReporter = (typeof SUITE_REPORTERS)[number];

export const isSuiteReporter = (name: string): name is SuiteReporter =>
  SUITE_REPORTERS.some((known) => known === name);
