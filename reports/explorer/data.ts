/** What a page is made of: embedded in it as JSON. Executions are not: the page has the machine and the models, and runs them. */
import type { Scenario } from '../../harness/scenario/scenario.ts';

export interface ExplorerVerdict {
  readonly property: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  /** Set where it is not as expected, or known to be as it is: in words. */
  readonly remark: string;
  readonly exercised: number;
}

export interface ExplorerState {
  /** `zpci-io/v1`. */
  readonly model: string;
  /** `posted 2021-01-19`. */
  readonly label: string;
  readonly about: string;
  readonly verdicts: readonly ExplorerVerdict[];
  /** What the verdicts rest on, in words. */
  readonly coverage: string;
}

export interface ExplorerCounterexample {
  /** Short and stable: part of the page's address. */
  readonly id: string;
  readonly model: string;
  readonly property: string;
  readonly kind: string;
  readonly scenario: Scenario;
  readonly reproduce: string;
}

export interface ExplorerData {
  readonly format: 1;
  readonly version: string;
  /** Where verdicts and counterexamples come from, in words. */
  readonly from: string;
  readonly states: readonly ExplorerState[];
  readonly counterexamples: readonly ExplorerCounterexample[];
}
