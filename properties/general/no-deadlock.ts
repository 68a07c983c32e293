import type { Property } from '../../harness/model/property.ts';
import { describeStuckThread } from './describe.ts';

/**
 * No thread waits for ever, but where the kernel promises an endless wait. Lock cycles and cycles that close through
 * an event (an fd close, a guest's answer) are one thing to this claim and two kinds: lockdep sees only the first.
 */
export const noDeadlock: Property<unknown> = {
  id: 'no-deadlock',
  claim: 'no set of threads waits for each other for ever',
  source: { status: 'inferred', note: 'a demand on every kernel' },
  liveness: true,
  check({ machine, outcome }, report) {
    const deadlock = machine.deadlock;
    if (outcome !== 'deadlock' || deadlock === null) return true;
    if (deadlock.stuck.some((stuck) => stuck.byDesign)) return true;
    const kind = deadlock.stuck.some((stuck) => stuck.edge === 'event')
      ? 'lock-and-event-cycle'
      : 'lock-cycle';
    report(kind, deadlock.step, () => ({
      message:
        deadlock.stuck.length === 1
          ? `${deadlock.stuck[0]!.thread.name} waits for ever.`
          : `${deadlock.stuck.length} threads wait for each other for ever.`,
      expected: ['every thread finishes'],
      actual: deadlock.stuck.map(describeStuckThread),
    }));
    return true;
  },
};
