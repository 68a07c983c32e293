import { describe, expect, test } from 'vitest';
import { NOTHING_COVERED } from '../harness/campaign/coverage-by.ts';
import type { GateCell } from '../harness/campaign/gate.ts';
import type { Coverage, ModelResult, Verdict } from '../harness/campaign/result.ts';
import { series as gated } from '../harness/cli/gated.fixture.ts';
import type { Expectation } from '../harness/model/expectation.ts';
import { nursery } from '../harness/model/nursery.fixture.ts';
import { type GateEntry, type GateReport, renderGate } from './gate.ts';
import { gateJson } from './gate-json.ts';
import { UNPRINTABLE, widestLine } from './recordings.fixture.ts';
import type { RunSettings } from './run-json.ts';

const SETTINGS: RunSettings = {
  version: '0.1.0',
  seed: 0xdecade,
  shard: '1/1',
  runs: 50,
  strategy: 'portfolio',
  maxOps: 6,
  maxSteps: 10_000,
  maxSchedules: 2_000,
};

const COVERAGE: Coverage = {
  sequences: 50,
  executions: 12_345,
  distinctSchedules: 9_000,
  steps: 100_000,
  deadlocks: 0,
  endlessByDesign: 0,
  livelocks: 0,
  stepLimits: 0,
  by: {
    ...NOTHING_COVERED,
    corpus: { entries: 3, reproduced: 1 },
    exhaustive: { sequences: 884, complete: 884, schedules: 7_477 },
  },
  functions: 1,
  functionsNeverReached: [],
  returns: {},
};

const expected = (verdict: Expectation['verdict'], rest: Partial<Expectation> = {}): Expectation => ({
  property: '',
  states: [],
  verdict,
  reason: 'The fault handler takes the lock that the remover holds while it waits for it.',
  source: {
    status: 'proposed in review',
    date: '2021-01-21',
    messageId: '20210121135038.6a8ad2b0@omen.home.shazbot.org',
    note: 'Alex Williamson 20:50',
  },
  ...rest,
});

const cell = (
  property: string,
  found: GateCell['found'],
  rest: Partial<Omit<GateCell, 'expected'>> = {},
): GateCell => ({
  property,
  found,
  expected: rest.expectation?.verdict ?? 'holds',
  problem: null,
  standing: null,
  expectation: null,
  ...rest,
});

/** What a search says of these cells, and the commands that show it again. */
function entryOf(
  id: string,
  cells: readonly GateCell[],
  rest: Partial<Omit<ModelResult, 'verdicts'>> & { readonly kinds?: Verdict['kinds'] } = {},
): GateEntry {
  const model = [gated, nursery]
    .map((series) => series.model(id.slice(series.name.length + 1)))
    .find((one) => one?.id === id)!;
  const { kinds = [], facts = [], ...others } = rest;
  const result: ModelResult = {
    model: id,
    verdicts: cells
      .filter(({ property }) => !facts.some((fact) => fact.property === property))
      .map(({ property, found }) => ({
        property,
        claim: `${property} is so`,
        verdict: found,
        exercised: 1_234,
        kinds: found === 'violated' ? kinds : [],
        ...(found === 'inconclusive' ? { reason: 'never exercised: its precondition did not happen' } : {}),
      })),
    facts,
    counterexamples: [],
    coverage: COVERAGE,
    hangs: [],
    lockOrder: { locks: [], asks: [], closed: [], predicted: [] },
    stopped: null,
    ...others,
  };
  const replays = new Map([
    [
      'no-lost-update update-lost',
      'npx zpci-fuzz replay corpus/gated/v1/no-lost-update-however-long-it-may-take/0123456789abcdef.json',
    ],
  ]);
  return {
    model,
    result,
    cells,
    replays,
    searchAgain: `npx zpci-fuzz gate --model ${id} --profile quick --seed 7 --no-save`,
  };
}

const NEW = cell('no-lost-update', 'violated', { problem: 'unexpected-violation', standing: 'new' });
const MISSING = cell('pins-are-balanced', 'holds', {
  problem: 'missing-violation',
  expectation: expected('violated'),
});

const EVERYTHING: GateReport = {
  settings: SETTINGS,
  profile: 'quick',
  left: 2,
  entries: [
    entryOf('gated/pre', [
      cell('no-lost-update', 'violated', { standing: 'new', expectation: expected('violated') }),
      cell('never-returns-negative', 'holds'),
    ]),
    entryOf(
      'gated/v1',
      [
        NEW,
        MISSING,
        cell('a', 'violated', { standing: 'still', expectation: expected('violated') }),
        cell('b', 'violated', { standing: 'regressed', expectation: expected('violated') }),
        cell('c', 'violated', { standing: 'pre-existing', expectation: expected('violated') }),
        cell('d', 'holds', { standing: 'fixed' }),
        cell('e', 'inconclusive', { expectation: expected('inconclusive') }),
      ],
      {
        kinds: [
          { kind: 'update-lost', executions: 1_234 },
          { kind: 'update-lost-twice', executions: 1 },
        ],
      },
    ),
    entryOf('gated/v1+hp', [
      cell('nothing-said', 'inconclusive', { problem: 'nothing-said' }),
      cell('decided', 'holds', { problem: 'decided', expectation: expected('inconclusive') }),
      cell('expired', 'violated', {
        problem: 'expired',
        standing: 'still',
        expectation: expected('violated', { expires: '2026-01-01' }),
      }),
    ]),
    entryOf('gated/blinded', [cell('unexpected-hang', 'holds')], {
      hangs: [
        {
          during: 'step',
          actor: 'user0',
          operation: 'increment',
          function: 'increment',
          claim: null,
          step: 3,
          world: {},
          ops: [{ actor: 'user0', op: 'increment', amount: 5 }],
          schedule: ['user0', 'user0', 'user0', 'user0'],
          times: 2,
          foundWith: { run: 0, sequence: 4, shrinking: null },
        },
      ],
    }),
    entryOf('gated/pre+mutant-again', [
      cell('no-lost-update', 'violated', { standing: 'still', expectation: expected('violated') }),
    ]),
    entryOf(
      'nursery/v1',
      [
        cell('second-patch-builds', 'violated', { problem: 'unexpected-violation', standing: 'regressed' }),
        cell('first-patch-builds', 'holds', {
          problem: 'missing-violation',
          expectation: expected('violated'),
        }),
      ],
      {
        facts: [
          {
            property: 'second-patch-builds',
            claim: '',
            verdict: 'violated',
            findings: [
              {
                kind: 'does-not-link',
                message: 'The second patch needs what only the companion exports.',
                expected: [],
                actual: [],
                source: 'posted',
              },
            ],
          },
          { property: 'first-patch-builds', claim: '', verdict: 'holds', findings: [] },
        ],
      },
    ),
  ],
};

const PAGE = { color: false, width: 80 };

describe('the report of the gate', () => {
  test('has tables, then what is not as expected, what hangs, and the sum', () => {
    expect(renderGate(EVERYTHING, PAGE)).toMatchInlineSnapshot(`
      "gate, profile quick, seed 0xdecade, strategy portfolio

      gated                                 broken    new  still  again before  fixed
        pre (merged v6.0)                        1      1      .      .      .      .
      ! v1 (posted 2025-01-01)                   4      1      1      1      1      1
      ! v1+hp (inferred)                         1      .      1      .      .      .
      ! blinded (posted 2025-03-01)              .      .      .      .      .      .
        1 mutant, each as expected

      nursery                               broken    new  still  again before  fixed
      ! v1 (posted 2020-01-01)                   1      .      .      1      .      .

      Claims that are broken: here for the first time, also on the state before, again
      after a state on which they held, before the series already; and those that the
      state before broke.

      gated/v1 (posted 2025-01-01): no-lost-update is violated, and was expected to
          hold
        New: no state before breaks it.
        update-lost, in 1,234 executions.
        update-lost-twice, in 1 execution.
        If that is right, say why in models/gated/expectations.ts.
      reproduce: npx zpci-fuzz replay \\
        corpus/gated/v1/no-lost-update-however-long-it-may-take/0123456789abcdef.json

      gated/v1 (posted 2025-01-01): pins-are-balanced was expected to be violated, and
          was not found to be
        Expected: The fault handler takes the lock that the remover holds while it
          waits for it. (proposed in review 2021-01-21,
          <20210121135038.6a8ad2b0@omen.home.shazbot.org>, Alex Williamson 20:50)
        Searched: 3 stored counterexamples (1 still show theirs), 884 small scenarios
          under 7,477 schedules, 50 generated sequences, 12,345 executions in all; its
          precondition happened in 1,234 executions.
        If it is mended, take the expectation away. If the model or the claim has
          changed, look at that change first; if not, search longer (--profile ci,
          nightly).
      reproduce: npx zpci-fuzz gate --model gated/v1 --profile quick --seed 7 \\
        --no-save

      gated/v1+hp (inferred): nothing-said was to be decided, and is inconclusive
        Searched: 3 stored counterexamples (1 still show theirs), 884 small scenarios
          under 7,477 schedules, 50 generated sequences, 12,345 executions in all; its
          precondition happened in 1,234 executions.
        never exercised: its precondition did not happen.
      reproduce: npx zpci-fuzz gate --model gated/v1+hp --profile quick --seed 7 \\
        --no-save

      gated/v1+hp (inferred): decided was expected to be inconclusive, and holds
        Expected: The fault handler takes the lock that the remover holds while it
          waits for it. (proposed in review 2021-01-21,
          <20210121135038.6a8ad2b0@omen.home.shazbot.org>, Alex Williamson 20:50)
        Searched: 3 stored counterexamples (1 still show theirs), 884 small scenarios
          under 7,477 schedules, 50 generated sequences, 12,345 executions in all; its
          precondition happened in 1,234 executions.
        Take the expectation away, or say why it may be decided.
      reproduce: npx zpci-fuzz gate --model gated/v1+hp --profile quick --seed 7 \\
        --no-save

      gated/v1+hp (inferred): expired is as expected, but that expectation has expired
        Expected: The fault handler takes the lock that the remover holds while it
          waits for it. (proposed in review 2021-01-21,
          <20210121135038.6a8ad2b0@omen.home.shazbot.org>, Alex Williamson 20:50),
          until 2026-01-01
        Look at it again: take the expectation away, or give it another date.

      nursery/v1 (posted 2020-01-01): second-patch-builds is violated, and was
          expected to hold
        Regressed: it held on the state before, and not on an earlier one.
        does-not-link: The second patch needs what only the companion exports.
        If that is right, say why in models/nursery/expectations.ts.

      nursery/v1 (posted 2020-01-01): first-patch-builds was expected to be violated,
          and was not found to be
        Expected: The fault handler takes the lock that the remover holds while it
          waits for it. (proposed in review 2021-01-21,
          <20210121135038.6a8ad2b0@omen.home.shazbot.org>, Alex Williamson 20:50)
        Decided by cited facts, not by executions.
        If it is mended, take the expectation away. If the model or the claim has
          changed, look at that change first.

      gated/blinded (posted 2025-03-01)
      hang (a broken model: it was stopped, and what hung is left out)
        increment of user0 does not come back in increment, at step 3
          2 times, first in operation sequence 4 of chunk 0
          user0  increment amount=5

      not as expected: 2 violated unexpectedly, 2 expected violations not found, 1 not
        decided, 1 decided unexpectedly, 1 expectation expired, 1 state that hangs, of
        16 verdicts on 6 states; 1 inconclusive; 2 states not looked at to the end
      "
    `);
  });

  test.each([60, 80, 100])('exceeds no width: %i', (width) => {
    expect(widestLine(renderGate(EVERYTHING, { color: false, width }))).toBeLessThanOrEqual(width);
  });

  test('has colors only where they are asked for, and the same text with them', () => {
    const plain = renderGate(EVERYTHING, PAGE);
    const colored = renderGate(EVERYTHING, { ...PAGE, color: true });
    expect(plain).not.toMatch(/\u001b/);
    expect(colored).toMatch(/\u001b\[/);
    expect(colored.replace(/\u001b\[[\d;]*m/g, '')).toBe(plain);
  });

  test('prints nothing that a terminal obeys', () => {
    const hostile = expected('violated', { reason: 'because\u001b[2J\u202e\nof that' });
    const entry = entryOf('gated/v1', [{ ...MISSING, expectation: hostile }]);
    expect(renderGate({ ...EVERYTHING, entries: [entry] }, PAGE)).not.toMatch(UNPRINTABLE);
  });

  test('has commands that a shell takes as they are broken', () => {
    const text = renderGate(EVERYTHING, PAGE);
    const commands = [...text.matchAll(/^reproduce: ((?:.*\\\n)*.*)$/gm)].map(([, command]) =>
      command!.replace(/\\\n/g, '').replace(/ +/g, ' '),
    );
    expect(commands).toContain(
      'npx zpci-fuzz replay corpus/gated/v1/no-lost-update-however-long-it-may-take/0123456789abcdef.json',
    );
    expect(commands).toContain('npx zpci-fuzz gate --model gated/v1 --profile quick --seed 7 --no-save');
  });
});

describe('a mutant', () => {
  const mutant = (...cells: readonly GateCell[]): string =>
    renderGate({ ...EVERYTHING, left: 0, entries: [entryOf('gated/pre+mutant-again', cells)] }, PAGE);

  test('is counted where it is as expected', () => {
    expect(mutant(cell('a', 'violated', { expectation: expected('violated') }))).toMatch(
      /^gated .*\n {2}1 mutant, each as expected$/m,
    );
  });

  test('has a line of its own where it hangs', () => {
    const { hangs } = EVERYTHING.entries[3]!.result;
    const entries = [entryOf('gated/pre+mutant-again', [cell('a', 'holds')], { hangs })];
    expect(renderGate({ ...EVERYTHING, left: 0, entries }, PAGE)).toMatch(
      /^! pre\+mutant-again \(mutant\) +\. /m,
    );
  });

  test('has a line of its own where it is not', () => {
    const text = mutant(MISSING);
    expect(text).toMatch(/^! pre\+mutant-again \(mutant\) +\. /m);
    expect(text).not.toMatch('each as expected');
  });
});

describe('the last line', () => {
  const lastOf = (report: Partial<GateReport>): string =>
    renderGate({ ...EVERYTHING, left: 0, ...report }, { color: false, width: 200 })
      .trimEnd()
      .split('\n')
      .at(-1)!;
  const of = (...cells: readonly GateCell[]): Partial<GateReport> => ({
    entries: [entryOf('gated/v1', cells)],
  });

  test.each<[string, Partial<GateReport>]>([
    ['as expected: 1 verdict on 1 state', of(cell('a', 'holds'))],
    ['as expected: 2 verdicts on 1 state; 1 inconclusive', of(cell('a', 'holds'), cell('b', 'inconclusive'))],
    [
      'as expected: 1 verdict on 1 state; 1 state not looked at to the end',
      { ...of(cell('a', 'holds')), left: 1 },
    ],
    ['as expected: 0 verdicts on 0 states; 3 states not looked at to the end', { entries: [], left: 3 }],
    ['not as expected: 1 violated unexpectedly, of 1 verdict on 1 state', of(NEW)],
    ['not as expected: 1 expected violation not found, of 1 verdict on 1 state', of(MISSING)],
    ['not as expected: 2 expected violations not found, of 2 verdicts on 1 state', of(MISSING, MISSING)],
    ['not as expected: 1 state that hangs, of 1 verdict on 1 state', { entries: [EVERYTHING.entries[3]!] }],
  ])('%s', (line, report) => expect(lastOf(report)).toBe(line));
});

describe('as JSON', () => {
  test('the verdicts are as in the text', () => {
    const { ok, left, models } = gateJson(EVERYTHING);
    expect({ ok, left }).toEqual({ ok: false, left: 2 });
    expect(models[1]!.verdicts[1]).toEqual({
      property: 'pins-are-balanced',
      expected: 'violated',
      found: 'holds',
      problem: 'missing-violation',
      standing: null,
      exercised: 1_234,
      reason: expected('violated').reason,
      source: expected('violated').source,
    });
    // Of what facts decide, nothing is exercised.
    expect(models.at(-1)!.verdicts[0]).toEqual({
      property: 'second-patch-builds',
      expected: 'holds',
      found: 'violated',
      problem: 'unexpected-violation',
      standing: 'regressed',
    });
  });

  const okOf = (entries: readonly GateEntry[]): boolean => gateJson({ ...EVERYTHING, entries }).ok;

  test('it is ok where every verdict is as expected, nothing hangs and something was looked at', () => {
    const sound = entryOf('gated/v1', [cell('a', 'holds')]);
    expect(okOf([sound])).toBe(true);
    expect(okOf([sound, EVERYTHING.entries[3]!])).toBe(false);
    expect(okOf([sound, entryOf('gated/v1', [MISSING])])).toBe(false);
    expect(okOf([])).toBe(false);
  });
});
