import { describe, expect, test } from 'vitest';
import { ktap } from './ktap.ts';
import { ktapTests } from './ktap-grammar.fixture.ts';
import { HOSTILE, reportOf, SUITES } from './suites.fixture.ts';

describe('KTAP', () => {
  test('is what its grammar takes, with a result for each case', () => {
    const tests = ktapTests(ktap(reportOf(SUITES)));

    expect(tests.map(({ name }) => name)).toEqual(SUITES.map(({ model }) => model.id));
    expect(tests[0]!.subtests.map(({ ok, directive }) => `${ok} ${directive}`)).toEqual([
      'false ',
      'true ',
      'true XFAIL',
      'true SKIP',
      'false ERROR',
    ]);
  });

  test('stays so whatever stands in a scenario', () => {
    for (const suite of HOSTILE) expect(ktapTests(ktap(reportOf([suite])))[0]!.subtests).toHaveLength(5);
  });

  test.each([
    'Subtest: another',
    'ok 1 another',
    '1..7',
    'KTAP version 1',
    'reboot: System halted',
    'List of all partitions:',
    'Kernel panic - not syncing: VFS: no root',
    'x: kunit test case crashed!',
    'known # # SKIP this',
    'trailing \n',
  ])('says %j and means no more by it', (said) => {
    const [one] = SUITES;
    const [broken, holds, expected, skipped, hangs] = one!.cases;
    const failure = {
      ...broken!.failures[0]!,
      violation: { ...broken!.failures[0]!.violation, message: said },
    };
    const cases = [
      { ...broken!, failures: [failure] },
      holds!,
      { ...expected!, reason: said },
      { ...skipped!, reason: said },
      { ...hangs!, reason: said },
      { ...broken!, name: 'said', reason: said, failures: [] },
    ];
    const [test] = ktapTests(ktap(reportOf([{ ...one!, cases }])));
    expect(test!.subtests.map(({ directive }) => directive)).toEqual(['', '', 'XFAIL', 'SKIP', 'ERROR', '']);
  });

  test('skips a state of which nothing could be said', () => {
    const [one] = SUITES;
    const cases = one!.cases.filter(({ outcome }) => outcome === 'skip');
    const tests = ktapTests(ktap(reportOf([{ ...one!, cases }]))).map(({ directive }) => directive);
    expect(tests).toEqual(['SKIP']);
  });
});

describe("KTAP's grammar", () => {
  const GOOD = [
    'KTAP version 1',
    '1..2',
    '  KTAP version 1',
    '  # Subtest: a',
    '  # said',
    '  1..2',
    '  ok 1 b # XFAIL known',
    '  # said',
    '  not ok 2 c',
    'not ok 1 a',
    'ok 2 d # SKIP',
    '# Totals: pass:0 fail:1 xfail:1 xpass:0 skip:1 error:0',
  ];
  const read = (lines: readonly string[]) => ktapTests(lines.map((line) => `${line}\n`).join(''));
  /** The good text with some lines in the place of one that begins so. */
  const but = (start: string, ...lines: readonly string[]) =>
    GOOD.flatMap((line) => (line.startsWith(start) ? lines : [line]));

  test('takes a good text', () =>
    expect(read(GOOD).map(({ name, ok }) => ({ name, ok }))).toEqual([
      { name: 'a', ok: false },
      { name: 'd', ok: true },
    ]));

  test.each([
    ['no version line', but('KTAP version 1'), 'no version line'],
    ['no version line of a subtest', but('  KTAP version 1'), 'no version line'],
    ['no name of a subtest', but('  # Subtest'), 'no name'],
    ['another name', but('  # Subtest', '  # Subtest: b'), 'behind the subtests of b'],
    ['no plan', but('1..2'), 'no plan'],
    ['no plan of a subtest', but('  1..2'), 'no plan'],
    ['a plan of nothing', but('  1..2', '  1..0'), 'no plan'],
    ['too few results', but('  ok 1'), 'number 2, expected 1'],
    ['fewer results than planned', but('1..2', '1..3'), 'the plan says 3'],
    ['more results than planned', but('ok 2', 'ok 2 d # SKIP', 'ok 3 e'), 'belongs to nothing'],
    ['a wrong number', but('ok 2', 'ok 3 d # SKIP'), 'number 3, expected 2'],
    ['a result before its subtests', but('1..2', '1..2', 'not ok 1 a'), 'number 1, expected 2'],
    ['ok though a subtest is not', but('not ok 1', 'ok 1 a'), 'ok though'],
    ['ok with ERROR', but('ok 2', 'ok 2 d # ERROR x'), 'ok with ERROR'],
    ['a second directive', but('ok 2', 'ok 2 d # XFAIL x # SKIP'), 'two directives'],
    ['a result without a name', but('ok 2', 'ok 2'), 'no result'],
    ['a line of the console', but('  # said', '  said'), 'no'],
    ['a subtest in a diagnostic', but('  # said', '  # Subtest: e'), 'no diagnostic'],
    ['the end of a kernel', but('  # said', '  # reboot: System halted'), 'no diagnostic'],
    ['a tab', but('  not ok 2', '\tnot ok 2 c'), 'the plan says 2'],
    ['no totals', GOOD.slice(0, -1), 'no totals'],
    [
      'wrong totals',
      but('# Totals', '# Totals: pass:1 fail:1 xfail:1 xpass:0 skip:1 error:0'),
      'wrong totals',
    ],
    ['spaces at the end', but('ok 2', 'ok 2 d # SKIP '), 'spaces'],
  ])('refuses %s', (_, lines, says) => expect(() => read(lines)).toThrow(says));
});
