import { type MutantsReport, patchOf } from './mutants.ts';
import { provenanceOf } from './state-name.ts';

/** What `mutate --json` prints, key by key. */
export const mutantsJson = (reports: readonly MutantsReport[], needless: readonly string[]): object => ({
  format: 1,
  models: reports.map(({ model, mutants, score, left, reasons }) => ({
    model: model.id,
    provenance: provenanceOf(model.state.source),
    caught: score.caught,
    of: score.of,
    left,
    mutants: mutants.map(({ mutation: { operator, where, what }, name, fate, by }) => {
      const patch = patchOf(model, { where })?.id ?? null;
      const reason = reasons.get(name);
      return { operator, where, what, patch, fate, by: [...by], ...(reason === undefined ? {} : { reason }) };
    }),
  })),
  needlessReasons: [...needless],
});
