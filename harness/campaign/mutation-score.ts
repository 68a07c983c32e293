import { byText } from '../by-text.ts';
import { type Mutation, mutationName } from '../model/mutation.ts';
import type { ChunkResult } from './chunk.ts';

/** What became of a mutation. */
export interface Mutant {
  readonly mutation: Mutation;
  /** As the command line takes it. */
  readonly name: string;
  /**
   * `killed`: a claim breaks that did not, or in a way it did not. `crashed`: the model throws, where Linux would oops or
   * the mutation makes no sense. `hung`: it does not come back. `survived`: no claim can tell.
   */
  readonly fate: 'killed' | 'crashed' | 'hung' | 'survived';
  /** Claims that break on it and not on the state. */
  readonly by: readonly string[];
}

/** Failures that some searches found, as `property kind`. */
export const failuresOf = (chunks: readonly ChunkResult[]): Set<string> =>
  new Set(chunks.flatMap(({ found }) => found.map(({ property, kind }) => `${property} ${kind}`)));

/** Compared with what the same search finds on the state itself. */
export function judgeMutant(
  mutation: Mutation,
  chunks: readonly ChunkResult[],
  unmutated: ReadonlySet<string>,
): Mutant {
  const fresh = [...failuresOf(chunks)].filter((failure) => !unmutated.has(failure));
  const by = [...new Set(fresh.map((failure) => failure.split(' ', 1)[0]!))].sort(byText);
  const hung = chunks.some(({ hangs }) => hangs.length > 0);
  return {
    mutation,
    name: mutationName(mutation),
    fate: by.length > 0 ? 'killed' : hung ? 'hung' : 'survived',
    by,
  };
}

/** Of those that a claim could catch, the share that one did; what crashes or hangs says so by itself. */
export function scoreOf(mutants: readonly Mutant[]): { readonly caught: number; readonly of: number } {
  const of = mutants.filter(({ fate }) => fate !== 'crashed');
  return { caught: of.filter(({ fate }) => fate !== 'survived').length, of: of.length };
}
