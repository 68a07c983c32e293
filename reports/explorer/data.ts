/** What a page is made of: embedded in it as JSON. Executions are not: the page has the machine and the models, and runs them. */
import type { BisectVerdict } from '../../harness/campaign/bisect.ts';
import type { Source } from '../../harness/model/source.ts';
import type { Scenario } from '../../harness/scenario/scenario.ts';

export interface ExplorerVerdict {
  readonly property: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  /** Why it is inconclusive, known to be so, or what facts say: in words; empty where there is nothing to say. */
  readonly remark: string;
  /** Executions in which its precondition happened; null where none were counted. */
  readonly exercised: number | null;
}

export interface ExplorerState {
  /** `zpci-io/v1`. */
  readonly model: string;
  /** `posted 2021-01-19`. */
  readonly label: string;
  readonly status: Source['status'];
  readonly about: string;
  readonly verdicts: readonly ExplorerVerdict[];
  /** What the verdicts rest on, in words. */
  readonly coverage: string;
}

export interface ExplorerCounterexample {
  /** Short and stable, of no other: part of the page's address. */
  readonly id: string;
  readonly model: string;
  readonly property: string;
  readonly kind: string;
  readonly scenario: Scenario;
  /** The command that shows it again. */
  readonly reproduce: string;
}

/** A patch of a version that was bisected. */
export interface ExplorerPatch {
  readonly id: string;
  readonly subject: string;
  /** `posted 2021-01-19`, and the ids that let a reader look it up. */
  readonly citation: string;
}

export interface ExplorerPrefix {
  /** `v3:1+2`. */
  readonly id: string;
  /** `posted 2024-05-29`; null where the patches do not build. */
  readonly label: string | null;
  readonly problem: string | null;
  /** By claim; one that does not apply, or was not looked at, is not there. */
  readonly verdicts: Readonly<Record<string, BisectVerdict>>;
}

export interface ExplorerTurn {
  readonly property: string;
  /** `bad`: broken from here on. `good`: no longer. `open`: not known from here on. */
  readonly to: 'bad' | 'good' | 'open';
  /** The prefix from which on it is so. */
  readonly prefix: string;
  /** Prefixes before it that are inconclusive: it may have turned at any of them. */
  readonly between: readonly string[];
  readonly isExact: boolean;
}

export interface ExplorerBisect {
  /** `vfio-mmap/v3`. */
  readonly model: string;
  readonly label: string;
  readonly patches: readonly ExplorerPatch[];
  /** The first with no patch, each of the others with one more. */
  readonly prefixes: readonly ExplorerPrefix[];
  readonly turns: readonly ExplorerTurn[];
  /** Claims that only prefixes between the first and the last break. */
  readonly between: readonly {
    readonly property: string;
    readonly prefix: string;
    readonly isKnown: boolean;
  }[];
  /** What was explored of each prefix, in words. */
  readonly bound: readonly string[];
  /** Whether all prefixes were looked at, to the end. */
  readonly isWhole: boolean;
}

export interface ExplorerData {
  readonly format: 1;
  readonly version: string;
  /** Where verdicts and counterexamples come from, in words. */
  readonly from: string;
  /** Whether verdicts were found by a search, or are what is expected of each state. */
  readonly verdicts: 'found' | 'expected';
  readonly states: readonly ExplorerState[];
  readonly counterexamples: readonly ExplorerCounterexample[];
  readonly bisects: readonly ExplorerBisect[];
}
