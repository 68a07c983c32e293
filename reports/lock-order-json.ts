import type { LockOrderSummary } from '../harness/campaign/result.ts';

type Use = LockOrderSummary['asks'][number]['asks'];

const useJson = ({ lock, shared }: Use): Use => ({ lock, shared });

/** The order of locks as JSON reports have it, key by key. */
export function lockOrderJson({ locks, asks, closed, predicted }: LockOrderSummary): LockOrderSummary {
  return {
    locks: [...locks],
    asks: asks.map((ask) => ({
      holds: ask.holds.map(useJson),
      asks: useJson(ask.asks),
      by: ask.by.map(({ actor, operation, process, after }) => ({ actor, operation, process, after })),
    })),
    closed: closed.map((cycle) => [...cycle]),
    predicted: predicted.map((cycle) => ({
      locks: [...cycle.locks],
      threads: cycle.threads.map(({ actor, operation, held, asks: asked, holds }) => ({
        actor,
        operation,
        held: useJson(held),
        asks: useJson(asked),
        holds: holds.map(useJson),
      })),
      writers: cycle.writers.map(({ lock, actor, operation }) => ({ lock, actor, operation })),
    })),
  };
}
