import { describe, expect, test } from 'vitest';
import { type Ends, endsOf } from '../harness/campaign/ends.ts';
import type { BoundCoverage, VerifyResult } from '../harness/campaign/exhausted.ts';
import type { Verdict } from '../harness/campaign/result.ts';
import type { Operation } from '../harness/model/model.ts';
import type { Scenario } from '../harness/scenario/scenario.ts';
import { zpciIo } from '../models/zpci-io/series.ts';
import { type Limits, largeCount, limitsText, scenarioBound } from './bound-text.ts';
import { load, UNPRINTABLE, widestLine } from './recordings.fixture.ts';
import { renderEnds } from './verify-ends.ts';
import { endsJson, verifyJson } from './verify-json.ts';
import { renderVerify } from './verify-model.ts';

const ALL: Limits = { preemptionsMax: null, stepsMax: 10_000 };
const PAGE = { color: false, width: 80 };

const holds = (property: string): Verdict => ({
  property,
  claim: `${property} is so`,
  verdict: 'holds',
  exercised: 12_345,
  kinds: [],
});
const unexercised: Verdict = {
  property: 'pins-balanced',
  claim: 'pins are balanced',
  verdict: 'inconclusive',
  reason: 'never exercised: its precondition did not happen',
  exercised: 0,
  kinds: [],
};
const violated: Verdict = {
  property: 'request-executes-as-validated',
  claim: 'what is checked is executed',
  verdict: 'violated',
  exercised: 40_000,
  kinds: [{ kind: 'gaddr-changed', executions: 1_234 }],
};

/** The last section as one line. */
const conclusionOf = (text: string): string => text.trimEnd().split('\n\n').at(-1)!.replace(/\n +/g, ' ');

// What `verify FILE` prints.

const model = zpciIo.model('v3')!;
const v1 = zpciIo.model('v1')!;
const OPS: readonly Operation[] = [load('user0', '0x10000', 8), load('user1', '0x11000', 8)];
const scenarioOf = (ops: readonly Operation[], rest: Partial<Scenario> = {}): Scenario => ({
  format: 1,
  model: 'zpci-io/v1',
  ops,
  ...rest,
});

const ENDS: Ends = {
  explored: {
    schedules: 4,
    pruned: 0,
    steps: 1_234,
    stepLimits: 0,
    livelocks: 0,
    complete: true,
    stopped: false,
    unreduced: 622n,
  },
  ends: [
    {
      outcome: 'finished',
      calls: [
        { actor: 'user0', op: 'region_write', ret: 32 },
        { actor: 'user1', op: 'region_write', ret: -5 },
      ],
      device: [{ actor: 'user0', insn: 'pcilg', pcias: 0, offset: 0, len: 8 }],
      schedules: 3,
      byDesign: false,
    },
    {
      outcome: 'deadlock',
      calls: [{ actor: 'user0', op: 'region_write' }],
      device: [],
      schedules: 1,
      byDesign: false,
    },
  ],
  verdicts: [holds('no-deadlock')],
  violations: [],
  tooMany: false,
};
const exploredWith = (changes: Partial<Ends['explored']>): Ends => ({
  ...ENDS,
  explored: { ...ENDS.explored, ...changes },
});
const BROKEN: Pick<Ends, 'verdicts' | 'violations'> = {
  verdicts: [holds('no-deadlock'), violated],
  violations: [
    {
      property: violated.property,
      kind: 'gaddr-changed',
      schedules: 1,
      scenario: scenarioOf(OPS),
      switches: 1,
      isShortest: true,
    },
  ],
};

const endsText = (ends: Ends, limits: Limits = ALL, scenario = scenarioOf(OPS), width = 80): string =>
  renderEnds(model, scenario, ends, limits, { color: false, width });

describe('what all schedules of some operations lead to', () => {
  test('is said with the operations, the ends, the verdicts and the bound', () => {
    const text = endsText({ ...ENDS, verdicts: [holds('no-deadlock'), unexercised] });
    expect(text).toMatchInlineSnapshot(`
      "zpci-io/v3 (proposed in review 2021-01-27)
      A derived driver that serves the BAR indexes with one instruction a call. Nobody
      posted a v3.

      operations
        user0  region_write pos=16 count=32 req={flags=1 gaddr=0x10000 len=8}
        user1  region_write pos=16 count=32 req={flags=1 gaddr=0x11000 len=8}

      2 different ends
        3x  finished: user0 region_write 32; user1 region_write -5 (-EIO) | device:
              user0 insn=pcilg pcias=0 offset=0 len=8
        1x  deadlock: user0 region_write never returned

        inconclusive  pins-balanced  never exercised: its precondition did not happen
        holds         no-deadlock    exercised 12,345x

      bound       every schedule of these 2 operations by 2 actors, executions of up
                  to 10,000 steps
      schedules   4 executed, 1,234 steps
      instead of  622 schedules without partial-order reduction

      proved on this model, within the bound: 1 of 2 claims hold under every schedule,
        the others were never exercised
      "
    `);
  });

  test.each<[string, Ends, Limits, string]>([
    ['proved', ENDS, ALL, 'proved on this model, within the bound: 1 of 1 claim hold under every schedule'],
    [
      'proved but for claims that nothing exercised',
      { ...ENDS, verdicts: [holds('a'), holds('b'), unexercised] },
      ALL,
      'proved on this model, within the bound: 2 of 3 claims hold under every schedule, the others were never exercised',
    ],
    [
      'proved within bounded preemptions, and no further',
      exploredWith({ unreduced: null }),
      { preemptionsMax: 1, stepsMax: 10_000 },
      'proved on this model, within the bound: 1 of 1 claim hold under every schedule with at most 1 preemption',
    ],
    [
      'nothing, where nothing was exercised',
      { ...ENDS, verdicts: [unexercised] },
      ALL,
      'nothing proved: none of 1 claim was exercised',
    ],
    ['violated', { ...ENDS, ...BROKEN }, ALL, 'violated: 1 of 2 claims'],
    [
      'violated, and not explored to the end',
      { ...exploredWith({ complete: false, schedules: 50_000, unreduced: null }), ...BROKEN },
      ALL,
      'violated: 1 of 2 claims; there may be more: given up after 50,000 schedules (--max-schedules)',
    ],
    [
      'no proof, where there were too many schedules',
      exploredWith({ complete: false, schedules: 50_000, unreduced: null }),
      ALL,
      'nothing violated so far, and no proof: given up after 50,000 schedules (--max-schedules)',
    ],
    [
      'no proof, where time was over',
      exploredWith({ complete: false, stopped: true, schedules: 1, unreduced: null }),
      ALL,
      'nothing violated so far, and no proof: stopped after 1 schedule',
    ],
    [
      'no proof, where there are more ends than fit',
      { ...exploredWith({ complete: false, stopped: true, schedules: 9, unreduced: null }), tooMany: true },
      ALL,
      'nothing violated so far, and no proof: 2 different ends, and there are more',
    ],
    [
      'no proof, where executions were cut off or go round for ever',
      exploredWith({ complete: false, stepLimits: 1, livelocks: 2, unreduced: null }),
      ALL,
      'nothing violated so far, and no proof: 3 executions reached the step limit or a livelock',
    ],
  ])('concludes: %s', (_what, ends, limits, conclusion) => {
    expect(conclusionOf(endsText(ends, limits))).toBe(conclusion);
  });

  test('says how many schedules that stands for, where there was a reduction', () => {
    const stands = (ends: Ends, limits: Limits = ALL) =>
      /^instead of {2}.*$/m.exec(endsText(ends, limits))?.[0];
    expect(stands(ENDS)).toBe('instead of  622 schedules without partial-order reduction');
    expect(stands(exploredWith({ unreduced: 1n }))).toBe(
      'instead of  1 schedule without partial-order reduction',
    );
    expect(stands(exploredWith({ unreduced: 3n ** 80n }))).toBe(
      'instead of  1.47e38 schedules without partial-order reduction',
    );
    expect(stands(exploredWith({ unreduced: null }))).toBe('instead of  more schedules than were counted');
    expect(stands(exploredWith({ unreduced: null, complete: false }))).toBe(
      'instead of  an unknown number: the exploration did not come to its end',
    );
    const bounded = endsText(exploredWith({ unreduced: null }), { preemptionsMax: 2, stepsMax: 10 });
    expect(bounded).not.toMatch('instead of');
  });

  test('counts what was abandoned half way', () => {
    expect(endsText(exploredWith({ pruned: 1_000 }))).toMatch(
      'schedules   4 executed, 1,000 more abandoned half way, 1,234 steps',
    );
  });

  test('shows the first ends and says how many more there are', () => {
    const many = Array.from({ length: 1_212 }, (_, at) => ({ ...ENDS.ends[0]!, schedules: at + 1 }));
    const text = endsText({ ...ENDS, ends: many });
    expect(text).toMatch(/^1,212 different ends$/m);
    expect(text).toMatch('\n  12x  finished: ');
    expect(text).not.toMatch('\n  13x');
    expect(text).toMatch(/^ {2}and 1,200 more; --json lists all$/m);
    expect(endsText({ ...ENDS, ends: many.slice(0, 12) })).not.toMatch('more;');
  });

  test('names the world where it is not the default', () => {
    expect(endsText(ENDS, ALL, scenarioOf(OPS, { world: { maxstbl: 128 } }))).toMatch(
      /^ {2}world {2,}maxstbl=128$/m,
    );
    expect(endsText(ENDS)).not.toMatch('world');
  });

  test('exceeds no width and prints nothing that a terminal obeys', () => {
    const real = endsOf(v1, scenarioOf(OPS), {
      ...ALL,
      schedulesMax: 2_000,
      properties: v1.properties.map(({ id }) => id),
    });
    const hostile: Ends = {
      ...real,
      verdicts: [...real.verdicts, { ...unexercised, reason: 'because\u001b[2J\u202e\nof that' }],
      ends: [
        ...real.ends.slice(0, 3),
        { ...real.ends[0]!, device: [{ actor: 'user0', insn: `x\u001b[31m${'y'.repeat(200)}` }] },
      ],
    };
    for (const ends of [ENDS, real, hostile, { ...ENDS, ...BROKEN }]) {
      for (const width of [60, 80, 100]) {
        const text = endsText(ends, { preemptionsMax: 100, stepsMax: 1 << 20 }, undefined, width);
        expect(widestLine(text)).toBeLessThanOrEqual(width);
        expect(text).not.toMatch(UNPRINTABLE);
      }
    }
  });
});

// What `verify MODEL` prints.

const BOUND: BoundCoverage = {
  bound: { kind: 'typical', ops: 1, changes: 2 },
  about: 'every single operation, up to two fields or settings at another boundary value',
  of: 6_353,
  scenarios: 6_353,
  schedules: 7_000,
  pruned: 3,
  steps: 123_456,
  stepLimits: 0,
  livelocks: 0,
  incomplete: 0,
  largest: 12,
  unreduced: '31677',
  counted: 6_353,
  deadlocks: 2,
  endlessByDesign: 0,
  complete: true,
};
const UNFINISHED: BoundCoverage = {
  ...BOUND,
  bound: { kind: 'small world', id: 'two-writers' },
  about: 'two writers with two requests each, out of 14 on both sides of every check',
  of: 19_306,
  scenarios: 300,
  schedules: 1_000_000,
  incomplete: 10,
  counted: 290,
  unreduced: '123456789012345678901234',
  complete: false,
};

const resultOf = (changes: Partial<VerifyResult> = {}): VerifyResult => {
  const { bounds = [BOUND], stopped = null } = changes;
  return {
    model: 'zpci-io/v3',
    exhaustive: stopped === null && bounds.every(({ complete }) => complete),
    bounds,
    verdicts: [holds('no-deadlock')],
    facts: [],
    violations: [],
    lockOrder: { locks: ['a', 'b'], asks: [], closed: [], predicted: [] },
    stopped,
    ...changes,
  };
};
const info = { label: 'proposed in review 2021-01-27', about: 'A derived driver. Nobody posted a v3.' };
const modelText = (result: VerifyResult, limits: Limits = ALL, width = 80): string =>
  renderVerify(result, info, limits, { ...PAGE, width });

describe('what the exploration of a model says', () => {
  test('is said with the verdicts, each bound and its counts', () => {
    const text = modelText(
      resultOf({ bounds: [BOUND, UNFINISHED], verdicts: [holds('no-deadlock'), unexercised, violated] }),
    );
    expect(text).toMatchInlineSnapshot(`
      "zpci-io/v3 (proposed in review 2021-01-27)
      A derived driver. Nobody posted a v3.

        violated      request-executes-as-validated  1,234x gaddr-changed
        inconclusive  pins-balanced
                        never exercised: its precondition did not happen
        holds         no-deadlock                    exercised 12,345x

      explored, under all schedules, executions of up to 10,000 steps
        = every single operation, up to two fields or settings at another boundary
          value
            6,353 sequences, 7,000 schedules executed, instead of 31,677
        ! two writers with two requests each, out of 14 on both sides of every check
            300 of 19,306 sequences, 1,000,000 schedules executed, instead of 1.23e23
            (counted for 290 of them), 10 sequences not explored to the end

      locks    2 locks, nested in 0 orders, no cycle

      violated: 1 of 3 claims
      no proof: 1 bound marked ! could not be finished (--max-schedules); 1 of 3
        claims hold in what was explored; inconclusive: 1
      "
    `);
  });

  test.each<[string, Partial<VerifyResult>, string]>([
    [
      'proved',
      { verdicts: [holds('a'), holds('b')] },
      'proved on this model, within the bound: 2 of 2 claims, over 7,000 schedules',
    ],
    [
      'proved but for claims that nothing exercised',
      { bounds: [BOUND, BOUND], verdicts: [holds('a'), unexercised] },
      'proved on this model, within the bound: 1 of 2 claims, over 14,000 schedules; inconclusive: 1',
    ],
    [
      'nothing, where nothing was exercised',
      { verdicts: [unexercised] },
      'nothing proved: none of 1 claim holds; inconclusive: 1',
    ],
    [
      'violated, and the rest proved',
      { verdicts: [holds('a'), violated] },
      'violated: 1 of 2 claims\nproved on this model, within the bound: 1 of 2 claims, over 7,000 schedules',
    ],
    [
      'violated alone',
      { verdicts: [violated] },
      'violated: 1 of 1 claim\nnothing proved: none of 1 claim holds',
    ],
    [
      'no proof, where there were too many schedules',
      { bounds: [BOUND, UNFINISHED] },
      'no proof: 1 bound marked ! could not be finished (--max-schedules); 1 of 1 claim hold in what was explored',
    ],
    [
      'no proof, where time was over',
      { bounds: [BOUND, UNFINISHED], stopped: 'time' },
      'no proof: stopped by --time; 1 of 1 claim hold in what was explored',
    ],
    [
      'no proof, where time was over between two bounds',
      { bounds: [BOUND], stopped: 'time' },
      'no proof: stopped by --time; 1 of 1 claim hold in what was explored',
    ],
    [
      'no proof, where somebody stopped it',
      { bounds: [UNFINISHED], stopped: 'interrupt' },
      'no proof: stopped by a signal; 1 of 1 claim hold in what was explored',
    ],
    [
      'no proof, where executions were cut off or go round for ever',
      { bounds: [{ ...UNFINISHED, stepLimits: 1, livelocks: 1 }], verdicts: [holds('a'), unexercised] },
      'no proof: 2 executions reached the step limit or a livelock; 1 of 2 claims hold in what was explored; inconclusive: 1',
    ],
  ])('concludes: %s', (_what, changes, conclusion) => {
    expect(conclusionOf(modelText(resultOf(changes)))).toBe(conclusion);
  });

  test('says of sequences that were cut off only that they were not explored to the end', () => {
    const cut = { ...BOUND, incomplete: 2, stepLimits: 7, complete: false, counted: 6_351 };
    const text = modelText(resultOf({ bounds: [cut] }));
    expect(text).toMatch('2 sequences not explored to the end');
    expect(text).not.toMatch('too many schedules');
  });

  test('says which schedules were in the bound', () => {
    const text = modelText(resultOf(), { preemptionsMax: 2, stepsMax: 500 }).replace(/\n {2}(?=\w)/g, ' ');
    expect(text).toMatch(
      /^explored, under all schedules with at most 2 preemptions, executions of up to 500 steps$/m,
    );
  });

  test('says nothing of counts that there are not', () => {
    const text = modelText(resultOf({ bounds: [{ ...BOUND, counted: 0, unreduced: '0' }] }));
    expect(text).not.toMatch('instead of');
    expect(text).toMatch('6,353 sequences, 7,000 schedules executed\n');
  });

  test('exceeds no width and prints nothing that a terminal obeys', () => {
    const hostile = resultOf({
      bounds: [BOUND, UNFINISHED, { ...BOUND, about: `small\u001b[2J\u202e\n${'world'.repeat(40)}` }],
      verdicts: [
        violated,
        { ...unexercised, reason: 'because\u001b[2J\u202e\nof that' },
        holds('x'.repeat(90)),
      ],
      stopped: 'time',
    });
    for (const result of [resultOf(), hostile]) {
      for (const width of [60, 80, 100]) {
        const text = modelText(result, { preemptionsMax: 100, stepsMax: 1 << 20 }, width);
        expect(widestLine(text)).toBeLessThanOrEqual(width);
        expect(text).not.toMatch(UNPRINTABLE);
      }
    }
  });
});

describe('as JSON', () => {
  const provenance = { label: info.label, status: 'proposed in review' } as const;

  test('ends are plain data in a fixed order of keys', () => {
    const json = endsJson(v1, scenarioOf(OPS), { ...ENDS, ...BROKEN }, ALL);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(Object.keys(json).slice(0, 8)).toEqual([
      'format',
      'model',
      'provenance',
      'exhaustive',
      'bound',
      'scenarios',
      'schedules',
      'pruned',
    ]);
    expect(json).toMatchObject({
      unreduced: '622',
      outcomes: ENDS.ends.map(({ outcome, calls, device }) => ({ outcome, calls, device })),
      violations: [{ schedules: 1, scenarios: 1, switches: 1, shortest: true, scenario: scenarioOf(OPS) }],
    });
    expect(json.outcomes[0]).not.toHaveProperty('schedules');
    expect(endsJson(v1, scenarioOf(OPS), exploredWith({ unreduced: null }), ALL).unreduced).toBeNull();
  });

  test('bounds add up, and schedules are counted where they were counted for all', () => {
    const json = verifyJson(resultOf({ bounds: [BOUND, BOUND] }), provenance, ALL);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json).toMatchObject({
      format: 1,
      model: 'zpci-io/v3',
      provenance,
      exhaustive: true,
      bound: `${BOUND.about}; ${BOUND.about}, under all schedules, executions of up to 10,000 steps`,
      scenarios: 12_706,
      schedules: 14_000,
      pruned: 6,
      unreduced: '63354',
    });
    const part = verifyJson(resultOf({ bounds: [BOUND, UNFINISHED] }), provenance, ALL);
    expect(part).toMatchObject({
      exhaustive: false,
      unreduced: null,
      bounds: [
        { exhaustive: true, givenUp: 0, unreduced: { schedules: '31677', scenarios: 6_353 } },
        { exhaustive: false, givenUp: 10, of: 19_306, scenarios: 300 },
      ],
    });
  });

  test('a violation without a scenario of its own has null', () => {
    const one = {
      property: 'a',
      kind: 'b',
      schedules: 3,
      scenarios: 2,
      shortest: null,
      settled: true,
      isShortest: false,
    };
    const { violations } = verifyJson(resultOf({ violations: [one] }), provenance, ALL);
    expect(violations).toEqual([
      {
        property: 'a',
        kind: 'b',
        schedules: 3,
        scenarios: 2,
        scenario: null,
        switches: null,
        shortest: false,
      },
    ]);
  });
});

describe('bounds in words', () => {
  test('of some operations', () => {
    expect(scenarioBound(scenarioOf(OPS), ALL)).toBe(
      'every schedule of these 2 operations by 2 actors, executions of up to 10,000 steps',
    );
    expect(scenarioBound(scenarioOf(OPS.slice(1)), { preemptionsMax: 0, stepsMax: 1 })).toBe(
      'every schedule with at most 0 preemptions of this operation by 1 actor, executions of up to 1 step',
    );
    const three = [...OPS, OPS[0]!];
    expect(scenarioBound(scenarioOf(three), ALL)).toMatch(
      /^every schedule of these 3 operations by 2 actors,/,
    );
  });

  test('of all scenarios', () => {
    expect(limitsText(ALL)).toBe(', under all schedules, executions of up to 10,000 steps');
    expect(limitsText({ preemptionsMax: 1, stepsMax: 20 })).toBe(
      ', under all schedules with at most 1 preemption, executions of up to 20 steps',
    );
  });

  test.each([
    ['0', '0'],
    ['999', '999'],
    ['1000', '1,000'],
    ['27569181690', '27,569,181,690'],
    ['999999999999999', '999,999,999,999,999'],
    ['1000000000000000', '1.00e15'],
    ['123456789012345678901234', '1.23e23'],
    ['129999999999999999', '1.29e17'],
  ])('a number of schedules: %s is %s', (decimal, text) => {
    expect(largeCount(decimal)).toBe(text);
  });
});
