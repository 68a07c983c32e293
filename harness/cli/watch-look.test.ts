import { describe, expect, test } from 'vitest';
import { makeEntry, saveEntry } from '../corpus.ts';
import { Folder } from '../folder.fixture.ts';
import { FORMAT, type Scenario } from '../scenario/scenario.ts';
import { series as gated } from './gated.fixture.ts';
import { keptPools } from './kept-pools.fixture.ts';
import { loadSeries } from './registry.ts';
import { look } from './watch-look.ts';
import type { LookRequest, LookSaid } from './watch-protocol.ts';

const folder = new Folder();
const moduleOf = (name: string): string => new URL(name, import.meta.url).href;
const GATED = [moduleOf('./gated.fixture.ts')];
const keep = keptPools();

const REQUEST: LookRequest = {
  names: ['gated'],
  models: [],
  properties: [],
  corpus: folder.at('nothing'),
  before: {},
  today: '2025-06-01',
  color: false,
  width: 80,
};

async function lookAt(changes: Partial<LookRequest>): Promise<LookSaid[]> {
  const heard: LookSaid[] = [];
  await look({ ...REQUEST, ...changes }, [gated], await keep(2, GATED), (said) => heard.push(said));
  return heard;
}

const statesOf = (heard: readonly LookSaid[]) =>
  heard.flatMap((one) => (one.kind === 'state' ? [one.state] : []));
const textsOf = (heard: readonly LookSaid[]) =>
  heard.flatMap((one) => (one.kind === 'counterexample' ? [one.text] : []));

describe('a look', () => {
  test('tells of all states in their order, with what is expected of each claim', async () => {
    const heard = await lookAt({});
    const ids = ['pre', 'v1', 'v1+hp', 'broken', 'blinded', 'dated', 'pre+mutant-again', 'v1:2'];
    expect(statesOf(heard).map(({ model }) => model)).toEqual(ids.map((id) => `gated/${id}`));
    expect(heard.at(-1)).toEqual({
      kind: 'series',
      name: 'gated',
      states: ids.map((id) => `gated/${id}`),
      broken: [],
    });
    const problems = statesOf(heard).flatMap(({ model, claims }) =>
      claims.flatMap(({ property, problem }) =>
        problem === null ? [] : [`${model} ${property} ${problem}`],
      ),
    );
    expect(problems).toEqual(['gated/broken never-returns-negative unexpected-violation']);
    expect(statesOf(heard)[0]!.executions).toBeGreaterThan(0);
  });

  test('says the same each time', async () => {
    expect(await lookAt({})).toEqual(await lookAt({}));
  });

  test('shows what nobody expected, and after another look only what is new', async () => {
    const first = await lookAt({ models: ['gated/broken', 'gated/pre'] });
    expect(textsOf(first).map((text) => text.split('\n', 1)[0])).toEqual([
      'gated/broken (posted 2025-02-01) breaks never-returns-negative: negative-return',
    ]);
    expect(textsOf(first)[0]).toMatch(
      /reproduce: npx zpci-fuzz gate --profile ci --model gated\/broken --property/,
    );
    const known = { 'gated/broken': ['never-returns-negative negative-return'] };
    expect(textsOf(await lookAt({ models: ['gated/broken'], before: known }))).toEqual([]);
    const second = await lookAt({ models: ['gated/pre'], before: { 'gated/pre': [] } });
    expect(textsOf(second).map((text) => text.split('\n', 1)[0])).toEqual([
      'gated/pre (merged v6.0) breaks no-lost-update: update-lost',
    ]);
    expect(textsOf(second)[0]).toMatch(/reproduce: npx zpci-fuzz run --model gated\/pre /);
  });

  test('replays what is stored, and names what is damaged', async () => {
    const corpus = folder.at('corpus');
    const [found] = (await storedBy(corpus)).map(({ fate }) => fate);
    expect(found).toBe('reproduced');
    folder.write('corpus/gated/pre/no-lost-update/zzz.json', '{');
    const fates = statesOf(await lookAt({ models: ['gated/pre'], corpus }))[0]!.entries.map(
      ({ fate }) => fate,
    );
    expect(fates).toEqual(['reproduced', expect.stringMatching(/^damaged: /)]);
  });

  test('refuses a misspelled claim, and an expectation that means nothing', async () => {
    await expect(lookAt({ properties: ['no-lost-updat'] })).rejects.toThrow(/unknown property/);
    const [misspelled] = await loadSeries([moduleOf('./misspelled.fixture.ts')]);
    const looked = look(REQUEST, [misspelled!], await keep(2, GATED), () => {});
    await expect(looked).rejects.toThrow(/expectations\.ts: /);
  });

  test('tells once of what cannot be looked at, and looks at the rest', async () => {
    const heard: LookSaid[] = [];
    const pool = await keep(2, GATED);
    const failing = {
      ...pool,
      chunk: (job: Parameters<typeof pool.chunk>[0]) => {
        if (job.model === 'gated/v1' || job.model === 'gated/broken') throw new TypeError('no');
        return pool.chunk(job);
      },
    };
    await look({ ...REQUEST, models: ['gated/pre', 'gated/v1', 'gated/broken'] }, [gated], failing, (said) =>
      heard.push(said),
    );
    expect(heard.map(({ kind }) => kind)).toEqual(['state', 'broken', 'series']);
    expect(heard[1]).toMatchObject({
      state: 'gated/v1 (posted 2025-01-01)',
      error: { name: 'TypeError', message: 'no' },
    });
    expect(heard[2]).toMatchObject({ broken: ['gated/v1', 'gated/broken'] });
  });
});

/** Stores a counterexample of gated/pre, and looks at it. */
async function storedBy(corpus: string) {
  const model = gated.model('pre')!;
  const scenario: Scenario = {
    format: FORMAT,
    model: model.id,
    ops: [
      { actor: 'user0', op: 'increment', amount: 1 },
      { actor: 'user1', op: 'increment', amount: 1 },
    ],
    schedule: ['user0', 'user0', 'user1', 'user1', 'user1', 'user0'],
  };
  const found = {
    property: 'no-lost-update',
    kind: 'update-lost',
    scenario,
    minimal: true,
    foundWith: { ops: 2, run: 0 },
  };
  saveEntry(corpus, model, makeEntry(model, found, 1_000, { tool: 'test', seed: 1 }), 1_000);
  return statesOf(await lookAt({ models: ['gated/pre'], corpus }))[0]!.entries;
}
