import type { Schema } from '../scenario/schema.ts';
import {
  COVERAGE,
  exactly,
  flag,
  list,
  number,
  orNull,
  PROVENANCE,
  SETTINGS,
  STATUS,
  STOPPED,
  text,
  VERDICT,
} from './report-schema.ts';

const beside = exactly({
  state: text,
  broken: flag,
  by: { enum: ['found', 'expected', 'undecided', 'not applicable'] },
});

const verdict = exactly(
  {
    property: text,
    expected: { enum: ['holds', 'violated', 'may be violated', 'inconclusive'] },
    found: VERDICT,
    problem: {
      enum: [null, 'unexpected-violation', 'missing-violation', 'nothing-said', 'decided', 'expired'],
    },
    standing: { enum: [null, 'new', 'still', 'regressed', 'pre-existing', 'fixed'] },
    beside: list(beside),
  },
  {
    exercised: number,
    stored: number,
    inheritedFrom: text,
    reason: text,
    source: exactly({ status: STATUS }, { date: text, messageId: text, commit: text, note: text }),
    expires: text,
  },
);

/** The schema of what `gate --json` prints. */
export const gateReportSchema = (): Schema =>
  exactly({
    ...SETTINGS,
    profile: text,
    ok: flag,
    complete: flag,
    left: number,
    changed: orNull(
      exactly({ since: text, series: list(exactly({ name: text, own: list(text), shared: list(text) })) }),
    ),
    models: list(
      exactly({
        model: text,
        provenance: PROVENANCE,
        stopped: STOPPED,
        verdicts: list(verdict),
        coverage: COVERAGE,
        hangs: number,
      }),
    ),
  });
