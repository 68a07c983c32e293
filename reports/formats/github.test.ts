import { describe, expect, test } from 'vitest';
import { race } from '../recordings.fixture.ts';
import { githubAnnotations, githubSummary } from './github.ts';
import { EXOTIC, exotic, failureOf, reportOf, SUITES, saying, suiteOf } from './suites.fixture.ts';

describe('GitHub', () => {
  test('gets ten annotations at most, the last for those that are left', () => {
    const many = Array.from({ length: 12 }, () => SUITES[0]!);
    const lines = githubAnnotations(reportOf(many)).trimEnd().split('\n');

    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toContain('15 more counterexamples');
  });

  test('gets titles and messages that it takes, the command in them', () => {
    const [line] = githubAnnotations(reportOf([saying('long '.repeat(30_000))])).split('\n');
    const [, title, message] = /title=(.*?)::(.*)$/.exec(line!)!;
    expect(decodeURIComponent(title!).length).toBeLessThanOrEqual(255);
    const decoded = decodeURIComponent(message!);
    expect(Buffer.byteLength(decoded)).toBeLessThanOrEqual(64 << 10);
    expect(decoded).toMatch(/\n…\nreproduce: npx zpci-fuzz replay corpus\/x\.json$/);
    const exotics = exotic({
      ...race(),
      violations: race().violations.map((one) => ({ ...one, kind: EXOTIC.repeat(9) })),
    });
    const [other] = githubAnnotations(reportOf([suiteOf(exotics)])).split('\n');
    expect(other).toMatch(/^::error file=[^,:]+,title=[^,:]+::/);
  });

  test('gets a table that fits, however many states there are', () => {
    const text = githubSummary(reportOf(Array.from({ length: 100 }, () => SUITES[0]!)), 9_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(9_000);
    expect(text).toMatch(/\n\d+ more states did not fit here\.\n/);
    expect(text).toContain('<details>');
    expect(text).toMatch(/\n\d+ more counterexamples did not fit here\.\n$/);
  });

  test('gets a summary that it shows', () => {
    const text = githubSummary(reportOf(SUITES), 1_500);

    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_500);
    expect(text).toMatch(/\d+ more counterexamples? did not fit here/);
  });

  test('reads no tag and no command out of a scenario', () => {
    const nasty = suiteOf(race());
    const failure = failureOf(race());
    const violation = { ...failure.violation, kind: '</details>|::set-output', message: '```\n::error::x' };
    const cases = [{ ...nasty.cases[0]!, failures: [{ ...failure, violation }] }];
    const text = githubAnnotations(reportOf([{ ...nasty, cases }]));

    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(githubSummary(reportOf([{ ...nasty, cases }]))).not.toContain(
      '<summary>zpci-io/v1 (posted 2021-01-19): </details>',
    );
  });
});
