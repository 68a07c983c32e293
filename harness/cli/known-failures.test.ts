import { rmSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { KnownFailure } from '../campaign/opening.ts';
import type { Coverage } from '../campaign/result.ts';
import { type CorpusEntry, makeEntry, saveEntry } from '../corpus.ts';
import { Folder } from '../folder.fixture.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { knownFailures } from './known-failures.ts';
import { loadSeries } from './registry.ts';
import { run } from './run.ts';
import { selectModel } from './select.ts';

const folder = new Folder();
const series = await loadSeries();
const v1 = selectModel(series, 'v1');
const CORPUS = folder.at('corpus');
const STEPS_MAX = 5_000;

beforeEach(() => rmSync(CORPUS, { recursive: true, force: true }));

const PARTIAL = 'request-needs-all-its-bytes';
const CLEAN = 'loaded-page-is-dirtied';

const load = (fields: object = {}) => ({
  actor: 'user0',
  op: 'region_write',
  pos: 16,
  count: 32,
  req: { flags: 1, gaddr: '0x10000', len: 8, pcias: 0 },
  ...fields,
});
const scenarioOf = (op: Scenario['ops'][number]): Scenario => ({ format: 1, model: 'zpci-io/v1', ops: [op] });

/** Two entries for two claims, each broken by one operation alone. */
const entryOf = (property: string, kind: string, scenario: Scenario): CorpusEntry =>
  makeEntry(v1, { property, kind, scenario, minimal: true, foundWith: { ops: 1, run: 0 } }, STEPS_MAX, {
    tool: 'test',
    seed: 1,
  });
const partial = entryOf(
  PARTIAL,
  'executes-on-a-partial-write',
  scenarioOf(load({ pos: 24, req: { flags: 2, gaddr: '0x10000', len: 8 } })),
);
const clean = entryOf(CLEAN, 'modified-page-left-clean', scenarioOf(load()));
const failureOf = ({ property, kind, scenario }: KnownFailure) => ({ property, kind, scenario });

const save = (...entries: readonly CorpusEntry[]): void => {
  for (const entry of entries) saveEntry(CORPUS, v1, entry, STEPS_MAX);
};
/** Puts an entry where the tool would not. */
const put = (name: string, entry: unknown): string => folder.write(`corpus/zpci-io/v1/${name}.json`, entry);

function known(properties: readonly string[] = [PARTIAL, CLEAN], model = v1) {
  const terminal = new CapturedTerminal();
  const failures = knownFailures(series, CORPUS, model, properties, terminal);
  expect(terminal.stdout).toBe('');
  for (const { model: of, path } of failures) expect(path.startsWith(`${CORPUS}/${of}/`)).toBe(true);
  return { failures: failures.map(failureOf), stderr: terminal.stderr.replaceAll(folder.path, 'FOLDER') };
}

describe('of the corpus are known', () => {
  test('the failures of a model, in the order of their files', () => {
    save(partial, clean);
    expect(known()).toEqual({ failures: [failureOf(clean), failureOf(partial)], stderr: '' });
  });

  test('none where there is no corpus, or none of the model', () => {
    expect(known()).toEqual({ failures: [], stderr: '' });
    save(partial);
    expect(known([PARTIAL], selectModel(series, 'v2'))).toEqual({ failures: [], stderr: '' });
  });

  test('none of a state whose name only begins alike', () => {
    save(partial);
    expect(known([PARTIAL], selectModel(series, 'v1+hp')).failures).toEqual([]);
    folder.write('corpus/zpci-io/v1+hp/x.json', {
      ...partial,
      model: 'zpci-io/v1+hp',
      scenario: { ...partial.scenario, model: 'zpci-io/v1+hp' },
    });
    expect(known([PARTIAL]).failures).toHaveLength(1);
    expect(known([PARTIAL], selectModel(series, 'v1+hp')).failures).toHaveLength(1);
  });

  test('those of the claims that are searched', () => {
    save(partial, clean);
    expect(known([PARTIAL])).toEqual({ failures: [failureOf(partial)], stderr: '' });
    expect(known([])).toEqual({ failures: [], stderr: '' });
  });

  test('none that names another state than its folder', () => {
    const model = 'zpci-io/v2';
    put('moved', { ...partial, model, scenario: { ...partial.scenario, model } });
    expect(known()).toEqual({ failures: [], stderr: '' });
  });

  test('stale ones too, which only their execution shows', () => {
    const stale = { ...partial, scenario: { ...partial.scenario, schedule: ['vcpu7'] } };
    put('stale', stale);
    expect(known()).toEqual({ failures: [failureOf(stale)], stderr: '' });
  });
});

describe('a damaged entry is named and passed over', () => {
  test.each<[string, unknown, RegExp]>([
    ['cut off', JSON.stringify(partial).slice(0, 200), /not valid JSON: .*It may be cut off/],
    ['empty', '', /the file is empty/],
    ['of a newer format', { ...partial, format: 2 }, /written by a newer zpci-fuzz/],
    ['without its expectation', { ...partial, expected: undefined }, /lacks the field "expected"/],
    ['of no model', { ...partial, model: undefined }, /lacks "model"/],
    ['of no known series', { ...partial, model: 'nope/v1' }, /"nope\/v1", of no known series/],
    [
      'of a state that there is no more',
      { ...partial, model: 'zpci-io/v0', scenario: { ...partial.scenario, model: 'zpci-io/v0' } },
      /"zpci-io\/v0", a state that there is no more/,
    ],
    [
      'of a claim that there is no more',
      { ...partial, property: 'gone' },
      /"property" is "gone", a claim that there is no more/,
    ],
    [
      'with an operation that there is no more',
      { ...partial, scenario: scenarioOf({ actor: 'user0', op: 'gone' }) },
      /op is "gone"; allowed: /,
    ],
    [
      'of two minds',
      { ...partial, scenario: { ...partial.scenario, model: 'zpci-io/v2' } },
      /they must agree/,
    ],
  ])('%s', (_what, content, says) => {
    put('a-damaged', content);
    save(partial);
    const { failures, stderr } = known();
    expect(failures).toEqual([failureOf(partial)]);
    expect(stderr).toMatch(/^passed over: FOLDER\/corpus\/zpci-io\/v1\/a-damaged\.json: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });

  test('without what it says to a terminal', () => {
    put('hostile', { ...partial, property: 'gone\u001b[2J\u202e' });
    expect(known().stderr).toMatch(/^[\u0020-\u007e]+\n$/);
  });
});

describe('a run', () => {
  async function corpusCoverage(properties: readonly string[]) {
    const terminal = new CapturedTerminal();
    await run(
      {
        models: ['v1'],
        properties,
        runs: 1,
        timeMs: null,
        seed: 1,
        opsMax: 1,
        stepsMax: STEPS_MAX,
        schedulesMax: 10,
        strategy: 'portfolio',
        jobs: 1,
        shard: { index: 1, count: 1 },
        reporters: [{ name: 'json', file: null }],
        corpus: CORPUS,
        save: false,
        bail: false,
        quiet: true,
      },
      terminal,
    );
    const printed = JSON.parse(terminal.stdout) as { models: [{ coverage: Coverage }] };
    return {
      corpus: printed.models[0].coverage.by.corpus,
      stderr: terminal.stderr.replaceAll(folder.path, 'FOLDER'),
    };
  }

  test('says how many it replayed, and how many of them still show their failure', async () => {
    save(partial, clean);
    put('stale', { ...partial, scenario: { ...partial.scenario, schedule: ['vcpu7'] } });
    put('fixed', { ...partial, scenario: scenarioOf(load()) });
    put('damaged', '{');
    expect(await corpusCoverage([PARTIAL, CLEAN])).toEqual({
      corpus: { entries: 4, reproduced: 2 },
      stderr: expect.stringMatching(/^passed over: FOLDER\/corpus\/zpci-io\/v1\/damaged\.json: [^\n]+\n$/),
    });
    expect((await corpusCoverage([CLEAN])).corpus).toEqual({ entries: 1, reproduced: 1 });
  });
});
