import type { Thread } from '../machine/thread.ts';

/**
 * Who runs where a schedule does not say: the thread that ran last while it can, then the next runnable one by
 * name, wrapping around.
 */
export function byDefault(runnable: readonly Thread[], count: number, last: Thread | null): Thread {
  let next: Thread | null = null;
  let first = runnable[0]!;
  for (let i = 0; i < count; i++) {
    const thread = runnable[i]!;
    if (thread === last) return thread;
    if (thread.name < first.name) first = thread;
    if (last !== null && thread.name > last.name && (next === null || thread.name < next.name)) next = thread;
  }
  return next ?? first;
}
