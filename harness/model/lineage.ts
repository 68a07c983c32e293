import { listedId, stateBelow } from './listed-id.ts';
import type { Series } from './series.ts';

/** The state before any version of a series. */
export const BEFORE_THE_SERIES = 'pre';

/**
 * The states that came before one, the latest last: those that the series lists before it, mutants left out. Of a state
 * with a patch on top (`v1+hp`) they end with the one that it is on; of a selection (`v3:1+2`) they are its version's.
 */
export function lineageOf(series: Pick<Series, 'states'>, stateId: string): string[] {
  const version = listedId(series, stateId.split(':', 1)[0]!);
  const isMutant = (id: string): boolean =>
    series.states.find((state) => state.id === id)?.source.status === 'mutant';
  let below = stateBelow(series, version);
  while (below !== null && isMutant(below)) below = stateBelow(series, below);
  const history = series.states.map(({ id }) => id).filter((id) => !isMutant(id) || id === version);
  return history.slice(
    0,
    Math.max(0, below === null ? history.indexOf(version) : history.indexOf(below) + 1),
  );
}
