import type { Source } from './source.ts';

/** A patch is a function from kernel to kernel. */
export interface Patch<K> {
  /** Its number in the series (`4/4`), or a short name where it never had one (`hp`). */
  readonly id: string;
  readonly subject: string;
  readonly source: Source;
  /** Ids of patches without which this one does not compile. */
  readonly requires?: readonly string[];
  apply(kernel: K): K;
}

/** Which patch brought a code path into its present form; absent for what the base already had. */
export type Origins = ReadonlyMap<string, Patch<unknown>>;

/** Applies patches in order and notes, for each entry of the kernel that one changed, which it was. */
export function applyPatches<K extends object>(
  base: K,
  patches: readonly Patch<K>[],
): { kernel: K; origins: Origins } {
  const origins = new Map<string, Patch<unknown>>();
  const kernel = patches.reduce((before, patch) => {
    const after = patch.apply(before);
    for (const [name, value] of Object.entries(after)) {
      if (value !== (before as Record<string, unknown>)[name]) origins.set(name, patch as Patch<unknown>);
    }
    return after;
  }, base);
  return { kernel, origins };
}
