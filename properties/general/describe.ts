import type { StuckThread } from '../../harness/machine/deadlock.ts';
import { describeEnd } from '../../harness/machine/errno.ts';
import type { Livelock } from '../../harness/machine/livelock.ts';
import type { Call } from '../../harness/machine/thread.ts';

/** `user0, admin`. */
export const threadNames = (threads: StuckThread['on']): string =>
  threads.map((thread) => thread.name).join(', ');

/** Who goes round and who waits meanwhile. */
export const describeLivelock = ({ spinning, waiting }: Livelock): string[] => [
  ...spinning.map(({ name }) => `${name} runs, and gets nowhere`),
  ...waiting.map(describeStuckThread),
];

/** `user0 waits for zdev->lock, held by admin; holds BQL`. */
export function describeStuckThread(stuck: StuckThread): string {
  const who =
    stuck.edge === 'lock'
      ? `lock ${stuck.awaits}, held by ${threadNames(stuck.on)}`
      : `event "${stuck.awaits}", ${stuck.on.length === 0 ? 'which nobody can cause' : `up to ${threadNames(stuck.on)}`}`;
  return `${stuck.thread.name} waits for ${who}${stuck.holds.length === 0 ? '' : `; holds ${stuck.holds.join(', ')}`}`;
}

/** `user0: mmap returned -22 (-EINVAL)`. */
export const callLine = ({ thread, work, ret, signal }: Call): string =>
  `${thread.name}: ${work.name} ${describeEnd({ ret, signal })}`;
