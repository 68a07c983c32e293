import type { Property } from '../../harness/model/property.ts';
import { describeLivelock, threadNames } from './describe.ts';

/** No execution goes round for ever while every thread that can run keeps getting its turn. */
export const noLivelock: Property<unknown> = {
  id: 'no-livelock',
  claim: 'every thread that keeps getting its turn finishes, or waits',
  source: { status: 'inferred', note: 'a demand on every kernel' },
  liveness: true,
  check({ machine, outcome }, report) {
    const { livelock } = machine;
    if (outcome !== 'livelock' || livelock === null) return true;
    report('repeating-state', livelock.step, () => ({
      message: `From step ${livelock.step} on the same state comes back again and again, first after ${livelock.period === 1 ? '1 step' : `${livelock.period} steps`}: ${threadNames(livelock.spinning)} cannot get on.`,
      expected: ['every thread finishes'],
      actual: describeLivelock(livelock),
    }));
    return true;
  },
};
