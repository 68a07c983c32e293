import type { LockOrderRecord } from '../machine/lock-order.ts';
import type { PredictedDeadlock } from '../machine/lock-order-cycles.ts';
import type { StateVerdict } from '../model/state-claim.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Hang } from './hang.ts';
import type { Returns } from './returns.ts';

/** A failure is the same one if claim and kind are. */
export interface FailureIdentity {
  readonly property: string;
  readonly kind: string;
}

/** A shrunk scenario that breaks a claim. */
export interface Counterexample extends FailureIdentity {
  readonly scenario: Scenario;
  /** Whether every single reduction of it was tried and makes it pass. */
  readonly minimal: boolean;
  /** Where it first showed: operations and context switches before shrinking. */
  readonly foundWith: { readonly ops: number; readonly run: number };
}

/** What came of shrinking a finding. */
export interface Shrunk {
  /** As it was found where shrinking hung; null where not even that could be shown. */
  readonly counterexample: Counterexample | null;
  readonly hangs: readonly Hang[];
}

export interface Verdict {
  readonly property: string;
  readonly claim: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  /** Why it is inconclusive; absent otherwise. */
  readonly reason?: string;
  /** Executions in which the claim's precondition happened. */
  readonly exercised: number;
  /** Executions that broke it, by kind. */
  readonly kinds: readonly { readonly kind: string; readonly executions: number }[];
}

/** What each way to search covered. */
export interface CoverageBy {
  /** Stored counterexamples that were replayed first, and those that still break their claim. */
  readonly corpus: { readonly entries: number; readonly reproduced: number };
  /** Sequences explored under all their schedules, how many of them to the end, and the schedules executed. */
  readonly exhaustive: { readonly sequences: number; readonly complete: number; readonly schedules: number };
  readonly random: { readonly executions: number };
  /**
   * Executions, and the most threads n and steps k that one had: each finds a bug of depth d that its sequence can
   * show with probability 1 / (n k^(d-1)) at least.
   */
  readonly pct: {
    readonly executions: number;
    readonly threads: number;
    readonly steps: number;
    readonly depth: number;
  };
}

/** What a run covered: said with every verdict, a pass above all. */
export interface Coverage {
  /** Operation sequences. */
  readonly sequences: number;
  /** Executions: sequences times schedules. */
  readonly executions: number;
  /** Different schedules, counted for each operation sequence. */
  readonly distinctSchedules: number;
  readonly steps: number;
  /** Executions that ended in a deadlock which is somebody's fault. */
  readonly deadlocks: number;
  /** Executions that ended in a wait for which the kernel promises no end. */
  readonly endlessByDesign: number;
  /** Executions that went round for ever, every thread having its turn. */
  readonly livelocks: number;
  readonly stepLimits: number;
  /** Functions of the state that no sampled execution entered. */
  readonly functionsNeverReached: readonly string[];
  readonly functions: number;
  readonly by: CoverageBy;
  /** Return values seen, by operation: `region_write: -22, -14, -5, 32`. */
  readonly returns: Returns;
}

/**
 * The order in which locks were taken, and the deadlocks that it would allow though no execution showed them.
 * No verdict: a claim is broken by an execution, and a prediction may be of threads that never run together.
 */
export interface LockOrderSummary extends LockOrderRecord {
  readonly predicted: readonly PredictedDeadlock[];
}

export interface ModelResult {
  readonly model: string;
  readonly verdicts: readonly Verdict[];
  /** What cited facts say of the state itself. */
  readonly facts: readonly StateVerdict[];
  readonly counterexamples: readonly Counterexample[];
  readonly coverage: Coverage;
  /** Where the model did not come back; what hung is no part of the coverage. Mostly empty. */
  readonly hangs: readonly Hang[];
  readonly lockOrder: LockOrderSummary;
  /** Set if the run was stopped before its budget was used: by a signal, --time or --bail, or by too many hangs. */
  readonly stopped: 'interrupt' | 'time' | 'bail' | 'hang' | null;
}
