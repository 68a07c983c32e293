import { describe, expect, test } from 'vitest';
import { type BisectVerdict, brokenBetween, selectionTurns, turnsOf } from '../harness/campaign/bisect.ts';
import { series as dial } from '../harness/campaign/dial.fixture.ts';
import { type BisectReport, renderBisect } from './bisect.ts';
import { bisectJson } from './bisect-json.ts';

const CLAIM = 'keeps-to-the-dial';
const version = dial.model('v1')!;
const IDS = ['v1:0', 'v1:1', 'v1'];

const ABOUT = ['no operation at all', 'every single operation'];

/** A version of two patches with these verdicts on one claim; null: it does not apply. */
function reportOf(
  verdicts: readonly (BisectVerdict | null)[],
  changes: Partial<BisectReport> = {},
): BisectReport {
  const states = verdicts.map((verdict, at) => ({
    id: IDS[at]!,
    selection: [1, 2].slice(0, at),
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
    bound: { opsMax: 2, about: ABOUT, worlds: 3, schedulesMax: 2_000, known: 0 },
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
  ])('%s', (_how, verdicts, ends) => {
    expect(text(verdicts)).toContain(`${CLAIM} is broken only on the way: at v1:1, ${ends}`);
  });

  test.each<readonly (BisectVerdict | null)[]>([
    ['inconclusive', 'violated', 'proved'],
    ['proved', 'violated', 'inconclusive'],
  ])(
    'does not say that it is so only on the way where nothing is known of an end: %j %j %j',
    (...verdicts) => {
      const printed = text(verdicts);
      expect(printed).toContain(`${CLAIM} is broken on the way: at v1:1, but of an end it is not known (?).`);
      expect(printed).not.toContain('only on the way');
    },
  );

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

  test('names all between which it turned, where some are inconclusive', () => {
    expect(text(['proved', 'inconclusive', 'violated'])).toContain(
      `first bad ${CLAIM}: between v1:0 and v1, inconclusive at v1:1`,
    );
    expect(text(['inconclusive', 'inconclusive', 'violated'])).toContain(
      `${CLAIM}: at v1 at the latest, inconclusive at v1:0, v1:1`,
    );
    const open = text(['violated', 'inconclusive', 'inconclusive']);
    expect(open).toContain(
      `not known whether still broken ${CLAIM}: broken at v1:0, inconclusive at v1:1, v1`,
    );
    expect(open).not.toContain('first good');
  });

  test('of selections, those with the fewest patches in one line', () => {
    const report = reportOf(['proved', 'violated', 'violated'], { ways: 'subsets' });
    const printed = renderBisect(
      { ...report, turns: selectionTurns(report.states, CLAIM, false) },
      { width: 80, color: false },
    );
    expect(printed).toContain(`first bad, with the fewest patches\n  ${CLAIM}: v1:1\n`);
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
    'explored, each under all schedules up to 2,000 no operation at all every single operation 3 small worlds\n\n3 states of dial\n',
  );
  const bound = { opsMax: 1, about: ABOUT.slice(0, 1), worlds: 0, schedulesMax: 5, known: 1 };
  expect(text(['proved', 'proved', 'proved'], { bound, left: 2, cut: 'v1' })).toContain(
    '3 states of dial, 1 stored counterexample tried on each beside it; ended early within v1; 2 states not looked at',
  );
});

test('JSON says what ended it', () => {
  expect(bisectJson(reportOf(['proved', 'violated', 'proved'], { cut: 'v1', left: 4 }))).toMatchObject({
    format: 1,
    model: 'dial/v1',
    left: 4,
    cutShort: 'v1',
    bound: { maxOps: 2, worlds: 3, about: ABOUT },
    brokenBetween: [{ state: 'v1:1', property: CLAIM, known: true }],
    turns: [
      { to: 'bad', state: 'v1:1', patch: '1/2', exact: true },
      { to: 'good', state: 'v1', patch: '2/2', exact: true },
    ],
  });
});
