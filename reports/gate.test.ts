import { describe, expect, test } from 'vitest';
import { NOTHING_COVERED } from '../harness/campaign/coverage-by.ts';
import type { GateCell } from '../harness/campaign/gate.ts';
import type { Coverage, ModelResult, Verdict } from '../harness/campaign/result.ts';
import { series as gated } from '../harness/cli/gated.fixture.ts';
import type { Expectation } from '../harness/model/expectation.ts';
import { nursery } from '../harness/model/nursery.fixture.ts';
import { type GateChanges, type GateEntry, type GateReport, renderGate } from './gate.ts';
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
  beside: [],
  expectation: null,
  inheritedFrom: null,
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
    stored: new Map([['pins-are-balanced', 3]]),
    searchAgain: (property) =>
      `npx zpci-fuzz gate --model ${id} --property ${property} --profile quick --seed 7 --no-save`,
  };
}

const NEW = cell('no-lost-update', 'violated', {
  problem: 'unexpected-violation',
  standing: 'new',
  beside: [{ state: 'pre', broken: false, by: 'found' }],
});
const MISSING = cell('pins-are-balanced', 'holds', {
  problem: 'missing-violation',
  expectation: expected('violated'),
});

const EVERYTHING: GateReport = {
  settings: SETTINGS,
  profile: 'quick',
  total: 8,
  left: 2,
  changes: null,
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
        cell('second-patch-builds', 'violated', {
          problem: 'unexpected-violation',
          standing: 'regressed',
          beside: [
            { state: 'rfc', broken: true, by: 'expected' },
            { state: 'v0', broken: false, by: 'found' },
          ],
        }),
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
      state before broke. A state before that was not searched counts as it is
      expected to be.

      gated/v1 (posted 2025-01-01): no-lost-update is violated, and was expected to
          hold
        New: no state before breaks it (held on pre in this run).
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
          changed, look at that change first; if not, search longer (--profile ci).
      reproduce: npx zpci-fuzz gate --model gated/v1 --property pins-are-balanced \\
        --profile quick --seed 7 --no-save

      gated/v1+hp (inferred): nothing-said was to be decided, and is inconclusive
        Searched: 3 stored counterexamples (1 still show theirs), 884 small scenarios
          under 7,477 schedules, 50 generated sequences, 12,345 executions in all; its
          precondition happened in 1,234 executions.
        never exercised: its precondition did not happen.
      reproduce: npx zpci-fuzz gate --model gated/v1+hp --property nothing-said \\
        --profile quick --seed 7 --no-save

      gated/v1+hp (inferred): decided was expected to be inconclusive, and holds
        Expected: The fault handler takes the lock that the remover holds while it
          waits for it. (proposed in review 2021-01-21,
          <20210121135038.6a8ad2b0@omen.home.shazbot.org>, Alex Williamson 20:50)
        Searched: 3 stored counterexamples (1 still show theirs), 884 small scenarios
          under 7,477 schedules, 50 generated sequences, 12,345 executions in all; its
          precondition happened in 1,234 executions.
        Take the expectation away, or say why it may be decided.
      reproduce: npx zpci-fuzz gate --model gated/v1+hp --property decided --profile \\
        quick --seed 7 --no-save

      gated/v1+hp (inferred): expired is as expected, but that expectation has expired
        Expected: The fault handler takes the lock that the remover holds while it
          waits for it. (proposed in review 2021-01-21,
          <20210121135038.6a8ad2b0@omen.home.shazbot.org>, Alex Williamson 20:50),
          until 2026-01-01
        Look at it again: take the expectation away, or give it another date.

      nursery/v1 (posted 2020-01-01): second-patch-builds is violated, and was
          expected to hold
        Regressed: an earlier state breaks it (as expected of rfc), and the state
          before does not (held on v0 in this run).
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

      inconclusive, as expected: 1
        gated: e on v1

      not as expected: 2 violated unexpectedly, 2 expected violations not found, 1 not
        decided, 1 decided unexpectedly, 1 expectation expired, 1 state that hangs, of
        16 verdicts on 6 states; 1 inconclusive; 2 of 8 states not searched to the end
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
    expect(commands).toContain(
      'npx zpci-fuzz gate --model gated/v1 --property pins-are-balanced --profile quick --seed 7 --no-save',
    );
  });
});

const CHANGES: GateChanges = {
  since: 'main',
  series: [
    {
      name: 'gated',
      own: ['models/gated/world.ts', 'models/gated/patches/v1/a.ts', 'properties/gated/pins-are-balanced.ts'],
      shared: ['harness/machine/machine.ts', 'package.json'],
    },
    { name: 'nursery', own: [], shared: ['harness/machine/machine.ts', 'package.json'] },
  ],
};

describe('where only what differs from a commit is looked at, the report says', () => {
  test('why, in a line for each series', () => {
    const [, section] = renderGate({ ...EVERYTHING, changes: CHANGES }, PAGE).split('\n\n');
    expect(section).toBe(
      [
        'looked at since they differ from main',
        '  all series: harness/machine/machine.ts and 1 more file changed',
        '  gated: models/gated/world.ts and 2 more files changed',
      ].join('\n'),
    );
    const [first] = CHANGES.series;
    const changes = { since: 'main', series: [{ ...first!, own: ['models/gated/a.ts'], shared: [] }] };
    expect(renderGate({ ...EVERYTHING, changes }, PAGE)).toContain(
      'looked at since they differ from main\n  gated: models/gated/a.ts changed\n\n',
    );
  });

  test('with each failure, which changes may be why: first those that have its claim or state in their names', () => {
    const text = renderGate({ ...EVERYTHING, changes: CHANGES }, { color: false, width: 200 });
    expect(text).toContain(
      'Changed since main: properties/gated/pins-are-balanced.ts, models/gated/patches/v1/a.ts, models/gated/world.ts, and 2 more files.',
    );
    expect(text).toContain(
      'Changed since main: models/gated/patches/v1/a.ts, models/gated/world.ts, properties/gated/pins-are-balanced.ts, and 2 more files.',
    );
    expect(text).toContain('Changed since main: harness/machine/machine.ts, package.json.');
  });
});

describe('where a claim is not as expected on many states', () => {
  const again = (id: string, standing: GateCell['standing'], ...kinds: readonly string[]) =>
    entryOf(id, [{ ...NEW, standing }], { kinds: kinds.map((kind) => ({ kind, executions: 2 })) });
  const entries = [
    again('gated/v1', 'new', 'update-lost'),
    again('gated/v1+hp', 'still', 'update-lost'),
    again('gated/dated', 'regressed', 'update-lost'),
    again('gated/blinded', 'still', 'another-way'),
  ];
  const text = (page: { readonly all: boolean }): string =>
    renderGate({ ...EVERYTHING, left: 0, entries }, { ...PAGE, width: 200, ...page });

  test('the first is shown in full, the others of the same kind by name and standing', () => {
    expect(text({ all: false }).match(/no-lost-update is violated, and/g)).toHaveLength(2);
    expect(text({ all: false })).toContain(
      '  So also on 2 other states: still on v1+hp (inferred); regressed on dated (posted 2025-04-01).\n',
    );
    expect(text({ all: false })).toContain('gated/blinded (posted 2025-03-01): no-lost-update is violated');
    expect(text({ all: false })).toContain('\n--all shows each of them in full.\n');
    expect(text({ all: false })).toMatch(/^not as expected: 4 violated unexpectedly, of /m);
  });

  test('all are shown in full on request', () => {
    expect(text({ all: true }).match(/no-lost-update is violated, and/g)).toHaveLength(4);
    expect(text({ all: true })).not.toMatch(/So also|--all/);
  });

  test('a claim that was expected to break there is one cause, whatever the reasons', () => {
    const missing = (id: string, reason: string) =>
      entryOf(id, [{ ...MISSING, expectation: expected('violated', { reason }) }]);
    const report = { ...EVERYTHING, entries: [missing('gated/v1', 'One.'), missing('gated/v1+hp', 'Two.')] };
    const once = renderGate(report, PAGE);
    expect(once).toContain('  So also on 1 other state: v1+hp (inferred).\n');
    expect(once).toContain('Expected: One.');
    expect(once).not.toContain('Expected: Two.');
    expect(renderGate(report, { ...PAGE, all: true })).toContain('Expected: Two.');
  });

  test('of very many claims, some are shown in full and the rest by their headings', () => {
    const cells = Array.from({ length: 25 }, (_, at) => ({ ...NEW, property: `claim-${at}` }));
    const report = { ...EVERYTHING, entries: [entryOf('gated/v1', cells)] };
    const some = renderGate(report, PAGE);
    expect(some.match(/is violated, and was/g)).toHaveLength(25);
    expect(some.match(/If that is right/g)).toHaveLength(20);
    expect(some.match(/^reproduce: /gm)).toHaveLength(20);
    expect(some).toContain('\n--all shows each of them in full.\n');
    expect(renderGate(report, { ...PAGE, all: true }).match(/If that is right/g)).toHaveLength(25);
  });
});

describe('of a violation that was expected and not found, the report says', () => {
  const missing = (found: 'holds' | 'inconclusive', exercised: number, stored: number, profile = 'quick') => {
    const entry = entryOf('gated/v1', [{ ...MISSING, found }]);
    const result = {
      ...entry.result,
      verdicts: entry.result.verdicts.map((verdict) => ({ ...verdict, exercised })),
    };
    const entries = [{ ...entry, result, stored: new Map([['pins-are-balanced', stored]]) }];
    return renderGate({ ...EVERYTHING, profile, entries }, { color: false, width: 400 });
  };

  test('that it was never exercised, and that nothing was stored to begin with', () => {
    const text = missing('inconclusive', 0, 0);
    expect(text).toContain(
      'gated/v1 (posted 2025-01-01): pins-are-balanced was expected to be violated, and is inconclusive: never exercised in 12,345 executions\n',
    );
    expect(text).toContain(
      '  The corpus has no counterexample to it to begin with, and so short a search may miss it: search longer (--profile ci), or store one with npx zpci-fuzz run --model gated/v1 --property pins-are-balanced.\n',
    );
    expect(text).toMatch(/^not as expected: 1 expected violation not found, /m);
  });

  test('how to search longer than it did', () => {
    expect(missing('holds', 1, 0, 'ci')).toContain('search longer (--profile nightly)');
    expect(missing('holds', 1, 0, 'nightly')).toContain('search longer (--runs N)');
  });

  test('nothing of the corpus where that has one', () => {
    for (const found of ['holds', 'inconclusive'] as const) {
      expect(missing(found, 0, 1)).not.toContain('to begin with');
      expect(missing(found, 0, 1)).toContain('if not, search longer (--profile ci).');
    }
  });

  test('why else it is inconclusive', () => {
    const text = missing('inconclusive', 5, 1);
    expect(text).toMatch(/was expected to be violated, and is inconclusive$/m);
    expect(text).toContain('\n  never exercised: its precondition did not happen.\n');
  });
});

test('a violation where nothing was to be decided says so', () => {
  const odd = { ...NEW, expected: 'inconclusive', expectation: expected('inconclusive') } as const;
  expect(
    renderGate({ ...EVERYTHING, entries: [entryOf('gated/v1', [odd])] }, { color: false, width: 200 }),
  ).toContain('no-lost-update is violated, and was expected to be inconclusive\n');
});

describe('what is inconclusive and no failure', () => {
  const open = (...rest: Parameters<typeof expected>) =>
    cell('a', 'inconclusive', { expectation: expected(...rest) });
  const entries = [
    entryOf('gated/pre', [open('inconclusive'), cell('b', 'inconclusive')]),
    entryOf('gated/v1', [open('may be violated'), cell('c', 'holds')]),
  ];

  test('is named, as expected or not counted', () => {
    expect(renderGate({ ...EVERYTHING, left: 0, entries }, PAGE)).toContain(
      [
        'inconclusive, as expected: 2',
        '  gated: a on pre, v1',
        '',
        'inconclusive, expected to hold, and not counted after so short a search: 1',
        '  gated: b on pre',
        '',
        'as expected: 4 verdicts on 2 states; 3 inconclusive',
      ].join('\n'),
    );
  });

  test('is only counted in a quiet report', () => {
    const text = renderGate({ ...EVERYTHING, left: 0, entries }, { ...PAGE, quiet: true });
    expect(text).not.toMatch(/^inconclusive/m);
    expect(text).toMatch(/; 3 inconclusive$/m);
  });
});

test('what a selection has from its version or from before the series is said, in a quiet report as well', () => {
  const may = { expectation: expected('may be violated') };
  const entry = entryOf('gated/v1:1', [
    cell('a', 'violated', { ...may, inheritedFrom: 'v1' }),
    cell('b', 'holds', { ...may, inheritedFrom: 'v1' }),
    cell('c', 'violated', { ...may, inheritedFrom: 'pre' }),
  ]);
  expect(renderGate({ ...EVERYTHING, left: 0, entries: [entry] }, { ...PAGE, quiet: true })).toContain(
    'gated/v1:1: a (v1), c (pre)\n',
  );
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
      'incomplete: 1 of 2 states not searched to the end; as expected so far: 1 verdict on 1 state',
      { ...of(cell('a', 'holds')), total: 2, left: 1 },
    ],
    [
      'incomplete: 3 of 3 states not searched to the end; as expected so far: 0 verdicts on 0 states',
      { entries: [], total: 3, left: 3 },
    ],
    [
      'not as expected: 1 violated unexpectedly, of 1 verdict on 1 state; 7 of 8 states not searched to the end',
      { ...of(NEW), left: 7 },
    ],
    [
      'nothing to do: since main, no file has changed that a verdict on these models depends on',
      { entries: [], total: 0, changes: { since: 'main', series: [] } },
    ],
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
      beside: [],
      exercised: 1_234,
      stored: 3,
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
      beside: [
        { state: 'rfc', broken: true, by: 'expected' },
        { state: 'v0', broken: false, by: 'found' },
      ],
    });
  });

  test('it says what an expectation is inherited from, and why a series was looked at', () => {
    const entry = entryOf('gated/v1:1', [
      cell('a', 'violated', { expectation: expected('may be violated'), inheritedFrom: 'pre' }),
    ]);
    const json = gateJson({ ...EVERYTHING, entries: [entry], changes: CHANGES });
    expect(json.models[0]!.verdicts[0]).toMatchObject({ expected: 'may be violated', inheritedFrom: 'pre' });
    expect(json.changed).toEqual(CHANGES);
    expect(gateJson(EVERYTHING).changed).toBeNull();
  });

  const okOf = (entries: readonly GateEntry[], left = 0): boolean => {
    const { ok, complete } = gateJson({ ...EVERYTHING, entries, left });
    expect(complete).toBe(left === 0);
    return ok;
  };

  test('it is ok where every verdict is as expected, nothing hangs and nothing is left', () => {
    const sound = entryOf('gated/v1', [cell('a', 'holds')]);
    expect(okOf([sound])).toBe(true);
    expect(okOf([sound, EVERYTHING.entries[3]!])).toBe(false);
    expect(okOf([sound, entryOf('gated/v1', [MISSING])])).toBe(false);
    expect(okOf([sound], 1)).toBe(false);
    expect(okOf([], 1)).toBe(false);
    // Nothing has changed.
    expect(okOf([])).toBe(true);
  });
});
