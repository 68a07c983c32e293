/** What `--reporter jsonl` writes: JSON Lines, one event a line, each as soon as it has happened. */
import type { Provenance } from '../../reports/state-name.ts';
import type { FailureIdentity } from '../campaign/result.ts';
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
  | (FailureIdentity & {
      readonly event: 'failure';
      readonly model: string;
      /** Null where it was not saved. */
      readonly entry: string | null;
      readonly reproduce: string;
    })
  /** What the JSON report of the command has of a state. */
  | { readonly event: 'model'; readonly result: object }
  | { readonly event: 'end'; readonly exitCode: number };

/** Writes events to all outputs that take them. */
export const emitter =
  (outputs: readonly Output[]): ((event: Event) => void) =>
  (event) => {
    for (const { name, write } of outputs) if (name === 'jsonl') write(`${JSON.stringify(event)}\n`);
  };
