import type { Operation, WorldConfig } from '../model/model.ts';
import type { FailureIdentity } from './result.ts';

/** A broken claim as search found it, not shrunk. */
export interface Found extends FailureIdentity {
  /** Executions that showed it. */
  readonly executions: number;
  /** The last of them, while counting: an execution that shows it twice counts once. */
  readonly lastExecution?: number;
  /** Where it showed first. */
  readonly chunk: number;
  readonly sequence: number;
  readonly world: WorldConfig;
  readonly ops: readonly Operation[];
  readonly schedule: readonly string[];
}
