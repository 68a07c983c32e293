import { PCT_DEPTH } from '../explore/strategies.ts';
import type { CoverageBy } from './result.ts';

export const NOTHING_COVERED: CoverageBy = {
  corpus: { entries: 0, reproduced: 0 },
  exhaustive: { sequences: 0, complete: 0, schedules: 0 },
  random: { executions: 0 },
  pct: { executions: 0, threads: 0, steps: 0, depth: PCT_DEPTH },
};

/** What several pieces of a search covered together. */
export function mergeCoverageBy(parts: readonly CoverageBy[]): CoverageBy {
  return parts.reduce(
    (sum, { corpus, exhaustive, random, pct }) => ({
      corpus: {
        entries: sum.corpus.entries + corpus.entries,
        reproduced: sum.corpus.reproduced + corpus.reproduced,
      },
      exhaustive: {
        sequences: sum.exhaustive.sequences + exhaustive.sequences,
        complete: sum.exhaustive.complete + exhaustive.complete,
        schedules: sum.exhaustive.schedules + exhaustive.schedules,
      },
      random: { executions: sum.random.executions + random.executions },
      pct: {
        executions: sum.pct.executions + pct.executions,
        threads: Math.max(sum.pct.threads, pct.threads),
        steps: Math.max(sum.pct.steps, pct.steps),
        depth: pct.depth,
      },
    }),
    NOTHING_COVERED,
  );
}
