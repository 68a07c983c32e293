/** `report` in this process: what it writes, and what it refuses before it writes anything. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExplorerData } from '../../reports/explorer/data.ts';
import { withOwnIds } from '../../reports/formats/explorer-data.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { keptPools } from './kept-pools.fixture.ts';
import { seriesModules } from './registry.ts';
import { type ReportOptions, report } from './report.ts';
import { parseReportOptions } from './report-options.ts';

const CORPUS = join(import.meta.dirname, '..', '..', 'corpus');
const FLAGS = {
  model: [],
  corpus: CORPUS,
  bisect: [],
  'max-ops': '1',
  time: undefined,
  jobs: '2',
  quiet: true,
};
const DEADLOCK = 'zpci-io/v1+hp/no-deadlock';

const poolOf = keptPools();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function go(changes: Partial<ReportOptions> = {}, html = join(folder, 'page')) {
  const terminal = new CapturedTerminal();
  const code = await report({ ...parseReportOptions({ ...FLAGS, html }), ...changes }, terminal, {
    modules: seriesModules(),
    makePool: async (size, modules) => ({ ...(await poolOf(size, modules)), close: async () => {} }),
  });
  return { code, file: join(html, 'index.html'), stdout: terminal.stdout, stderr: terminal.stderr };
}

/** What is in a page, read as a browser does. */
function dataOf(file: string): ExplorerData {
  const page = readFileSync(file, 'utf8');
  const json = /<script id="data" type="application\/json">(?<json>.*?)<\/script>/s.exec(page)!.groups!.json!;
  return JSON.parse(json) as ExplorerData;
}

/** A corpus of one entry, changed as text. */
function corpusWith(change: (text: string) => string, model = 'zpci-io/v1+hp'): string {
  const corpus = join(folder, 'corpus');
  const [name] = readdirSync(join(CORPUS, DEADLOCK));
  mkdirSync(join(corpus, model, 'no-deadlock'), { recursive: true });
  const text = readFileSync(join(CORPUS, DEADLOCK, name!), 'utf8');
  writeFileSync(join(corpus, model, 'no-deadlock', name!), change(text));
  return corpus;
}

test('writes one file with states, expectations and counterexamples, and a bisection', async () => {
  const { code, file, stdout, stderr } = await go({
    models: ['zpci-io/v1+hp', 'vfio-mmap/v3'],
    bisects: ['vfio-mmap/v3', 'vfio-mmap/v3'],
    search: { ...parseReportOptions({ ...FLAGS, html: 'x' }).search, worlds: [] },
  });
  expect(code).toBe(ExitCode.asClaimed);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/index\.html: 2 states, \d+ counterexamples, 1 bisection\n$/);
  const data = dataOf(file);
  expect(data.verdicts).toBe('expected');
  const [state] = data.states;
  expect(state).toMatchObject({ model: 'zpci-io/v1+hp', label: 'inferred 2021-01-20', status: 'inferred' });
  const verdict = state!.verdicts.find(({ property }) => property === 'no-deadlock')!;
  expect(verdict.verdict).toBe('violated');
  expect(verdict.remark).toMatch(/^expected: /);
  // No expectation: cited facts decide it.
  const fact = data.states[1]!.verdicts.find(({ property }) => property === 'every-prefix-builds')!;
  expect(fact).toMatchObject({ verdict: 'violated' });
  expect(fact.remark).toMatch(/^decided by cited facts\. .+\(.+\)/);
  expect(data.counterexamples.map(({ id }) => id)).toContain('aa5a788f3531');
  const [bisect] = data.bisects;
  expect(bisect!.prefixes.map(({ id }) => id)).toEqual(['v3:0', 'v3:1', 'v3:1+2', 'v3']);
  expect(bisect!.turns).toContainEqual({
    property: 'interfaces-agree-on-mappability',
    to: 'bad',
    prefix: 'v3:1+2',
    between: [],
    isExact: true,
  });
  expect(bisect!.isWhole).toBe(true);
  expect(readdirSync(join(folder, 'page'))).toEqual(['index.html']);
});

test('has every state but mutants unless told otherwise', async () => {
  const { file } = await go({ corpus: corpusWith((text) => text) });
  const { states } = dataOf(file);
  expect(states.length).toBeGreaterThan(50);
  expect(states.filter(({ status }) => status === 'mutant')).toEqual([]);
});

test.each([
  ['damaged', (text: string) => text.slice(0, 50), 'zpci-io/v1+hp'],
  ['of another state than its folder', (text: string) => text, 'zpci-io/v1'],
])('passes over an entry that is %s, and says so', async (_what, change, model) => {
  const { code, file, stderr } = await go({ models: [model], corpus: corpusWith(change, model) });
  expect(code).toBe(ExitCode.asClaimed);
  expect(stderr).toMatch(/^passed over: .*aa5a788f3531\.json: /);
  expect(dataOf(file).from).toMatch(/; 1 damaged entry passed over$/);
  expect(dataOf(file).counterexamples).toEqual([]);
});

test('keeps what an HTML parser would take for markup inside its data', async () => {
  const kind = '</script><script>alert(1)</script><!--\u2028 $& $1';
  const changed = corpusWith((text) => JSON.stringify({ ...(JSON.parse(text) as object), kind }));
  const { file } = await go({ models: ['zpci-io/v1+hp'], corpus: changed });
  expect(dataOf(file).counterexamples.map((one) => one.kind)).toEqual([kind]);
  expect(readFileSync(file, 'utf8')).not.toContain('<script>alert(1)');
});

test('gives files of one name in two folders addresses of their own', async () => {
  const corpus = corpusWith((text) => text);
  const [name] = readdirSync(join(corpus, DEADLOCK));
  cpSync(join(corpus, DEADLOCK, name!), join(corpus, 'zpci-io/v1+hp/copied', name!));
  const { file } = await go({ models: ['zpci-io/v1+hp'], corpus });
  expect(dataOf(file).counterexamples.map(({ id }) => id)).toEqual(['aa5a788f3531', 'aa5a788f3531-2']);
  expect(withOwnIds([])).toEqual([]);
});

describe('refuses, with nothing written,', () => {
  const said = async (changes: Partial<ReportOptions>, html?: string): Promise<string> => {
    const error: unknown = await go(changes, html).catch((caught: unknown) => caught);
    if (!(error instanceof Error)) throw new Error('it did not refuse');
    expect(error.name).toBe('UsageError');
    expect(existsSync(join(folder, 'page'))).toBe(false);
    return error.message;
  };

  test('an unknown state', async () => {
    expect(await said({ models: ['zpci-io/v99'] })).toContain('unknown model "zpci-io/v99"');
  });

  test('a state without patches to bisect, before it searches', async () => {
    expect(await said({ bisects: ['vfio-mmap/v3', 'zpci-io/pre'] })).toContain(
      'is no version with numbered patches',
    );
  });

  test('a corpus that is not there, or no folder', async () => {
    expect(await said({ corpus: join(folder, 'none') })).toMatch(/does not exist; .*--corpus/);
    writeFileSync(join(folder, 'file'), '');
    expect(await said({ corpus: join(folder, 'file') })).toContain('is not a folder');
  });

  test('a page where there is a file, or below one', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await said({}, join(folder, 'file'))).toContain('is a file, and --html takes a folder');
    expect(await said({}, join(folder, 'file', 'deep', 'er'))).toContain('is a file');
    mkdirSync(join(folder, 'taken', 'index.html'), { recursive: true });
    expect(await said({}, join(folder, 'taken'))).toContain('is a folder');
    expect(await said({}, '')).toContain('--html got nothing');
  });

  test('flags that say nothing', () => {
    expect(() => parseReportOptions({ ...FLAGS, html: 'x', time: '3s' })).toThrow('--time is for --bisect');
    expect(() => parseReportOptions({ ...FLAGS, html: 'x', 'max-ops': '9' })).toThrow('--max-ops');
  });
});
