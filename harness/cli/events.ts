/** What `--reporter jsonl` writes: JSON Lines, one event a line, each as soon as it has happened. */
import { isBad, type Suite } from '../../reports/formats/suite.ts';
import type { Provenance } from '../../reports/state-name.ts';
import type { Output } from './report-file.ts';

export type Event =
  | {
      readonly event: 'begin';
      readonly format: 1;
      readonly tool: 'zpci-fuzz';
      readonly command: 'run' | 'gate';
      /** What was asked for: as in the JSON report of the command. */
      readonly settings: object;
      readonly models: readonly { readonly model: string; readonly provenance: Provenance }[];
    }
  /** Of one state: operation sequences so far, of how many (null: until time ends it), and different failures. */
  | {
      readonly event: 'progress';
      readonly model: string;
      readonly sequences: number;
      readonly of: number | null;
      readonly executions: number;
      readonly failures: number;
    }
  /** Of the gate: states so far. */
  | { readonly event: 'progress'; readonly model: string; readonly done: number; readonly of: number }
  /** Of `run`: a way in which a claim is broken; of the gate: a verdict that is not as expected. */
  | {
      readonly event: 'failure';
      readonly model: string;
      readonly property: string;
      /** Null where no counterexample shows it. */
      readonly kind: string | null;
      /** In words. */
      readonly reason: string;
      /** Path of the corpus entry; null where none was saved. */
      readonly entry: string | null;
      readonly reproduce: string;
    }
  /** What the JSON report of the command has of a state. */
  | { readonly event: 'model'; readonly result: object }
  | { readonly event: 'end'; readonly exitCode: number };

/** Writes events to all outputs that take them. */
export const emitter =
  (outputs: readonly Pick<Output, 'name' | 'write'>[]): ((event: Event) => void) =>
  (event) => {
    for (const { name, write } of outputs) if (name === 'jsonl') write(`${JSON.stringify(event)}\n`);
  };

/** What is wrong with a state. */
export function emitFailures(emit: (event: Event) => void, { model: { id }, cases }: Suite): void {
  for (const one of cases.filter(isBad)) {
    const { name: property, reason, failures, reproduce } = one;
    const common = { event: 'failure', model: id, property, reason } as const;
    if (failures.length === 0) emit({ ...common, kind: null, entry: null, reproduce });
    for (const { violation, entry, reproduce } of failures) {
      emit({ ...common, kind: violation.kind, entry, reproduce });
    }
  }
}
