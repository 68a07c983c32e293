import { jobsOf } from './run-options.ts';

export interface WatchOptions {
  readonly models: readonly string[];
  readonly properties: readonly string[];
  readonly corpus: string;
  readonly jobs: number;
}

/** The flags of `watch` as yargs hands them over. */
export interface WatchFlags {
  readonly model: readonly string[];
  readonly property: readonly string[];
  readonly corpus: string;
  readonly jobs: string | undefined;
}

/** @throws {@link UsageError} naming the flag, what it got and what it takes. */
export const parseWatchOptions = ({ model, property, corpus, jobs }: WatchFlags): WatchOptions => ({
  models: model,
  properties: property,
  corpus,
  jobs: jobsOf(jobs),
});
