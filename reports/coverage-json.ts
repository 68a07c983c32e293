import type { Reach, StateReach } from '../harness/campaign/reach.ts';
import type { Reaches, SeriesReach } from './coverage.ts';
import { provenanceOf } from './state-name.ts';

/** What `coverage --json` prints, key by key. */
export const coverageReportJson = (
  reaches: readonly StateReach[],
  wholes: readonly SeriesReach[],
): object => ({
  format: 1,
  models: reaches.map((reach) => ({
    model: reach.model.id,
    provenance: provenanceOf(reach.model.state.source),
    complete: !reach.stopped,
    corpus: effortJson(reach.efforts.corpus),
    search: effortJson(reach.efforts.search),
    ...reachesJson(reach),
  })),
  series: wholes.map((whole) => ({ series: whole.series, states: whole.states, ...reachesJson(whole) })),
});

const effortJson = ({ sequences, executions, returns }: StateReach['efforts']['corpus']): object => ({
  sequences,
  executions,
  returns: Object.fromEntries(Object.entries(returns).map(([operation, values]) => [operation, [...values]])),
});

function reachesJson({ functions, sites, situations }: Reaches): object {
  const ofKind = (wanted: 'step' | 'errno') =>
    countsJson(
      sites.filter(({ what }) => what.kind === wanted),
      ({ file, function: name, text }) => ({ file, function: name, text }),
    );
  return {
    functions: countsJson(functions, (name) => name),
    steps: ofKind('step'),
    errnos: ofKind('errno'),
    situations: countsJson(situations, ({ operation, state }) => ({ operation, state })),
  };
}

const countsJson = <T>(all: readonly Reach<T>[], show: (what: T) => unknown): object => ({
  total: all.length,
  corpus: all.filter(({ corpus }) => corpus).length,
  search: all.filter(({ search }) => search).length,
  never: all.filter(({ corpus, search }) => !corpus && !search).map(({ what }) => show(what)),
});
