/** The command as a process: what only a process has. Commands themselves are tested beside their files. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { entryPaths } from '../corpus.ts';
import { Folder } from '../folder.fixture.ts';
import { BIN, type Ended, start } from './process.fixture.ts';

const folder = new Folder();
const elsewhere = new Folder();

const zpciFuzz = (args: readonly string[], env: { readonly [name: string]: string } = {}): Promise<Ended> =>
  start(args, { cwd: folder.path, env }).ended;

const CLAIM = 'request-needs-all-its-bytes';
const RUN = ['run', '--seed', '1', '--jobs', '1'];
const QUICK = [...RUN, '--runs', '20', '--no-save'];
const ONE_CLAIM = [...QUICK, '--model', 'v1', '--property', CLAIM];

const load = {
  actor: 'user0',
  op: 'region_write',
  pos: 16,
  count: 32,
  req: { flags: 1, gaddr: '0x10000', len: 8 },
};
const scenario = (rest: object): object => ({ format: 1, model: 'zpci-io/v1', ops: [load], ...rest });
const VIOLATING = elsewhere.write('violating.json', scenario({}));
const HARMLESS = elsewhere.write('harmless.json', scenario({ model: 'zpci-io/v3' }));
const STALE = elsewhere.write('stale.json', scenario({ schedule: ['user0', 'admin'] }));
const BROKEN = elsewhere.write('broken.json', '{');

const ANSI = /\u001b/;

describe('the process ends with', () => {
  test.each([
    { code: 0, why: 'a claim holds', args: [...QUICK, '--model', 'v3', '--property', 'no-deadlock'] },
    { code: 1, why: 'a claim is violated', args: ONE_CLAIM },
    { code: 4, why: 'nothing ran', args: [...QUICK, '--model', 'v3', '--property', CLAIM] },
    { code: 0, why: 'an execution breaks nothing', args: ['exec', HARMLESS, '--json'] },
    { code: 1, why: 'an execution breaks a claim', args: ['exec', VIOLATING, '--json'] },
    { code: 3, why: 'a schedule is stale', args: ['exec', STALE, '--json'] },
    { code: 2, why: 'a file is broken', args: ['exec', BROKEN, '--json'] },
    { code: 4, why: 'there is nothing to replay', args: ['replay'] },
    { code: 2, why: 'what to replay is not there', args: ['replay', 'nothing'] },
    { code: 0, why: 'help is asked for', args: ['--help'] },
    { code: 0, why: 'the version is asked for', args: ['--version'] },
  ])('$code where $why', async ({ code, args }) => {
    const ended = await zpciFuzz(args);
    expect(ended.code).toBe(code);
    expect(ended.stdout === '').toBe(code > 1);
    if (code > 1) expect(ended.stderr).toMatch(/^[^\n]+\n$/);
  });
});

describe('with --exit-style bisect the process ends with', () => {
  const STYLE = ['--exit-style', 'bisect'];
  test.each([
    { code: 0, why: 'an execution breaks nothing', args: ['exec', HARMLESS, '--json', ...STYLE] },
    {
      code: 1,
      why: 'an execution breaks a claim',
      args: ['exec', VIOLATING, '--json', '--exit-style=bisect'],
    },
    { code: 125, why: 'a schedule is stale', args: ['exec', STALE, '--json', ...STYLE] },
    { code: 125, why: 'a file is broken', args: ['exec', BROKEN, '--json', ...STYLE] },
    { code: 125, why: 'nothing ran', args: [...QUICK, '--model', 'v3', '--property', CLAIM, ...STYLE] },
    { code: 3, why: 'a schedule is stale, in plain style', args: ['exec', STALE, '--exit-style', 'plain'] },
  ])('$code where $why', async ({ code, args }) => {
    expect((await zpciFuzz(args)).code).toBe(code);
  });
});

describe('wrong usage is one line on stderr and nothing else', () => {
  test.each([
    { args: ['runn'], says: /unknown command or argument runn\. Nearest: run, / },
    { args: ['run', '--modle', 'v1'], says: /unknown flag --modle\. Nearest: --model, / },
    { args: ['exec'], says: /an argument is missing\. See `zpci-fuzz exec --help`\./ },
    { args: ['exec', 'a', 'b'], says: /unknown command or argument b\./ },
    { args: ['list', 'foo'], says: /Given: "foo", Choices: "models", "properties", "corpus"/ },
    {
      args: ['--model', 'v9'],
      says: /unknown model "v9"\. Nearest: zpci-io\/v1 \(posted 2021-01-19\), zpci-io\/v2 \(inferred\), zpci-io\/v3 \(proposed in review 2021-01-27\)\./,
    },
    { args: ['--model', 'v1:4'], says: /does not build: patch 4\/4 .* uses what patch 3\/4 introduces/ },
    { args: ['--property', 'no-deadlokc'], says: /unknown property "no-deadlokc"\. Nearest: no-deadlock, / },
    {
      args: ['--strategy', 'best'],
      says: /--strategy is "best"; allowed: portfolio, random, pct, exhaustive\./,
    },
    { args: ['--reporter', 'text', '--json'], says: /two reporters write to stdout/ },
    { args: ['--seed', '-5'], says: /--seed is "-5"; allowed: a whole number from 0 to 4294967295\./ },
    { args: ['--runs', '1', '--runs', '2'], says: /--runs is given 2 times; give it once\./ },
    { args: ['--json=x'], says: /--json takes no value, found --json=x\./ },
    { args: ['--model'], says: /--model needs a value\./ },
    {
      args: ['--corpus', VIOLATING, '--model', 'v1'],
      says: /violating\.json is not a folder\. Name another/,
    },
  ])('$args', async ({ args, says }) => {
    const { code, stdout, stderr } = await zpciFuzz(args);
    expect(stderr).toMatch(/^zpci-fuzz: [^\n]+\n$/);
    expect(stderr).toMatch(says);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('with a stack trace before it where --debug asks for one', async () => {
    const { code, stdout, stderr } = await zpciFuzz(['exec', BROKEN, '--debug']);
    expect(stderr).toMatch(
      /^InvalidInput: .*\n {4}at [\s\S]*\nzpci-fuzz: \S+broken\.json: not valid JSON: .*\n$/,
    );
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('in English whatever the locale', async () => {
    const { stderr } = await zpciFuzz(['exec'], { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' });
    expect(stderr).toBe('zpci-fuzz: an argument is missing. See `zpci-fuzz exec --help`.\n');
  });
});

describe('output', () => {
  test('is the same bytes however many workers there are, and without a command', async () => {
    const args = [
      '--seed',
      '5',
      '--runs',
      '600',
      '--no-save',
      '--model',
      'v2',
      '--model',
      'v2-min',
      '--property',
      'zero*',
      '--property',
      'stores*',
    ];
    const one = await zpciFuzz(['run', ...args, '--jobs', '1', '--json']);
    expect(one.code).toBe(1);
    expect(one.stdout).toMatch('"counterexamples": [');
    for (const jobs of ['2', '4']) expect(await zpciFuzz([...args, '--jobs', jobs, '--json'])).toEqual(one);
  });

  test('is the same bytes however many workers there are, also where --bail stops them', async () => {
    const args = ['run', '--seed', '5', '--runs', '1500', '--no-save', '--bail', '--model', 'v1', '--json'];
    const [one, four] = [
      await zpciFuzz([...args, '--property', CLAIM, '--jobs', '1']),
      await zpciFuzz([...args, '--property', CLAIM, '--jobs', '4']),
    ];
    expect(JSON.parse(one.stdout)).toMatchObject({ models: [{ stopped: 'bail' }] });
    expect(four).toEqual(one);
  });

  test('has no colors where it is piped, whatever the environment wishes', async () => {
    const { stdout, stderr } = await zpciFuzz(ONE_CLAIM, { FORCE_COLOR: '1', TERM: 'xterm-256color' });
    expect(stdout).toMatch('1-minimal');
    expect(stdout + stderr).not.toMatch(ANSI);
    expect((await zpciFuzz([...ONE_CLAIM, '--no-color'], { NO_COLOR: '1' })).stdout).toBe(stdout);
  });

  test('has results on stdout and progress on stderr, which -q leaves out', async () => {
    const { stdout, stderr } = await zpciFuzz(ONE_CLAIM);
    expect(stderr).toBe('zpci-io/v1 (posted 2021-01-19): 100% (20 sequences, 1 failure)\n');
    const quiet = await zpciFuzz([...ONE_CLAIM, '-q']);
    expect(quiet.stderr).toBe('');
    expect(stdout.endsWith(quiet.stdout.split('\n').slice(3).join('\n'))).toBe(true);
  });

  test('has the seed 1 in CI', async () => {
    const args = ['--model', 'v3', '--property', 'no-deadlock', '--runs', '5', '--jobs', '1', '-q'];
    expect((await zpciFuzz(args, { CI: 'true' })).stdout).toMatch(/^seed {2}0x1, strategy portfolio$/m);
  });

  test('may be closed early: the work is done all the same', async () => {
    const corpus = folder.at('closed');
    const args = [...RUN, '--runs', '20', '--model', 'v1', '--property', CLAIM, '--corpus', corpus];
    const { child, ended } = start(args, { cwd: folder.path });
    child.stdout.once('data', () => child.stdout.destroy());
    const { code, stderr } = await ended;
    expect(stderr).toBe('zpci-io/v1 (posted 2021-01-19): 100% (20 sequences, 1 failure)\n');
    expect(code).toBe(1);
    expect(entryPaths(corpus)).toHaveLength(1);
  });

  test('may lose its stderr: the report and the exit code are the same', async () => {
    const args = [...RUN, '--runs', '300', '--model', 'v3', '--property', 'no-deadlock', '--no-save'];
    const { child, ended } = start(args, { cwd: folder.path });
    child.stderr.destroy();
    const { code, stdout } = await ended;
    expect(stdout).toContain('holds: 1 claim');
    expect(code).toBe(0);
  });

  test.skipIf(!existsSync('/dev/full'))('says in words that its stdout cannot be written', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'list', 'models'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(stderr).toBe('zpci-fuzz: stdout cannot be written (ENOSPC): the report is lost.\n');
    expect(status).toBe(3);
  });
});

describe('a signal', () => {
  test.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const)(
    '$signal ends a run with $code, and what was found is saved and reported',
    async ({ signal, code }) => {
      const corpus = folder.at(signal);
      const report = folder.at(`${signal}.json`);
      const args = [...RUN, '--time', '60s', '--runs', '8000', '--model', 'v1', '--property', CLAIM];
      const { child, ended } = start(
        [...args, '--corpus', corpus, '--reporter', 'text', '--reporter', `json=${report}`],
        { cwd: folder.path },
      );
      // The first line of progress: a quarter is done.
      child.stderr.once('data', () => child.kill(signal));
      const { code: endedWith, stdout, stderr } = await ended;
      expect(stderr).toMatch(`${signal}: stopping; what was found so far is shrunk, saved and reported.\n`);
      expect(endedWith).toBe(code);
      expect(stdout).toMatch(/^stopped {2}by a signal, before the budget was used$/m);
      expect(stdout).toMatch(/^violated: 1 of 1 claim$/m);
      const [path] = entryPaths(corpus);
      expect(JSON.parse(readFileSync(path!, 'utf8'))).toMatchObject({ property: CLAIM });
      expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
        models: [{ stopped: 'interrupt', counterexamples: [{ property: CLAIM }] }],
      });
    },
  );
});
