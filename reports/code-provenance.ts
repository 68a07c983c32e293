import type { Origins, Patch } from '../harness/model/patch.ts';
import { citation } from '../harness/model/source.ts';
import { type Line, span } from './page.ts';
import type { Row } from './shown-steps.ts';
import { wrap } from './wrap.ts';

/** Which patch brought each function that the shown steps are in, so that a reader can look the code up. */
export function codeProvenance(rows: readonly Row[], origins: Origins, width: number): Line[] {
  const byPatch = new Map<Patch<unknown> | null, string[]>();
  for (const row of rows) {
    if (row.kind !== 'step' || row.step.function === null) continue;
    const patch = origins.get(row.step.function) ?? null;
    const functions = byPatch.get(patch) ?? [];
    if (!functions.includes(row.step.function)) functions.push(row.step.function);
    byPatch.set(patch, functions);
  }
  const base = byPatch.get(null) ?? [];
  byPatch.delete(null);
  if (byPatch.size === 0 && base.length === 0) return [];

  const block = (text: string, indent: number): Line[] =>
    wrap(text, width - indent, 2).map((line) => [span(' '.repeat(indent) + line)]);
  const lines: Line[] = [[span('provenance', 'strong')]];
  for (const [patch, functions] of byPatch) {
    if (patch === null) continue;
    lines.push(...block(`[${patch.id}] ${patch.subject}`, 2));
    lines.push(...block(citation(patch.source), 4), ...block(`code: ${functions.join(', ')}`, 4));
  }
  if (base.length > 0) lines.push(...block(`unchanged base: ${base.join(', ')}`, 2));
  return lines;
}
