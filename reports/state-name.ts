import type { Model } from '../harness/model/model.ts';
import { type Source, sourceLabel } from '../harness/model/source.ts';

/** Where a state comes from, in the form that every JSON output has. */
export interface Provenance {
  /** `posted 2021-01-19`. */
  readonly label: string;
  readonly status: Source['status'];
}

export function provenanceOf(source: Source): Provenance {
  return { label: sourceLabel(source), status: source.status };
}

/** `zpci-io/v1 (posted 2021-01-19)`: a state is never named without saying whether anybody posted it. */
export function stateName(model: Model): string {
  return labelledName(model.id, sourceLabel(model.state.source));
}

export function labelledName(id: string, label: string): string {
  return `${id} (${label})`;
}
