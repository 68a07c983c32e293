import type { Operation } from '../../harness/model/model.ts';

/** What is wrong with operations that are valid one by one; null if nothing. */
export function operationsProblem(ops: readonly Operation[]): string | null {
  const childs = ops.find(({ actor }) => actor.startsWith('child'));
  if (childs === undefined) return null;
  if (childs.actor !== 'child0') return `${childs.actor}: the one child that there may be is child0`;
  return ops.some(({ op }) => op === 'fork') ? null : 'child0 does not exist before a fork, and nobody forks';
}
