import type { Series } from './series.ts';

type States = Pick<Series, 'states'>;

/** The name that a state is listed under, for any of its names; with the selection of patches, if there is one. */
export function listedId({ states }: States, stateId: string): string {
  const [version, ...selection] = stateId.split(':');
  const listed = states.find(({ id, aliases = [] }) => id === version || aliases.includes(version!));
  return [listed?.id ?? version, ...selection].join(':');
}

/** The listed state that one with a patch on top (`v1+hp`) is on; null for any other. */
export function stateBelow(series: States, stateId: string): string | null {
  const version = listedId(series, stateId.split(':', 1)[0]!);
  const below = listedId(series, version.slice(0, Math.max(0, version.lastIndexOf('+'))));
  return series.states.some(({ id }) => id === below) ? below : null;
}
