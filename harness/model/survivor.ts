/** Mutations that no claim can tell from a state, and why that is right. */
export interface Survivor {
  /** Names of mutations: `drop-lock(vfio_pci_rw, memory_lock)`. */
  readonly mutations: readonly string[];
  /** One sentence. */
  readonly reason: string;
}
