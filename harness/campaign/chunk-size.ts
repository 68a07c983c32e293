/**
 * Sequences in a chunk: the unit of work, of determinism and of interruption, some 20 to 50 ms. Apart, so that whoever
 * only counts chunks does not load what runs them.
 */
export const CHUNK_SEQUENCES = 250;

/** The chunks that so many sequences make, in order; the last one is what is left. */
export function* chunksOf(runs: number): Generator<{ readonly chunk: number; readonly sequences: number }> {
  for (let chunk = 0; chunk * CHUNK_SEQUENCES < runs; chunk++) {
    yield { chunk, sequences: Math.min(CHUNK_SEQUENCES, runs - chunk * CHUNK_SEQUENCES) };
  }
}
