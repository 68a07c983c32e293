import { describe, expect, test } from 'vitest';
import type { Expectation } from '../model/expectation.ts';
import { nursery } from '../model/nursery.fixture.ts';
import { defineSeries, type Series } from '../model/series.ts';
import type { Source } from '../model/source.ts';
import { type GateCell, type GateRules, gateCells, type Problem } from './gate.ts';
import type { Verdict } from './result.ts';
import type { Beside, FoundOn, Standing } from './standing.ts';

const source: Source = { status: 'inferred', note: 'for tests' };
const CLAIM = 'toys-are-shared';

const STATES = [
  { id: 'pre', aliases: ['base'] },
  { id: 'v1' },
  { id: 'v1+hp' },
  { id: 'v2' },
  { id: 'v3', aliases: ['mainline'] },
].map((state) => ({ ...state, source, about: '' }));
const MUTANT = { id: 'v2+mutant-greedy', source: { status: 'mutant' } as const, about: '' };

/** As many patches as selections name; what they do is no matter. */
const patches = ['1/2', '2/2'].map((id) => ({ id, subject: id, source, apply: (kernel: object) => kernel }));

const states = [...STATES, MUTANT].map((state) => ({ ...state, patches }));

/** What is expected of the claim, by state. */
type Expected = Readonly<Record<string, Expectation['verdict'] | Partial<Expectation>>>;

function seriesWith(expected: Expected): Series {
  const expectations = Object.entries(expected).map(([state, one]): Expectation => {
    const rest = typeof one === 'string' ? { verdict: one } : one;
    return { property: CLAIM, states: [state], verdict: 'violated', reason: `${state}.`, source, ...rest };
  });
  const { name, title, thread, operations, world } = nursery;
  const { model } = nursery;
  return defineSeries({
    name,
    title,
    thread,
    operations,
    world,
    base: {},
    states,
    features: () => new Set<string>(),
    properties: [],
    expectations,
    compile: (operation) => operation,
    configure: () => null,
    createWorld: (machine, settings) => model('v1')!.createWorld(machine, settings, null),
  });
}

const RULES: GateRules = { today: '2026-01-01', decides: true };

function cellOf(
  state: string,
  found: Verdict['verdict'],
  expected: Expected = {},
  rules: Partial<GateRules> = {},
  run: Readonly<Record<string, Verdict['verdict']>> = {},
): GateCell {
  const series = seriesWith(expected);
  const verdict: Verdict = { property: CLAIM, claim: '', verdict: found, exercised: 1, kinds: [] };
  const result = { verdicts: [verdict], facts: [] };
  const foundOn: FoundOn = new Map(Object.entries(run).map(([id, one]) => [id, new Map([[CLAIM, one]])]));
  const model = series.model(state)!;
  const [cell, ...others] = gateCells(series, model, result, { ...RULES, ...rules }, foundOn);
  expect(others).toEqual([]);
  return cell!;
}

describe('a verdict is', () => {
  test.each<[Expectation['verdict'] | 'holds', Verdict['verdict'], Problem | null]>([
    ['holds', 'holds', null],
    ['holds', 'violated', 'unexpected-violation'],
    ['holds', 'inconclusive', 'nothing-said'],
    ['violated', 'holds', 'missing-violation'],
    ['violated', 'violated', null],
    ['violated', 'inconclusive', 'missing-violation'],
    ['inconclusive', 'holds', 'decided'],
    ['inconclusive', 'violated', 'unexpected-violation'],
    ['inconclusive', 'inconclusive', null],
    ['may be violated', 'holds', null],
    ['may be violated', 'violated', null],
    ['may be violated', 'inconclusive', null],
  ])('expected: %s, found: %s, hence %s', (verdict, found, problem) => {
    const cell = cellOf('v2', found, verdict === 'holds' ? {} : { v2: verdict });
    expect(cell).toMatchObject({ property: CLAIM, expected: verdict, found, problem });
    expect(cell.expectation?.reason).toBe(verdict === 'holds' ? undefined : 'v2.');
  });

  test.each<[Expectation['verdict'] | 'holds', Verdict['verdict'], Problem | null]>([
    ['holds', 'inconclusive', null],
    ['inconclusive', 'holds', null],
    ['holds', 'violated', 'unexpected-violation'],
    ['inconclusive', 'violated', 'unexpected-violation'],
    ['violated', 'holds', 'missing-violation'],
    ['violated', 'inconclusive', 'missing-violation'],
  ])('after a short search, expected: %s, found: %s, hence %s', (verdict, found, problem) => {
    const expected: Expected = verdict === 'holds' ? {} : { v2: verdict };
    expect(cellOf('v2', found, expected, { decides: false }).problem).toBe(problem);
  });
});

describe('an expectation with a date', () => {
  const dated = (expires: string, verdict: Expectation['verdict'] = 'violated'): Expected => ({
    v2: { verdict, expires },
  });

  test.each<[string, Problem | null]>([
    ['2026-01-02', null],
    ['2026-01-01', 'expired'],
    ['2025-12-31', 'expired'],
  ])('%s', (expires, problem) => {
    expect(cellOf('v2', 'violated', dated(expires)).problem).toBe(problem);
  });

  test('that has come does not hide what is worse', () => {
    expect(cellOf('v2', 'holds', dated('2025-01-01')).problem).toBe('missing-violation');
    expect(cellOf('v2', 'violated', dated('2025-01-01', 'inconclusive')).problem).toBe(
      'unexpected-violation',
    );
  });

  test('that has come is said where either verdict would be fine, and after a short search', () => {
    expect(cellOf('v2', 'holds', dated('2025-01-01', 'may be violated')).problem).toBe('expired');
    expect(
      cellOf('v2', 'inconclusive', dated('2025-01-01', 'inconclusive'), { decides: false }).problem,
    ).toBe('expired');
  });
});

describe('expectations go', () => {
  test.each([
    ['by state', 'v2', 'v1'],
    ['not from a selection to its version', 'v2', 'v2:1'],
    ['not to another order of the same patches', 'v2:2+1', 'v2:1+2'],
    ['not from a state to a mutant of it', 'v2+mutant-greedy', 'v2'],
    ['not from a version to one with a patch on top', 'v1+hp', 'v1'],
  ])('%s', (_how, state, named) => {
    expect(cellOf(state, 'violated', { [named]: 'violated' })).toMatchObject({
      expected: 'holds',
      problem: 'unexpected-violation',
      expectation: null,
    });
  });

  test.each([
    ['to a state by its other name', 'mainline', 'v3'],
    ['to a selection by the other name of its version', 'mainline:1', 'v3:1'],
    ['to a selection', 'v3:1+2', 'v3:1+2'],
    ['to a mutant', 'v2+mutant-greedy', 'v2+mutant-greedy'],
  ])('%s', (_how, state, named) => {
    expect(cellOf(state, 'violated', { [named]: 'violated' })).toMatchObject({
      expected: 'violated',
      problem: null,
      expectation: { reason: `${named}.` },
    });
  });

  test('by claim', () => {
    const other: Expected = { v2: { property: 'another-claim', verdict: 'violated' } };
    expect(cellOf('v2', 'violated', other).problem).toBe('unexpected-violation');
  });
});

describe('a selection that no expectation names', () => {
  test.each<[string, string, Expected, string, Expectation['verdict'], string]>([
    ['its version', 'v2:1', { v2: 'violated' }, 'v2', 'may be violated', 'v2.'],
    ['its version by another name', 'mainline:1', { v3: 'violated' }, 'v3', 'may be violated', 'v3.'],
    ['the state before the series', 'v2:0', { pre: 'violated' }, 'pre', 'may be violated', 'pre.'],
    [
      'the state before the series first',
      'v2:1',
      { v2: 'violated', pre: 'violated' },
      'pre',
      'may be violated',
      'pre.',
    ],
    ['what may be violated', 'v2:1', { v2: 'may be violated' }, 'v2', 'may be violated', 'v2.'],
    ['what nobody can decide', 'v2:1', { v2: 'inconclusive' }, 'v2', 'inconclusive', 'v2.'],
    [
      'a violation rather than what nobody can decide',
      'v2:1',
      { v2: 'inconclusive', pre: 'violated' },
      'pre',
      'may be violated',
      'pre.',
    ],
  ])('inherits from %s', (_what, state, expected, from, verdict, reason) => {
    expect(cellOf(state, 'inconclusive', expected)).toMatchObject({
      expected: verdict,
      problem: null,
      inheritedFrom: from,
      expectation: { reason },
    });
  });

  test('is as expected whether it has the violation or not', () => {
    const expected: Expected = { v2: 'violated' };
    expect(cellOf('v2:1', 'violated', expected).problem).toBeNull();
    expect(cellOf('v2:1', 'holds', expected).problem).toBeNull();
    expect(cellOf('v2:1', 'holds', { v2: 'inconclusive' }).problem).toBeNull();
    expect(cellOf('v2:1', 'violated', { v2: 'inconclusive' }).problem).toBe('unexpected-violation');
  });

  test('inherits no date: that is asked about on the state that has it', () => {
    const cell = cellOf('v2:1', 'violated', { v2: { expires: '2025-01-01' } });
    expect(cell).toMatchObject({ problem: null, inheritedFrom: 'v2' });
    expect(cell.expectation).not.toHaveProperty('expires');
  });

  test.each(['v1', 'v3', 'v1+hp', 'v2:2', 'v2+mutant-greedy'])('inherits nothing from %s', (other) => {
    expect(cellOf('v2:1', 'violated', { [other]: 'violated' })).toMatchObject({
      expected: 'holds',
      problem: 'unexpected-violation',
      inheritedFrom: null,
    });
  });

  test('inherits nothing once it is named, of whichever claim', () => {
    const other = { property: 'another-claim', verdict: 'violated' } as const;
    const expected: Expected = { v2: 'violated', pre: 'violated', 'v2:1': other };
    expect(cellOf('v2:1', 'violated', expected)).toMatchObject({
      expected: 'holds',
      problem: 'unexpected-violation',
      inheritedFrom: null,
    });
    expect(cellOf('v2:2', 'violated', expected)).toMatchObject({ problem: null, inheritedFrom: 'pre' });
  });
});

describe('what this run found on the states before', () => {
  type Run = Readonly<Record<string, Verdict['verdict']>>;
  const found = (state: string, broken: boolean): Beside => ({ state, broken, by: 'found' });
  const expectedTo = (state: string, broken: boolean): Beside => ({ state, broken, by: 'expected' });
  const violated = { verdict: 'violated' } as const;

  test.each<[string, Standing, string, Verdict['verdict'], Expected, Run, readonly Beside[]]>([
    [
      'counts, though it was expected to hold there',
      'still',
      'v3',
      'violated',
      {},
      { v2: 'violated' },
      [found('v2', true)],
    ],
    [
      'counts, though it was expected to be broken there',
      'regressed',
      'v3',
      'violated',
      { v1: violated, v2: violated },
      { v2: 'holds' },
      [expectedTo('v1', true), found('v2', false)],
    ],
    [
      'counts before the series',
      'pre-existing',
      'v2',
      'violated',
      {},
      { pre: 'violated', v1: 'holds' },
      [found('pre', true)],
    ],
    ['counts where it is mended', 'fixed', 'v3', 'holds', {}, { v2: 'violated' }, [found('v2', true)]],
    ['counts where nothing is mended', null, 'v3', 'holds', { v2: violated }, { v2: 'holds' }, []],
    [
      'counts where either was expected',
      'still',
      'v3',
      'violated',
      { v2: { verdict: 'may be violated' } },
      { v2: 'violated' },
      [found('v2', true)],
    ],
    [
      'says nothing where it is inconclusive',
      'still',
      'v3',
      'violated',
      { v2: violated },
      { v2: 'inconclusive' },
      [expectedTo('v2', true)],
    ],
  ])('%s: %s', (_what, standing, state, verdict, expected, run, beside) => {
    expect(cellOf(state, verdict, expected, {}, run)).toMatchObject({ standing, beside });
  });

  test('is told apart from what is expected, and from what does not apply', () => {
    const cell = cellOf('v2', 'violated', { 'v1+hp': 'may be violated' }, {}, { v1: 'holds' });
    expect(cell).toMatchObject({
      standing: 'new',
      beside: [
        // The series of this test has no claims of its own.
        { state: 'pre', broken: false, by: 'not applicable' },
        { state: 'v1', broken: false, by: 'found' },
        { state: 'v1+hp', broken: false, by: 'undecided' },
      ],
    });
    const v2 = nursery.model('v2')!;
    const facts = v2.stateVerdicts.map((one) => ({ ...one, verdict: 'violated' as const }));
    expect(facts).not.toEqual([]);
    for (const { property, beside } of gateCells(nursery, v2, { verdicts: [], facts }, RULES))
      expect(beside, property).toEqual([{ state: 'v1', broken: false, by: 'expected' }]);
  });
});

describe('beside the states before, a claim is', () => {
  const broken = (...ids: readonly string[]): Expected =>
    Object.fromEntries(ids.map((id) => [id, 'violated' as const]));

  test.each<[Standing, string, string, Verdict['verdict'], Expected]>([
    ['new', 'on the first state', 'pre', 'violated', broken('pre')],
    ['new', 'where no state before broke it', 'v2', 'violated', broken('v2', 'v3')],
    ['new', 'where only states after it break it', 'v1', 'violated', broken('v2', 'v3')],
    ['new', 'where only a mutant breaks it', 'v3', 'violated', broken('v2+mutant-greedy')],
    ['new', 'where the state before may or may not break it', 'v3', 'violated', { v2: 'may be violated' }],
    ['still', 'where the state before breaks it', 'v3', 'violated', broken('v2', 'v1')],
    ['still', 'on a patch on top of a state that breaks it', 'v1+hp', 'violated', broken('v1')],
    ['still', 'on a mutant of a state that breaks it', 'v2+mutant-greedy', 'violated', broken('v2')],
    ['regressed', 'where it held since', 'v3', 'violated', broken('v1')],
    ['regressed', 'on a mutant, where it held since', 'v2+mutant-greedy', 'violated', broken('v1')],
    [
      'regressed',
      'where the state before may break it',
      'v3',
      'violated',
      { v1: 'violated', v2: 'may be violated' },
    ],
    ['pre-existing', 'where it was so before the series', 'v1', 'violated', broken('pre')],
    ['pre-existing', 'also where it held since', 'v3', 'violated', broken('pre', 'v1')],
    ['fixed', 'where it holds and the state before broke it', 'v2', 'holds', broken('v1+hp')],
    ['fixed', 'in the first version', 'v1', 'holds', broken('pre')],
    ['fixed', 'on a patch on top', 'v1+hp', 'holds', broken('v1')],
    [null, 'where it holds as before', 'v2', 'holds', {}],
    [null, 'where it holds, and did on the state before', 'v3', 'holds', broken('v1')],
    [
      null,
      'where nothing can be said, though the state before broke it',
      'v2',
      'inconclusive',
      broken('v1+hp'),
    ],
    [null, 'where nothing can be said', 'v2', 'inconclusive', {}],
    ['pre-existing', 'on a selection', 'v3:1', 'violated', broken('pre')],
    ['still', 'on a selection, beside the version before its own', 'v3:2+1', 'violated', broken('v2')],
    ['new', 'on a selection whose own version breaks it', 'v3:1', 'violated', broken('v3')],
    ['still', 'on a state by its other name', 'mainline', 'violated', broken('v2')],
    ['new', 'on the first state by its other name', 'base', 'violated', broken('pre')],
  ])('%s %s: %s', (standing, _where, state, found, expected) => {
    expect(cellOf(state, found, expected).standing).toBe(standing);
  });
});

test('what cited facts decide is held against its expectation after what executions do', () => {
  const model = nursery.model('v1')!;
  const expectation: Expectation = {
    property: 'second-patch-builds',
    states: ['v1'],
    verdict: 'violated',
    reason: 'It does not link.',
    source,
  };
  const result = {
    verdicts: [{ property: CLAIM, claim: '', verdict: 'holds', exercised: 1, kinds: [] }] as const,
    facts: model.stateVerdicts,
  };
  expect(gateCells(nursery, model, result, RULES)).toMatchObject([
    { property: CLAIM, problem: null, standing: null },
    { property: 'second-patch-builds', found: 'violated', problem: 'unexpected-violation', standing: 'new' },
  ]);
  const expecting: Series = { ...nursery, expectations: [expectation] };
  expect(gateCells(expecting, model, result, RULES)[1]).toMatchObject({
    expected: 'violated',
    problem: null,
    expectation,
  });
  const v2 = nursery.model('v2')!;
  const mended = { verdicts: [], facts: v2.stateVerdicts };
  expect(gateCells(expecting, v2, mended, RULES)).toMatchObject([{ found: 'holds', standing: 'fixed' }]);
});
