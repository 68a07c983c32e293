/**
 * What workers finish in any order, handed on in the order in which it was begun: what is told then does not depend on who
 * was faster.
 */
export class InOrder<K, T> {
  readonly #begun: K[] = [];
  readonly #finished = new Map<K, T>();
  #next = 0;

  begin(key: K): void {
    this.#begun.push(key);
  }

  /** What can be told now. */
  *finish(key: K, value: T): Generator<T> {
    this.#finished.set(key, value);
    for (; this.#next < this.#begun.length; this.#next++) {
      const first = this.#begun[this.#next]!;
      if (!this.#finished.has(first)) return;
      yield this.#finished.get(first)!;
    }
  }
}
