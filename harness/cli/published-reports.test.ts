import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { GateJson } from '../../reports/gate-json.ts';
import type { RunJson } from '../../reports/run-json.ts';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { gate } from './gate.ts';
import { SMALL_GATE } from './gate-options.fixture.ts';
import type { GateOptions } from './gate-options.ts';
import { keptPools } from './kept-pools.fixture.ts';
import type { Pool } from './pool.ts';
import { publishedReports, publishedReportText } from './published-reports.ts';
import { type RunOptions, run } from './run.ts';

const folder = new Folder();
const schemas = publishedReports();
const moduleOf = (name: string): string => new URL(name, import.meta.url).href;
const GATED = [moduleOf('./gated.fixture.ts')];
const HANGING = [moduleOf('./hanging.fixture.ts')];
const keep = keptPools();

const OPTIONS: GateOptions = {
  ...SMALL_GATE,
  strategy: 'random',
  reporters: [{ name: 'json', file: null }],
  corpus: folder.at('unused'),
};

const partsOf = (modules: readonly string[]) => ({
  modules,
  makePool: async (size: number): Promise<Pool> => ({
    ...(await keep(size, modules, modules === HANGING ? 40 : undefined)),
    close: async () => {},
  }),
});

async function runOf(modules: readonly string[], changes: Partial<RunOptions>): Promise<RunJson> {
  const terminal = new CapturedTerminal();
  await run({ ...OPTIONS, ...changes }, terminal, partsOf(modules));
  return JSON.parse(terminal.stdout) as RunJson;
}

async function gateOf(modules: readonly string[], changes: Partial<GateOptions>): Promise<GateJson> {
  const terminal = new CapturedTerminal();
  await gate({ ...OPTIONS, ...changes }, terminal, partsOf(modules));
  return JSON.parse(terminal.stdout) as GateJson;
}

const checkOf = (name: 'run' | 'gate') => {
  const check = new Ajv({ strict: false }).compile(schemas.get(`reports/schema/${name}.schema.json`)!);
  return (report: unknown): string => (check(report) ? '' : JSON.stringify(check.errors));
};
const problemOfRun = checkOf('run');
const problemOfGate = checkOf('gate');

test.each([...schemas.keys()])('%s is what the code says (else: npm run schema)', (path) => {
  expect(readFileSync(path, 'utf8')).toBe(publishedReportText(schemas.get(path)!));
});

describe('the report of a run is what its schema says', () => {
  test('with violations and facts', async () => {
    const report = await runOf(GATED, { models: ['gated/v1', 'gated/pre'] });
    const { models } = report;
    expect(models.some(({ counterexamples }) => counterexamples.length > 0)).toBe(true);
    expect(models.some(({ facts }) => facts.some(({ findings }) => findings.length > 0))).toBe(true);
    expect(problemOfRun(report)).toBe('');
  });

  test('with hangs, stopped by them or not', async () => {
    const report = await runOf(HANGING, { models: ['hanging/race'], runs: 5 });
    const [model] = report.models;
    expect(model!.hangs).toHaveLength(1);
    expect(problemOfRun(report)).toBe('');
    expect(problemOfRun({ ...report, models: [{ ...model, stopped: 'hang' }] })).toBe('');
  });

  test('stopped by time or the first failure, and put together from some shards', async () => {
    const bailed = await runOf(GATED, { models: ['gated/pre'], runs: 5_000, bail: true });
    expect(bailed.models[0]!.stopped).toBe('bail');
    expect(problemOfRun(bailed)).toBe('');
    const timed = await runOf(GATED, { models: ['gated/pre'], runs: null, timeMs: 1 });
    expect(timed.models[0]!.stopped).toBe('time');
    expect(problemOfRun({ ...timed, shardsMissing: ['2/2'] })).toBe('');
  });

  test('with a predicted deadlock', async () => {
    const report = await runOf(GATED, { models: ['gated/pre'] });
    const use = { lock: 'a', shared: false };
    const thread = { actor: 'user0', operation: 'x', held: use, asks: use, holds: [use] };
    const writer = { lock: 'a', actor: 'user1', operation: 'y' };
    const [model] = report.models;
    const lockOrder = {
      ...model!.lockOrder,
      predicted: [{ locks: ['a', 'b'], threads: [thread, thread], writers: [writer] }],
    };
    expect(problemOfRun({ ...report, models: [{ ...model, lockOrder }] })).toBe('');
  });
});

describe('the report of the gate is what its schema says', () => {
  test('with what is expected and what is not', async () => {
    const report = await gateOf(GATED, {
      models: ['gated/v1', 'gated/pre:0', 'gated/broken', 'gated/dated'],
    });
    const verdicts = report.models.flatMap((model) => model.verdicts);
    for (const field of ['reason', 'source', 'inheritedFrom', 'stored', 'expires'] as const)
      expect(verdicts.some((verdict) => verdict[field] !== undefined)).toBe(true);
    expect(verdicts.some(({ problem }) => problem !== null)).toBe(true);
    expect(problemOfGate(report)).toBe('');
  });

  test('with hangs, stopped by them, and with changes', async () => {
    const report = await gateOf(GATED, { models: ['gated/pre'] });
    const models = report.models.map((model) => ({ ...model, stopped: 'hang', hangs: 5 }));
    const changed = { since: 'main', series: [{ name: 'gated', own: ['a.ts'], shared: [] }] };
    expect(problemOfGate({ ...report, models, changed })).toBe('');
  });
});

test('a field that no schema names is seen', async () => {
  const report = await runOf(GATED, { models: ['gated/pre'] });
  expect(problemOfRun({ ...report, more: 1 })).toContain('"more"');
  expect(problemOfGate(report)).not.toBe('');
  const [model] = report.models;
  const coverage = { ...model!.coverage, more: 1 };
  expect(problemOfRun({ ...report, models: [{ ...model, coverage }] })).toContain('"more"');
});
