import type { Recording, ViolationRecord } from '../../harness/scenario/recording.ts';
import { stateName } from '../state-name.ts';

/** A counterexample to draw, in whatever form. */
export interface Diagram {
  readonly recording: Recording;
  /** What it is of; null where nothing is broken. */
  readonly violation: ViolationRecord | null;
  /** The command that shows it again. */
  readonly reproduce: string;
}

/** What is seen of the state: the claim that breaks and how, or how the execution ended. */
export const failureName = ({ recording, violation }: Diagram): string =>
  violation === null ? recording.outcome : `${violation.property}: ${violation.kind}`;

/** The state with its provenance, and what is seen of it. */
export const titleOf = (diagram: Diagram): string =>
  `${stateName(diagram.recording.model)}: ${failureName(diagram)}`;

/** The step that breaks the claim; -1 where none does. A deadlock is found behind the last step: that one closed it. */
export const markedAtOf = ({ recording, violation }: Diagram): number =>
  violation === null ? -1 : Math.min(violation.step, recording.steps.length - 1);

/** Everybody who has something to say, in the order of their first steps. */
export const actorsOf = ({ steps, waiting }: Recording): string[] => [
  ...new Set([...steps.map(({ actor }) => actor), ...waiting.map(({ actor }) => actor)]),
];
