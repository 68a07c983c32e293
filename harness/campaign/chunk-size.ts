/**
 * Sequences in a chunk: the unit of work, of determinism and of interruption, some 20 to 50 ms. Apart, so that whoever
 * only counts chunks does not load what runs them.
 */
export const CHUNK_SEQUENCES = 250;
