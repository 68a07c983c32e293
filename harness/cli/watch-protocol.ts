import type { WatchedState } from '../../reports/watch.ts';

/** What the process that looks is asked, once in its life. */
export interface LookRequest {
  /** Series to look at. */
  readonly names: readonly string[];
  /** Patterns of models and claims; none: all. */
  readonly models: readonly string[];
  readonly properties: readonly string[];
  readonly corpus: string;
  /** Failures that are known, as claim and kind with a space between, by model; no model that was not looked at yet. */
  readonly before: { readonly [model: string]: readonly string[] };
  /** ISO date, for expectations that expire. */
  readonly today: string;
  readonly color: boolean;
  readonly width: number;
}

/** An error as it can be sent. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** What that process says, in the order of series and states. */
export type LookSaid =
  | { readonly kind: 'state'; readonly state: WatchedState }
  /** `state`: with its label. Of states that fail in the same way only the first is told. */
  | { readonly kind: 'broken'; readonly state: string; readonly error: SentError }
  | { readonly kind: 'counterexample'; readonly text: string }
  /** A series is done. `states`: ids of all that were to be looked at; `broken`: those that could not be. */
  | {
      readonly kind: 'series';
      readonly name: string;
      readonly states: readonly string[];
      readonly broken: readonly string[];
    }
  | { readonly kind: 'done' }
  /** Nothing, or nothing more, could be looked at. */
  | { readonly kind: 'failed'; readonly error: SentError };
