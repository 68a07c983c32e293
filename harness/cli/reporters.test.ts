/** Reports for machines from end to end, of `run` and of `gate`, on a small series. Formats are tested beside their files. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ktapTests } from '../../reports/formats/ktap-grammar.fixture.ts';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import type { Event } from './events.ts';
import { gate } from './gate.ts';
import { SMALL_GATE } from './gate-options.fixture.ts';
import type { GateOptions } from './gate-options.ts';
import { keptPools } from './kept-pools.fixture.ts';
import type { Pool } from './pool.ts';
import type { Reporter } from './reporter-names.ts';
import { run } from './run.ts';

const folder = new Folder();
const moduleOf = (name: string): string => new URL(name, import.meta.url).href;
const GATED = [moduleOf('./gated.fixture.ts')];
const HANGING = [moduleOf('./hanging.fixture.ts')];
const keep = keptPools();

const OPTIONS: GateOptions = {
  ...SMALL_GATE,
  models: ['gated/v1', 'gated/broken', 'gated/pre'],
  reporters: [],
  corpus: folder.at('unused'),
};

interface Ended {
  readonly code: number;
  readonly stdout: string;
}

async function go(
  command: 'run' | 'gate',
  name: Reporter['name'],
  changes: Partial<GateOptions> = {},
  terminal = new CapturedTerminal(),
): Promise<Ended> {
  const options = { ...OPTIONS, reporters: [{ name, file: null }], ...changes };
  const modules = options.models.some((id) => id.startsWith('hanging')) ? HANGING : GATED;
  const makePool = async (size: number): Promise<Pool> => ({
    ...(await keep(size, modules, modules === HANGING ? 40 : undefined)),
    close: async () => {},
  });
  const parts = { modules, makePool };
  const code = await (command === 'run' ? run(options, terminal, parts) : gate(options, terminal, parts));
  return { code, stdout: terminal.stdout };
}

const events = ({ stdout }: Ended): Event[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

const resultsOf = (text: string) =>
  ktapTests(text).map(({ name, subtests }) => ({
    name,
    said: subtests.map(({ name: claim, ok, directive }) =>
      `${claim} ${ok ? 'ok' : 'not ok'} ${directive}`.trim(),
    ),
  }));

describe('ktap', () => {
  test('of run has every broken claim as a failure', async () => {
    const { stdout, code } = await go('run', 'ktap');

    expect(code).toBe(1);
    expect(resultsOf(stdout)).toEqual([
      {
        name: 'gated/v1',
        said: ['no-lost-update ok', 'never-returns-negative ok', 'blind ok', 'second-patch-links not ok'],
      },
      {
        name: 'gated/broken',
        said: ['no-lost-update ok', 'never-returns-negative not ok', 'blind ok', 'second-patch-links ok'],
      },
      {
        name: 'gated/pre',
        said: ['no-lost-update not ok', 'never-returns-negative ok', 'second-patch-links ok'],
      },
    ]);
  });

  test('of gate has a failure for what is not as expected, and XFAIL for what is expected to be broken', async () => {
    const { stdout, code } = await go('gate', 'ktap');

    expect(code).toBe(1);
    expect(resultsOf(stdout)).toEqual([
      {
        name: 'gated/v1',
        said: ['no-lost-update ok', 'never-returns-negative ok', 'blind ok', 'second-patch-links ok XFAIL'],
      },
      {
        name: 'gated/broken',
        said: ['no-lost-update ok', 'never-returns-negative not ok', 'blind ok', 'second-patch-links ok'],
      },
      {
        name: 'gated/pre',
        said: ['no-lost-update ok XFAIL', 'never-returns-negative ok', 'second-patch-links ok'],
      },
    ]);
    expect(stdout).toContain('Two steps lose what happens between them. (proposed in review 2025-06-01');
  });

  test('has a failure where a violation is missing, with the command that looks again', async () => {
    const { stdout } = await go('gate', 'ktap', { models: ['gated/blinded'] });

    expect(stdout).toContain('not ok 3 blind\n');
    expect(stdout).toMatch(
      /# expected to be violated, and not found to be; .*\n *# reproduce: npx zpci-fuzz gate .*blind/,
    );
  });

  test('has an error where a model hangs', async () => {
    const { stdout, code } = await go('run', 'ktap', { models: ['hanging/race'], runs: 5 });

    expect(code).toBe(3);
    expect(stdout).toMatch(
      /# reproduce: npx zpci-fuzz run .*\n *not ok \d+ comes-back # ERROR .*does not come back/,
    );
  });
});

test.each(['run', 'gate'] as const)('%s says how to reproduce in each format', async (command) => {
  for (const name of ['ktap', 'junit', 'sarif', 'github', 'mail', 'html', 'jsonl'] as const) {
    const { stdout, code } = await go(command, name, { models: ['gated/broken'] });
    expect(code).toBe(1);
    expect(stdout.replace(/ \\\n {2}/g, ' '), name).toMatch(
      /npx zpci-fuzz (?:run|gate) --model gated\/broken/,
    );
    expect((await go(command, name, { models: ['gated/broken'] })).stdout, name).toBe(stdout);
  }
});

test('entries are named where they are saved', async () => {
  const { stdout } = await go('gate', 'sarif', {
    models: ['gated/broken'],
    save: true,
    corpus: folder.at('corpus'),
  });
  const { results } = (JSON.parse(stdout) as { runs: { results: { message: { text: string } }[] }[] })
    .runs[0]!;
  expect(results).toHaveLength(1);
  expect(results[0]!.message.text).toContain(`npx zpci-fuzz replay ${folder.at('corpus')}`);
});

test('the page has what is expected to be broken with what is stored of it', async () => {
  const corpus = folder.at('stored');
  await go('run', 'text', { models: ['gated/pre'], save: true, corpus });
  const { stdout } = await go('gate', 'html', { models: ['gated/pre'], corpus });
  const data = /<script id="data" type="application\/json">(.*)<\/script>/.exec(stdout)![1]!;
  const { counterexamples } = JSON.parse(data) as {
    counterexamples: { property: string; reproduce: string }[];
  };
  expect(counterexamples.map(({ property }) => property)).toEqual(['no-lost-update']);
  expect(counterexamples[0]!.reproduce).toContain(`npx zpci-fuzz replay ${corpus}`);
});

describe('github', () => {
  test('adds to the summary of the job where there is one', async () => {
    const stepSummary = folder.write('summary.md', 'before\n');
    await go('gate', 'github', { models: ['gated/broken'] }, new CapturedTerminal({ stepSummary }));
    const text = readFileSync(stepSummary, 'utf8');
    expect(text.startsWith('before\n## zpci-fuzz\n')).toBe(true);
    expect(text).toContain('never-returns-negative');
  });

  test('has none elsewhere', async () => {
    await go('gate', 'github', { models: ['gated/v1'] });
    expect(existsSync(folder.at('null'))).toBe(false);
  });
});

describe('jsonl', () => {
  test('of run tells what happens, in the same order whoever is faster', async () => {
    const changes = { models: ['gated/v1', 'gated/broken'], runs: 1_200 };
    const told = events(await go('run', 'jsonl', changes));

    expect(told[0]).toMatchObject({
      event: 'begin',
      command: 'run',
      settings: { seed: 1, runs: 1_200 },
      models: [{ model: 'gated/v1' }, { model: 'gated/broken', provenance: { label: 'posted 2025-02-01' } }],
    });
    expect(told.at(-1)).toEqual({ event: 'end', exitCode: 1 });
    const progress = told.filter((one) => one.event === 'progress');
    expect(progress.length).toBeGreaterThan(4);
    expect(progress.at(-1)).toMatchObject({
      model: 'gated/broken',
      sequences: 1_200,
      of: 1_200,
      failures: 1,
    });
    expect(told).toContainEqual(
      expect.objectContaining({
        event: 'failure',
        model: 'gated/broken',
        kind: 'negative-return',
        entry: null,
      }),
    );
    expect(events(await go('run', 'jsonl', { ...changes, jobs: 2 }))).toEqual(told);
  });

  test('of run has the states as its JSON has them', async () => {
    const told = events(await go('run', 'jsonl')).flatMap((one) =>
      one.event === 'model' ? [one.result] : [],
    );
    const { models } = JSON.parse((await go('run', 'json')).stdout) as { models: object[] };
    expect(told).toEqual(models);
  });

  test('of gate has a failure for each verdict that is not as expected', async () => {
    const told = events(
      await go('gate', 'jsonl', { models: ['gated/broken', 'gated/blinded', 'gated/pre'] }),
    );
    const failures = told.flatMap((one) =>
      one.event === 'failure' ? [`${one.model} ${one.property} ${one.kind}`] : [],
    );
    expect(failures).toEqual([
      'gated/broken never-returns-negative negative-return',
      'gated/blinded blind null',
    ]);
    expect(told.find((one) => one.event === 'failure' && one.kind === null)).toMatchObject({
      reason: expect.stringContaining('expected to be violated, and not found to be'),
      reproduce: expect.stringContaining('npx zpci-fuzz gate --model gated/blinded --property blind'),
    });
  });

  test('of gate has the states as its JSON has them, and how far it is', async () => {
    const told = events(await go('gate', 'jsonl', { jobs: 2 }));
    const { models } = JSON.parse((await go('gate', 'json')).stdout) as { models: object[] };
    expect(told.flatMap((one) => (one.event === 'model' ? [one.result] : []))).toEqual(models);
    expect(told.filter(({ event }) => event === 'progress')).toEqual(
      ['gated/v1', 'gated/broken', 'gated/pre'].map((model, at) => ({
        event: 'progress',
        model,
        done: at + 1,
        of: 3,
      })),
    );
    expect(told.at(-1)).toEqual({ event: 'end', exitCode: 1 });
  });
});

test('states that were left out are named, or counted', async () => {
  const early = { models: ['gated/broken', 'gated/v1'], bail: true };
  expect((await go('run', 'ktap', early)).stdout).toContain(
    '# ERROR not looked at: gated/v1 (posted 2025-01-01)',
  );
  expect((await go('gate', 'ktap', early)).stdout).toContain('# ERROR 1 state of 2 not searched to the end');
});

test('what the gate misses is not called broken', async () => {
  const missing = { models: ['gated/blinded'] };
  expect((await go('gate', 'markdown', missing)).stdout).toContain('1 verdict not as expected');
  expect((await go('gate', 'mail', missing)).stdout).toContain('and found this not to be as expected:');
  expect((await go('run', 'markdown', { models: ['gated/broken'] })).stdout).toContain('1 broken claim,');
});

test('deadlocks are in the words of the kernel, or said not to be there', async () => {
  const { stdout } = await go('run', 'splat', { models: ['gated/v1'] });
  expect(stdout).toMatch(
    /^zpci-fuzz: from a model \(gated\/v1 \(posted 2025-01-01\)\); no kernel ran\.\nNo deadlock/,
  );
});

test('a search that ends early says so in each format that has a place for it', async () => {
  for (const name of ['ktap', 'junit', 'github', 'mail', 'html'] as const) {
    const terminal = new CapturedTerminal({ stepSummary: folder.at(`${name}.md`) });
    const { stdout } = await go('run', name, { models: ['gated/pre'], bail: true, runs: 5_000 }, terminal);
    const summary = name === 'github' ? readFileSync(folder.at(`${name}.md`), 'utf8') : '';
    expect((stdout + summary).replace(/\s+/g, ' '), name).toContain('ended early by --bail');
  }
});
