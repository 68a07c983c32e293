import { counterSeries } from '../campaign/counter.fixture.ts';
import type { Series } from '../model/series.ts';

/** Expects something of a claim that there is not. */
export const series: Series = {
  ...counterSeries,
  expectations: [
    {
      property: 'no-lost-updaet',
      states: ['unlocked'],
      verdict: 'violated',
      reason: 'Nobody takes the lock.',
      source: { status: 'inferred' },
    },
  ],
};
