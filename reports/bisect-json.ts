import type { BisectReport } from './bisect.ts';
import { provenanceOf } from './state-name.ts';

/** What `bisect --json` prints, key by key. */
export function bisectJson(report: BisectReport): object {
  const { version, patches, ways, states, between, turns, left, cut, bound } = report;
  return {
    format: 1,
    model: version.id,
    provenance: provenanceOf(version.state.source),
    ways,
    bound: {
      maxOps: bound.opsMax,
      about: [...bound.about],
      worlds: bound.worlds,
      maxSchedules: bound.schedulesMax,
      corpus: bound.known,
    },
    left,
    cutShort: cut,
    patches: patches.map(({ id, subject, source }) => ({ id, subject, source })),
    states: states.map(({ id, model, problem, verdicts }) => ({
      state: id,
      provenance: model === null ? null : provenanceOf(model.state.source),
      problem,
      verdicts: Object.fromEntries(verdicts),
    })),
    brokenBetween: between.map(({ state, property, isKnown }) => ({
      state: state.id,
      property,
      known: isKnown,
    })),
    turns: turns.map(({ property, to, state, before, between: undecided, isExact }) => ({
      property,
      to,
      state: state.id,
      patch: state.patch?.id ?? null,
      before: before?.id ?? null,
      inconclusive: undecided.map(({ id }) => id),
      exact: isExact,
    })),
  };
}
