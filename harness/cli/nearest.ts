import { distance } from 'fastest-levenshtein';

/** The three names that need the fewest edits; a state also counts without its series. */
export function nearest(given: string, names: readonly string[]): string[] {
  const by = (name: string) =>
    Math.min(distance(given, name), distance(given, name.slice(name.indexOf('/') + 1)));
  return [...names].sort((a, b) => by(a) - by(b) || (a < b ? -1 : 1)).slice(0, 3);
}
