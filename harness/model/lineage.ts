import type { Series } from './series.ts';

/** The state before any version of a series. */
export const BEFORE_THE_SERIES = 'pre';

/**
 * The states that came before one, the latest last: those that the series lists before it, mutants left out. Of a state
 * with a patch on top (`v1+hp`) they end with the one that it is on; of a selection (`v3:1+2`) they are its version's.
 */
export function lineageOf({ states }: Series, stateId: string): string[] {
  const version = stateId.split(':', 1)[0]!;
  const history = states.filter(({ id, source }) => source.status !== 'mutant' || id === version);
  const below = history.findIndex(({ id }) => id === version.slice(0, Math.max(0, version.lastIndexOf('+'))));
  const at = history.findIndex(({ id }) => id === version);
  const end = below >= 0 ? below + 1 : at;
  return history.slice(0, Math.max(0, end)).map(({ id }) => id);
}
