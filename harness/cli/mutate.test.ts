import { describe, expect, test } from 'vitest';
import { mutationsOf } from '../campaign/mutations.ts';
import { mutationName } from '../model/mutation.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { type MutateOptions, mutate } from './mutate.ts';
import { makePool } from './pool.ts';
import { series as weakened } from './weakened.fixture.ts';

const MODULES = [new URL('./weakened.fixture.ts', import.meta.url).href];

const OPTIONS: MutateOptions = {
  models: ['weakened/v1'],
  seed: 1,
  runs: 50,
  opsMax: 4,
  stepsMax: 1_000,
  timeMs: null,
  jobs: 1,
  scoreMin: 0,
  json: false,
  quiet: true,
};

interface Document {
  readonly models: readonly {
    readonly caught: number;
    readonly of: number;
    readonly left: number;
    readonly mutants: readonly {
      readonly operator: string;
      readonly where: string;
      readonly what: string;
      readonly patch: string | null;
      readonly fate: string;
      readonly by: readonly string[];
      readonly reason?: string;
    }[];
  }[];
  readonly needlessReasons: readonly string[];
}

async function mutated(
  options: Partial<MutateOptions> = {},
): Promise<{ code: ExitCode; terminal: CapturedTerminal }> {
  const terminal = new CapturedTerminal();
  const code = await mutate({ ...OPTIONS, ...options }, terminal, { modules: MODULES, makePool });
  return { code, terminal };
}

const document = async (options: Partial<MutateOptions> = {}): Promise<Document> =>
  JSON.parse((await mutated({ json: true, ...options })).terminal.stdout) as Document;

test('what there is to weaken is what executions show', () => {
  expect(mutationsOf(weakened.model('v1')!).map(mutationName)).toEqual([
    'drop-call(counter_add, 0)',
    'drop-lock(counter_add, counter lock)',
    'early-unlock(counter_add, counter lock)',
    'ignore-error(counter_add, -22)',
    'late-lock(counter_add, counter lock)',
    'revert(counter_add)',
    'drop-call(counter_log)',
    // To let go of it a step earlier would be no other model: it is held for one step.
    'drop-lock(counter_log, log lock)',
    'late-call(counter_log)',
    'late-lock(counter_log, log lock)',
    'answer(counter_check, 0)',
    'flip(logs)',
  ]);
});

describe('a mutant', () => {
  test('is caught by claims that break on it and not on the state', async () => {
    const { models } = await document();
    const fates = models[0]!.mutants.map(({ operator, where, fate, by }) => [
      `${operator}(${where})`,
      fate,
      by.join(' '),
    ]);

    expect(fates).toEqual([
      ['drop-call(counter_add)', 'killed', 'no-lost-update no-overflow'],
      ['drop-lock(counter_add)', 'killed', 'no-lost-update'],
      ['early-unlock(counter_add)', 'killed', 'no-lost-update'],
      ['ignore-error(counter_add)', 'killed', 'no-lost-update no-overflow'],
      ['late-lock(counter_add)', 'killed', 'no-lost-update'],
      ['revert(counter_add)', 'killed', 'no-lost-update no-overflow'],
      ['drop-call(counter_log)', 'survived', ''],
      ['drop-lock(counter_log)', 'survived', ''],
      ['late-call(counter_log)', 'survived', ''],
      ['late-lock(counter_log)', 'survived', ''],
      ['answer(counter_check)', 'killed', 'no-overflow'],
      ['flip(logs)', 'survived', ''],
    ]);
    expect(models[0]).toMatchObject({ caught: 7, of: 12, left: 0 });
  });

  test('is of the patch that left its function as it is', async () => {
    const { models } = await document();
    const patches = new Map(models[0]!.mutants.map(({ where, patch }) => [where, patch]));

    expect(patches.get('counter_add')).toBe('1/1');
    expect(patches.get('counter_log')).toBeNull();
  });

  test('that survives has a reason or none, and one that does not needs none', async () => {
    const { models, needlessReasons } = await document();
    const reasons = models[0]!.mutants.flatMap(({ operator, where, reason }) =>
      reason === undefined ? [] : [[`${operator}(${where})`, reason]],
    );

    expect(reasons).toEqual([['drop-call(counter_log)', 'No claim is about the log.']]);
    expect(needlessReasons).toEqual(['drop-lock(counter_add, counter lock)']);
  });
});

test('the report has the score, who caught what, and the survivors', async () => {
  const { code, terminal } = await mutated({ quiet: false });

  expect(code).toBe(ExitCode.asClaimed);
  await expect(terminal.stdout).toMatchFileSnapshot('golden/mutate.txt');
});

test('a score below the one that is asked for is a violation', async () => {
  expect((await mutated({ scoreMin: 58 })).code).toBe(ExitCode.asClaimed);
  expect((await mutated({ scoreMin: 59 })).code).toBe(ExitCode.violated);
});

test('a mutant is no state to be weakened, and what is no mutation makes none', async () => {
  await expect(mutated({ models: ['weakened/v1~drop-call(counter_log)'] })).rejects.toThrow(
    /is weakened already/,
  );
  await expect(mutated({ models: ['weakened/v1~drop-lock(counter_add, countr lock)'] })).rejects.toThrow(
    /is no mutation of weakened\/v1\. Nearest: drop-lock\(counter_add, counter lock\)/,
  );
  await expect(mutated({ models: ['weakened/v1~flip(facts.a.b)'] })).rejects.toThrow(/is no mutation/);
});

test('what no time was left for is counted as not tried, and has no score', async () => {
  const { models } = await document({ timeMs: 0 });

  expect(models[0]).toMatchObject({ caught: 0, of: 0, left: 12 });
  expect((await mutated({ timeMs: 0, scoreMin: 1 })).code).toBe(ExitCode.nothingRan);
  expect((await mutated({ timeMs: 0 })).terminal.stdout).toContain('no score: none of 12 mutants was tried');
});
