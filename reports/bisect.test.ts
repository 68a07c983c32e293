import { describe, expect, test } from 'vitest';
import { type BisectVerdict, brokenBetween, turnsOf } from '../harness/campaign/bisect.ts';
import { series as dial } from '../harness/campaign/dial.fixture.ts';
import { type BisectReport, renderBisect } from './bisect.ts';
import { bisectJson } from './bisect-json.ts';

const CLAIM = 'keeps-to-the-dial';
const version = dial.model('v1')!;
const IDS = ['v1:0', 'v1:1', 'v1'];

/** A version of two patches with these verdicts on one claim; null: it does not apply. */
function reportOf(
  verdicts: readonly (BisectVerdict | null)[],
  changes: Partial<BisectReport> = {},
): BisectReport {
  const states = verdicts.map((verdict, at) => ({
    id: IDS[at]!,
    patch: at === 0 ? null : version.patches[at - 1]!,
    model: dial.model(IDS[at]!),
    problem: null,
    verdicts: new Map(verdict === null ? [] : [[CLAIM, verdict] as const]),
  }));
  return {
    version,
    patches: version.patches,
    ways: 'prefixes',
    states,
    between: brokenBetween(states),
    turns: turnsOf(states, CLAIM),
    left: 0,
    cut: null,
    bound: { opsMax: 2, worlds: 3, schedulesMax: 2_000, known: 0 },
    ...changes,
  };
}

const text = (...args: Parameters<typeof reportOf>): string =>
  renderBisect(reportOf(...args), { width: 80, color: false }).replace(/\n {2,6}(?=\S)/g, ' ');

describe('the headline', () => {
  test.each<[string, readonly (BisectVerdict | null)[], string]>([
    ['names who breaks', ['proved', 'violated', 'proved'], 'neither before the patches nor on v1.'],
    ['also where it did not apply', [null, 'violated', 'proved'], 'neither before the patches nor on v1.'],
    [
      'says where the ends are not proved',
      ['proved', 'violated', 'searched'],
      'and was not found to be before the patches or on v1, which is no proof.',
    ],
    [
      'also at the beginning',
      ['inconclusive', 'violated', 'proved'],
      'and was not found to be before the patches or on v1, which is no proof.',
    ],
  ])('%s', (_how, verdicts, ends) => {
    expect(text(verdicts)).toContain(`${CLAIM} is broken only on the way: at v1:1, ${ends}`);
  });

  test('says that there is none', () => {
    expect(text(['proved', 'proved', 'violated'])).toContain('No state on the way breaks a claim that both');
  });

  test('says that nobody knows, where states were left out', () => {
    for (const ended of [{ left: 1 }, { cut: 'v1' }]) {
      const printed = text(['proved', 'violated', 'proved'], { between: [], ...ended });
      expect(printed).toContain('Ended early: not known whether');
      expect(printed).not.toContain('No state on the way');
    }
  });
});

describe('a turn names the state that is not proved to keep the claim', () => {
  test('before the first bad', () => {
    expect(text(['searched', 'violated', 'violated'])).toContain(
      `${CLAIM}: 1/2 "dial: refuse 5"; that v1:0 keeps it is not proved`,
    );
  });

  test('the first good itself', () => {
    expect(text(['violated', 'violated', 'searched'])).toContain(
      `${CLAIM}: 2/2 "dial: refuse 2"; that v1 keeps it is not proved`,
    );
  });

  test('or none', () => {
    expect(text(['violated', 'violated', 'proved'])).not.toContain('not proved');
  });
});

test('the matrix explains blanks where it has any', () => {
  expect(text([null, 'violated', 'proved'])).toContain('? inconclusive, blank: does not apply');
  expect(text(['proved', 'violated', 'proved'])).not.toContain('blank');
});

test('the bound is what was explored', () => {
  expect(text(['proved', 'proved', 'proved'])).toContain(
    '3 states of dial: all scenarios of up to 2 operations and 3 small worlds, each under all schedules up to 2,000',
  );
  const bound = { opsMax: 1, worlds: 0, schedulesMax: 5, known: 1 };
  expect(text(['proved', 'proved', 'proved'], { bound, left: 2, cut: 'v1' })).toContain(
    '1 stored counterexample tried on each, then all scenarios of up to 1 operation, each under all schedules up to 5; ended early within v1; 2 states not looked at',
  );
});

test('JSON says what ended it', () => {
  expect(bisectJson(reportOf(['proved', 'violated', 'proved'], { cut: 'v1', left: 4 }))).toMatchObject({
    format: 1,
    model: 'dial/v1',
    left: 4,
    cutShort: 'v1',
    bound: { maxOps: 2, worlds: 3 },
    brokenBetween: [{ state: 'v1:1', property: CLAIM }],
    turns: [
      { to: 'bad', state: 'v1:1', patch: '1/2', exact: true },
      { to: 'good', state: 'v1', patch: '2/2', exact: true },
    ],
  });
});
