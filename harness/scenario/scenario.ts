import type { Operation, WorldConfig } from '../model/model.ts';

/** The format of scenario files and corpus entries; a file with a higher number is refused. */
export const FORMAT = 1;

/** Operations plus schedule, plain JSON: what is generated, shrunk, stored and replayed. */
export interface Scenario {
  readonly format: typeof FORMAT;
  readonly model: string;
  readonly world?: WorldConfig;
  readonly ops: readonly Operation[];
  /** Which actor takes each step; where it ends the default rule goes on (see explore/default-rule.ts). */
  readonly schedule?: readonly string[];
}
