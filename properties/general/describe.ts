import type { StuckThread } from '../../harness/machine/deadlock.ts';

const names = (threads: StuckThread['on']): string => threads.map((thread) => thread.name).join(', ');

/** `user0 waits for zdev->lock, held by admin; holds BQL`. */
export function describeStuckThread(stuck: StuckThread): string {
  const who =
    stuck.edge === 'lock'
      ? `lock ${stuck.awaits}, held by ${names(stuck.on)}`
      : `event "${stuck.awaits}", ${stuck.on.length === 0 ? 'which nobody can cause' : `up to ${names(stuck.on)}`}`;
  return `${stuck.thread.name} waits for ${who}${stuck.holds.length === 0 ? '' : `; holds ${stuck.holds.join(', ')}`}`;
}
