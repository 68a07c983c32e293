/** Models that hang, in a series that only workers of these tests load. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ModelJson } from '../../reports/run-json.ts';
import { CHUNK_SEQUENCES } from '../campaign/chunk-size.ts';
import { HANGS_MAX } from '../campaign/hang.ts';
import { entryPaths } from '../corpus.ts';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { SMALL_GATE } from './gate-options.fixture.ts';
import { makePool } from './pool.ts';
import { type RunOptions, run } from './run.ts';

const folder = new Folder();
const modules = [new URL('./hanging.fixture.ts', import.meta.url).href];
/** Half a second is for models whose executions are longer. */
const PATIENCE_MS = 100;
const LOST = 'no-lost-update';

const OPTIONS: RunOptions = {
  ...SMALL_GATE,
  models: ['hanging/race'],
  properties: [LOST],
  strategy: 'random',
  reporters: [{ name: 'json', file: null }],
  quiet: false,
};

async function go(changes: Partial<RunOptions>): Promise<{ code: ExitCode; stdout: string }> {
  const terminal = new CapturedTerminal();
  const parts = { modules, makePool: (size: number) => makePool(size, modules, PATIENCE_MS) };
  const code = await run({ ...OPTIONS, ...changes }, terminal, parts);
  return { code, stdout: terminal.stdout };
}

async function goJson(changes: Partial<RunOptions>): Promise<{ code: ExitCode; model: ModelJson }> {
  const { code, stdout } = await go(changes);
  return { code, model: (JSON.parse(stdout) as { models: [ModelJson] }).models[0] };
}

describe('a step that never returns', () => {
  test('is named, and the run goes on without its sequence', async () => {
    const { code, model } = await goJson({});
    expect(code).toBe(ExitCode.brokenContract);
    const { hangs, coverage, stopped, verdicts, counterexamples } = model;
    expect(hangs).toMatchObject([
      {
        during: 'step',
        operation: 'increment',
        function: 'increment',
        claim: null,
        times: 2,
        foundWith: { run: 0, sequence: 4, shrinking: null },
      },
    ]);
    const { actor, step, schedule, ops } = hangs[0]!;
    expect(schedule).toHaveLength(step! + 1);
    expect(schedule[step!]).toBe(actor);
    expect(ops).toContainEqual({ actor, op: 'increment', amount: 5 });
    expect(coverage.sequences).toBe(20 - 2);
    expect(stopped).toBeNull();
    expect(verdicts).toMatchObject([{ property: LOST, verdict: 'violated' }]);
    expect(counterexamples).toMatchObject([{ property: LOST, minimal: true }]);
  });

  test('is killed, and keeps no other worker waiting', async () => {
    const options = {
      seed: 1,
      strategy: 'random',
      opsMax: 4,
      stepsMax: 1000,
      schedulesMax: 2_000,
      properties: [LOST],
    } as const;
    const job = { kind: 'chunk', model: 'hanging/race', options, chunk: 0 } as const;
    const pool = await makePool(2, modules, PATIENCE_MS);
    try {
      await Promise.all([pool.chunk({ ...job, sequences: 4 }), pool.chunk({ ...job, sequences: 4 })]);
      const aside = pool.chunk({ ...job, model: 'hanging/sound', sequences: 5 });
      const { hangs } = await pool.chunk({ ...job, sequences: 5 });
      expect(hangs).toHaveLength(1);
      expect((await aside).sequences).toBe(5);
    } finally {
      await pool.close();
    }
  });

  test('is said in the report', async () => {
    const { stdout } = await go({ runs: 5, reporters: [{ name: 'text', file: null }] });
    expect(stdout).toMatch(/^hang \(a broken model: /m);
    expect(stdout).toMatch(/^ {2}increment of user\d does not come back in increment, at step \d+$/m);
    expect(stdout).toMatch(/^ {4}in operation sequence 4 of chunk 0$/m);
    expect(stdout).toMatch(/; hangs: 1$/m);
  });

  test('ends the search where there are too many of them, at the same place for all numbers of workers', async () => {
    // The small scenarios that a portfolio begins with hang, too.
    const changes = { models: ['hanging/always'], strategy: 'portfolio', runs: 5 } as const;
    const one = await go({ ...changes, jobs: 1 });
    expect(one.code).toBe(ExitCode.brokenContract);
    expect(JSON.parse(one.stdout)).toMatchObject({
      models: [{ stopped: 'hang', hangs: [{ times: HANGS_MAX }], coverage: { sequences: 0 } }],
    });
    expect(await go({ ...changes, jobs: 2 })).toEqual(one);
  });

  test('does not change what is found, for all numbers of workers', async () => {
    const changes = { models: ['hanging/rare'], runs: 3 * CHUNK_SEQUENCES };
    const one = await go({ ...changes, jobs: 1 });
    expect(JSON.parse(one.stdout)).toMatchObject({
      models: [{ stopped: null, hangs: [{ times: 1, foundWith: { run: 1, sequence: 61 } }] }],
    });
    expect(await go({ ...changes, jobs: 2 })).toEqual(one);
    expect(await go({ ...changes, jobs: 4 })).toEqual(one);
  });
});

test('a claim that never returns is named', async () => {
  const { code, model } = await goJson({ models: ['hanging/claim'], properties: [], runs: 10 });
  expect(code).toBe(ExitCode.brokenContract);
  expect(model.hangs).toMatchObject([{ during: 'claim', claim: 'never-judged', times: 1 }]);
  const [{ schedule, step }] = model.hangs as [ModelJson['hangs'][0]];
  expect(schedule).toHaveLength(step! + 1);
});

test('a failure whose shrinking hangs is shown as it was found', async () => {
  // The operations that hang are not among those that are searched.
  const { code, model } = await goJson({ models: ['hanging/smallest'], seed: 21, runs: 6 });
  expect(code).toBe(ExitCode.brokenContract);
  expect(model.hangs).toMatchObject([
    { during: 'step', foundWith: { shrinking: { property: LOST, kind: 'update-lost' } } },
  ]);
  expect(model.counterexamples).toMatchObject([{ property: LOST, minimal: false }]);
  expect(model.counterexamples[0]!.scenario.schedule!.length).toBeGreaterThan(4);
});

test('a stored entry that hangs keeps nothing from being reported', async () => {
  const changes = { corpus: folder.at('corpus'), save: true, runs: 4 };
  await go(changes);
  const [path] = entryPaths(changes.corpus);
  const entry = JSON.parse(readFileSync(path!, 'utf8')) as { scenario: { ops: { amount: number }[] } };
  entry.scenario.ops[0]!.amount = 5;
  writeFileSync(path!, JSON.stringify(entry));
  const { code, model } = await goJson(changes);
  expect(code).toBe(ExitCode.brokenContract);
  expect(model.hangs).toMatchObject([
    { during: 'step', foundWith: { sequence: null, shrinking: { property: LOST } } },
  ]);
  expect(model.counterexamples).toMatchObject([{ property: LOST, minimal: true }]);
});

test('nothing hangs in a sound model', async () => {
  const { code, model } = await goJson({ models: ['hanging/sound'] });
  expect(code).toBe(ExitCode.violated);
  expect(model).toMatchObject({ hangs: [], stopped: null, coverage: { sequences: 20 } });
});
