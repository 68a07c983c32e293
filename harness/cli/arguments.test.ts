import { describe, expect, test } from 'vitest';
import { checkArguments, complaint } from './arguments.ts';
import { DEFAULTS } from './defaults.ts';
import { UsageError } from './exit.ts';
import { duration, shardOf } from './numbers.ts';
import { parseRunOptions, type RunFlags, stepsMaxOf } from './run-options.ts';

const FLAGS: RunFlags = {
  model: ['v3'],
  property: [],
  runs: undefined,
  time: undefined,
  seed: '1',
  'max-ops': DEFAULTS.maxOps,
  'max-steps': DEFAULTS.maxSteps,
  'max-schedules': DEFAULTS.runSchedules,
  strategy: DEFAULTS.strategy,
  jobs: '1',
  shard: '1/1',
  reporter: [],
  corpus: DEFAULTS.corpus,
  save: true,
  bail: false,
  json: false,
  quiet: false,
};
const parse = (changes: Partial<RunFlags>, env: { readonly [name: string]: string | undefined } = {}) =>
  parseRunOptions({ ...FLAGS, ...changes }, DEFAULTS, env);

const NUMBERS = [
  { flag: 'runs', option: 'runs', min: 1, max: 1e12 },
  { flag: 'seed', option: 'seed', min: 0, max: 2 ** 32 - 1 },
  { flag: 'max-ops', option: 'opsMax', min: 1, max: 64 },
  { flag: 'max-steps', option: 'stepsMax', min: 1, max: 2 ** 20 },
  { flag: 'max-schedules', option: 'schedulesMax', min: 1, max: 1e9 },
  { flag: 'jobs', option: 'jobs', min: 1, max: 256 },
] as const;

describe.each(NUMBERS)('--$flag', ({ flag, option, min, max }) => {
  test.each([
    '-1',
    String(max + 1),
    '1.5',
    '1e3',
    'abc',
    '',
    ' 1',
    '1 ',
    '0x',
    '0xg',
    '+1',
    '1_000',
    'NaN',
    'Infinity',
    '99999999999999999999',
    '٣',
  ])('is not %j', (given) => {
    expect(() => parse({ [flag]: given })).toThrow(
      new UsageError(`--${flag} is ${JSON.stringify(given)}; allowed: a whole number from ${min} to ${max}.`),
    );
  });

  test.each([String(min), String(max), `0x${min.toString(16)}`, `0X${max.toString(16).toUpperCase()}`])(
    'may be %s',
    (given) => {
      expect(parse({ [flag]: given })[option]).toBe(Number(given));
    },
  );
});

test('--max-steps is the same for all commands', () => {
  expect(stepsMaxOf('5')).toBe(5);
  expect(() => stepsMaxOf('0')).toThrow('--max-steps is "0"');
});

describe('--time', () => {
  test.each([
    ['30s', 30_000],
    ['30', 30_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1.5s', 1500],
    ['168h', 7 * 24 * 3_600_000],
  ])('%s is %d ms', (given, expected) => {
    expect(duration('time', given)).toBe(expected);
    expect(parse({ time: given })).toMatchObject({ timeMs: expected, runs: null });
  });

  test.each(['0', '0s', '-1s', '1d', 's', '', '1e3', '30 s', '1,5s', '169h', 'soon', '1s1s'])(
    'is not %j',
    (given) => {
      expect(() => parse({ time: given })).toThrow(
        new UsageError(
          `--time is ${JSON.stringify(given)}; allowed: a time up to a week such as 30s, 500ms, 2m or 1h.`,
        ),
      );
    },
  );

  test('and --runs together: what ends first', () => {
    expect(parse({ time: '1s', runs: '7' })).toMatchObject({ timeMs: 1000, runs: 7 });
  });

  test('left out: 20,000 runs', () => {
    expect(parse({})).toMatchObject({ timeMs: null, runs: 20_000 });
  });
});

describe('--shard', () => {
  test.each([
    ['1/1', 1, 1],
    ['2/8', 2, 8],
    ['8/8', 8, 8],
  ])('%s is part %d of %d', (given, index, count) => {
    expect(shardOf(given)).toEqual({ index, count });
  });

  test.each(['0/2', '3/2', '1/0', '1', '1/', '/1', '-1/2', '1/2/3', 'a/b', '1.5/2', '', '10000/10000'])(
    'is not %j',
    (given) => {
      expect(() => parse({ shard: given })).toThrow(
        new UsageError(`--shard is ${JSON.stringify(given)}; allowed: i/n with 1 <= i <= n, such as 2/8.`),
      );
    },
  );
});

describe('the seed', () => {
  test('is the given one before that of the environment, and that before 1 in CI', () => {
    const env = { ZPCI_FUZZ_SEED: '0x10', CI: 'true' };
    expect(parse({ seed: '7' }, env).seed).toBe(7);
    expect(parse({ seed: undefined }, env).seed).toBe(16);
    expect(parse({ seed: undefined }, { CI: 'true' }).seed).toBe(1);
  });

  test('is another each time elsewhere', () => {
    const seeds = Array.from({ length: 10 }, () => parse({ seed: undefined }).seed);
    expect(new Set(seeds).size).toBeGreaterThan(1);
  });

  test('is said to be wrong where it comes from', () => {
    expect(() => parse({ seed: undefined }, { ZPCI_FUZZ_SEED: 'x' })).toThrow(
      /^ZPCI_FUZZ_SEED is "x"; allowed/,
    );
  });
});

describe('reporters', () => {
  const reporters = (reporter: string[], json = false) => parse({ reporter, json }).reporters;
  const text = (file: string | null) => ({ name: 'text', file });
  const jsonTo = (file: string | null) => ({ name: 'json', file });

  test.each([
    { given: [], json: false, expected: [text(null)] },
    { given: [], json: true, expected: [jsonTo(null)] },
    { given: ['text', 'json=a=b.json'], json: false, expected: [text(null), jsonTo('a=b.json')] },
    { given: ['text=t', 'json=j'], json: false, expected: [text('t'), jsonTo('j')] },
    { given: ['text=t'], json: true, expected: [text('t'), jsonTo(null)] },
  ])('$given, --json $json', ({ given, json, expected }) => {
    expect(reporters(given, json)).toEqual(expected);
  });

  test.each([
    {
      given: ['xml'],
      message:
        '--reporter is "xml"; allowed: text, json, ktap, junit, sarif, github, html, each with =FILE or without.',
    },
    {
      given: ['json='],
      message:
        '--reporter is "json="; allowed: text, json, ktap, junit, sarif, github, html, each with =FILE or without.',
    },
    {
      given: ['JSON'],
      message:
        '--reporter is "JSON"; allowed: text, json, ktap, junit, sarif, github, html, each with =FILE or without.',
    },
    {
      given: ['text', 'json'],
      message: 'two reporters write to stdout; give one of them a file: --reporter json=run.json.',
    },
    { given: ['text=a', 'json=a'], message: 'two reporters write to "a"; give each a file of its own.' },
  ])('are not $given', ({ given, message }) => {
    expect(() => reporters(given)).toThrow(new UsageError(message));
  });

  test('--json is one more that writes to stdout', () => {
    expect(() => reporters(['text'], true)).toThrow('two reporters write to stdout');
  });
});

test.each(['foo', 'dpor', '', 'PCT'])('--strategy is not %j', (strategy) => {
  expect(() => parse({ strategy })).toThrow(
    new UsageError(`--strategy is ${JSON.stringify(strategy)}; allowed: portfolio, random, pct, exhaustive.`),
  );
});

describe('arguments that the parser lets through', () => {
  const check =
    (parsed: { [name: string]: unknown }, ...argv: string[]) =>
    () =>
      checkArguments({ _: [], ...parsed }, argv);

  test.each([
    { argv: ['--runs', '--no-save'], parsed: { runs: '', save: false }, message: '--runs needs a value.' },
    { argv: ['--model'], parsed: { model: ['v3'] }, message: '--model needs a value.' },
    { argv: ['--model='], parsed: { model: ['v3'] }, message: '--model needs a value.' },
    {
      argv: ['--json=a.json'],
      parsed: { json: false },
      message: '--json takes no value, found --json=a.json.',
    },
    {
      argv: ['--seed', '1', '--seed', '2'],
      parsed: { seed: ['1', '2'] },
      message: '--seed is given 2 times; give it once.',
    },
    {
      argv: ['--model', 'a', '--model', 'b'],
      parsed: { _: ['exec'], model: ['a', 'b'] },
      message: '--model is given 2 times; give it once.',
    },
  ])('$argv', ({ argv, parsed, message }) => {
    expect(check(parsed, ...argv)).toThrow(new UsageError(message));
  });

  test.each([
    { argv: ['--model', 'a', '--model', 'b'], parsed: { model: ['a', 'b'] } },
    { argv: ['--json=true', '--no-save'], parsed: { json: true, save: false } },
    { argv: ['--seed', '-5'], parsed: { seed: '-5' } },
    { argv: ['a', 'b'], parsed: { _: ['replay'], path: ['a', 'b'] } },
  ])('but not $argv', ({ argv, parsed }) => {
    expect(check(parsed, ...argv)).not.toThrow();
  });
});

describe('what the parser complains of', () => {
  const KNOWN = ['run', 'exec', 'list', '--model', '--save', '--runs', '-q'];

  test.each([
    {
      message: 'Unknown argument: runn',
      argv: ['runn'],
      expected: 'unknown command or argument runn. Nearest: run, exec, list.',
    },
    {
      message: 'Unknown argument: modle',
      argv: ['run', '--modle=v1'],
      expected: 'unknown flag --modle. Nearest: --model, --save, --runs.',
    },
    {
      message: 'Unknown arguments: 1, s',
      argv: ['--time', '-1s'],
      expected: 'unknown flag -1s. Nearest: -q, --runs, --save.',
    },
    {
      message: 'Unknown argument: sav',
      argv: ['--no-sav'],
      expected: 'unknown flag --no-sav. Nearest: --save, --model, --runs.',
    },
    {
      message: 'Unknown argument: z',
      argv: ['-qz'],
      expected: 'unknown flag -qz. Nearest: -q, --runs, --save.',
    },
    {
      message: 'Not enough non-option arguments: got 0, need at least 1',
      argv: ['exec'],
      expected: 'an argument is missing.',
    },
    { message: 'Something\n  else', argv: [], expected: 'Something else.' },
  ])('$message', ({ message, argv, expected }) => {
    expect(complaint(message, argv, KNOWN)).toBe(expected);
  });
});
