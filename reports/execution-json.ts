import type { Outcome } from '../harness/machine/machine.ts';
import type { DeviceRecord, SeenRecord } from '../harness/model/model.ts';
import type { CallRecord, Recording, WaitRecord } from '../harness/scenario/recording.ts';
import { type Provenance, provenanceOf } from './state-name.ts';

/** What `exec --json` prints: a contract with scripts, so that keys are added here and nowhere else. */
export interface ExecutionJson {
  readonly format: 1;
  readonly model: string;
  readonly provenance: Provenance;
  readonly outcome: Outcome;
  readonly calls: readonly CallRecord[];
  readonly device: readonly DeviceRecord[];
  /** What user space was handed besides results; left out where that is nothing. */
  readonly seen?: readonly SeenRecord[];
  readonly violations: readonly {
    readonly property: string;
    readonly kind: string;
    readonly step: number;
    readonly message: string;
  }[];
  readonly steps: readonly { readonly actor: string; readonly step: string }[];
  /** Only with outcome `deadlock`. */
  readonly waiting?: readonly WaitRecord[];
}

export function executionJson(recording: Recording): ExecutionJson {
  const { model, outcome, calls, device, seen, violations, steps, waiting } = recording;
  return {
    format: 1,
    model: model.id,
    provenance: provenanceOf(model.state.source),
    outcome,
    calls: calls.map(callJson),
    device: device.map((reached) => ({ ...reached })),
    ...(seen.length === 0 ? {} : { seen: seen.map((one) => ({ ...one })) }),
    violations: violations.map(({ property, kind, step, message }) => ({ property, kind, step, message })),
    steps: steps.map(({ actor, function: name, text }) => ({
      actor,
      step: name === null ? text : `${name}: ${text}`,
    })),
    ...(outcome === 'deadlock' ? { waiting: waiting.map(waitJson) } : {}),
  };
}

function callJson({ actor, op, ret, signal }: CallRecord): CallRecord {
  if (signal !== undefined) return { actor, op, signal };
  return ret === undefined ? { actor, op } : { actor, op, ret };
}

function waitJson({ actor, op, since, waitsFor, edge, heldBy, holds }: WaitRecord): WaitRecord {
  return { actor, op, since, waitsFor, edge, heldBy: [...heldBy], holds: [...holds] };
}
