import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CHUNK_SEQUENCES } from '../campaign/chunk.ts';
import type { Counterexample, Coverage, Verdict } from '../campaign/result.ts';
import { entryPaths, readEntry, replayEntry } from '../corpus.ts';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { keptPools } from './kept-pools.fixture.ts';
import { loadSeries, seriesModules } from './registry.ts';
import { type RunOptions, run } from './run.ts';
import { selectModel } from './select.ts';

const folder = new Folder();
const series = await loadSeries();

/** What `run --json` prints. */
interface Printed {
  readonly format: number;
  readonly seed: number;
  readonly models: readonly {
    readonly model: string;
    readonly provenance: { readonly label: string; readonly status: string };
    readonly stopped: string | null;
    readonly verdicts: readonly Verdict[];
    readonly counterexamples: readonly Counterexample[];
    readonly coverage: Coverage;
  }[];
}

const OPTIONS: RunOptions = {
  models: ['v1'],
  properties: ['request-needs-all-its-bytes'],
  runs: 60,
  timeMs: null,
  seed: 1,
  opsMax: 6,
  stepsMax: 5000,
  schedulesMax: 2_000,
  strategy: 'portfolio',
  jobs: 1,
  shard: { index: 1, count: 1 },
  reporters: [{ name: 'text', file: null }],
  corpus: folder.at('unused'),
  save: false,
  bail: false,
  quiet: true,
};

const keep = keptPools();

async function go(changes: Partial<RunOptions>): Promise<{ code: ExitCode; stdout: string; stderr: string }> {
  const terminal = new CapturedTerminal();
  const code = await run({ ...OPTIONS, ...changes }, terminal, {
    modules: seriesModules(),
    makePool: async (size, modules) => ({ ...(await keep(size, modules)), close: async () => {} }),
  });
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const JSON_REPORT = { reporters: [{ name: 'json', file: null }] } as const;

async function goJson(changes: Partial<RunOptions>): Promise<{ code: ExitCode; printed: Printed }> {
  const { code, stdout } = await go({ ...changes, ...JSON_REPORT });
  return { code, printed: JSON.parse(stdout) as Printed };
}

test('a corpus that is a file is refused also where nothing is saved', async () => {
  const corpus = folder.write('a-file', '');
  await expect(go({ corpus })).rejects.toThrow(
    `the corpus ${corpus} is no folder; name one with --corpus DIR.`,
  );
});

test('states that --bail left out are named', async () => {
  const early = { models: ['v1', 'rfc', 'v2'], bail: true };
  expect((await go(early)).stdout.replace(/\s+/g, ' ')).toMatch(
    /not looked at: zpci-io\/rfc \(posted 2020-12-09\), zpci-io\/v2 \(inferred\) $/,
  );
  const { printed } = await goJson(early);
  expect(printed).toMatchObject({ leftOut: ['zpci-io/rfc', 'zpci-io/v2'] });
});

describe('run ends with', () => {
  test('0 where every claim holds', async () => {
    const { code, printed } = await goJson({ models: ['v3'], properties: ['no-deadlock'] });
    expect(code).toBe(ExitCode.asClaimed);
    expect(printed.models[0]!.verdicts).toMatchObject([{ property: 'no-deadlock', verdict: 'holds' }]);
  });

  test('1 where one is violated', async () => {
    const { code, printed } = await goJson({});
    expect(code).toBe(ExitCode.violated);
    expect(printed.models[0]!.verdicts).toMatchObject([
      { verdict: 'violated', kinds: [{ kind: 'executes-on-a-partial-write' }] },
    ]);
    expect(printed.models[0]!.counterexamples).toMatchObject([
      { property: 'request-needs-all-its-bytes', minimal: true },
    ]);
  });

  test('4 where no claim applies, before anything is printed', async () => {
    expect(await go({ models: ['v3'] })).toEqual({
      code: ExitCode.nothingRan,
      stdout: '',
      stderr: 'nothing ran: none of the selected claims applies to zpci-io/v3.\n',
    });
  });

  test('4 where a shard is empty', async () => {
    expect(await go({ shard: { index: 2, count: 2 } })).toEqual({
      code: ExitCode.nothingRan,
      stdout: '',
      stderr: 'shard 2/2 is empty: there is less work than shards.\n',
    });
  });
});

describe('what is searched', () => {
  test('is said first, with where it comes from and the seed', async () => {
    const { stdout } = await go({
      models: ['v2', 'v3'],
      properties: ['no-deadlock'],
      runs: 5,
      seed: 0xdecade,
    });
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'model zpci-io/v2 (inferred)',
      'model zpci-io/v3 (proposed in review 2021-01-27)',
      'seed  0xdecade, strategy portfolio',
    ]);
    expect(stdout.match(/zpci-io\/v\d(?! \()/g)).toBeNull();
  });

  test('is said in JSON for every model', async () => {
    const { printed } = await goJson({ models: ['v2', 'v3'], properties: ['no-deadlock'], runs: 5 });
    expect(printed.models.map(({ model, provenance }) => [model, provenance])).toEqual([
      ['zpci-io/v2', { label: 'inferred', status: 'inferred' }],
      ['zpci-io/v3', { label: 'proposed in review 2021-01-27', status: 'proposed in review' }],
    ]);
  });

  test('leaves out models that no claim applies to, and says so', async () => {
    const { stderr, stdout } = await go({ models: ['v1', 'v3'], runs: 5 });
    expect(stderr).toBe('skipped: none of the selected claims applies to zpci-io/v3.\n');
    expect(stdout).not.toMatch('zpci-io/v3');
  });

  test('are the claims that globs name', async () => {
    const { printed } = await goJson({ properties: ['no-deadlock*', 'pins-*'], runs: 5 });
    expect(printed.models[0]!.verdicts.map(({ property }) => property).toSorted()).toEqual([
      'no-deadlock',
      'no-deadlock-on-hot-unplug',
      'pins-balanced',
    ]);
  });

  test('is bounded by --max-ops', async () => {
    const { printed } = await goJson({
      opsMax: 1,
      strategy: 'random',
      properties: ['no-deadlock'],
      runs: 100,
    });
    const { sequences, executions } = printed.models[0]!.coverage;
    expect(sequences).toBe(100);
    expect(executions).toBeLessThan(100 * 16);
  });
});

describe('the same inputs', () => {
  test('give the same bytes', async () => {
    // Of a state with few failures: shrinking them is most of the work, and it is done four times.
    const changes = { models: ['v2'], properties: [], runs: 30, quiet: false } as const;
    expect(await go(changes)).toEqual(await go(changes));
    expect(await go({ ...changes, ...JSON_REPORT })).toEqual(await go({ ...changes, ...JSON_REPORT }));
  });

  test('but another seed give others', async () => {
    const [one, other] = [await goJson({ seed: 1 }), await goJson({ seed: 2 })];
    expect(one.printed.models[0]!.coverage).not.toEqual(other.printed.models[0]!.coverage);
  });
});

test('shards share out the work', async () => {
  const runs = CHUNK_SEQUENCES + 50;
  const changes = { models: ['v2'], properties: ['zero-length-never-executes'], runs };
  const coverage = async (shard: RunOptions['shard']): Promise<Coverage> =>
    (await goJson({ ...changes, shard })).printed.models[0]!.coverage;
  const whole = await coverage({ index: 1, count: 1 });
  const [first, second] = [await coverage({ index: 1, count: 2 }), await coverage({ index: 2, count: 2 })];
  expect(whole.sequences).toBe(runs);
  expect([first.sequences, second.sequences]).toEqual([CHUNK_SEQUENCES, 50]);
  for (const counted of [
    'executions',
    'steps',
    'distinctSchedules',
    'deadlocks',
    'endlessByDesign',
  ] as const) {
    expect(first[counted] + second[counted], counted).toBe(whole[counted]);
  }
});

describe('a run is stopped', () => {
  test('by --bail at the first failure', async () => {
    const changes = { models: ['v1', 'v2'], runs: 4 * CHUNK_SEQUENCES, bail: true };
    const { code, printed } = await goJson(changes);
    expect(code).toBe(ExitCode.violated);
    expect(printed.models).toHaveLength(1);
    expect(printed.models[0]).toMatchObject({
      stopped: 'bail',
      // Before any generated sequence: small scenarios break v1.
      coverage: { sequences: 0 },
    });
  });

  test('by --bail after the chunk with the first failure, where nothing is tried before', async () => {
    const { printed } = await goJson({ strategy: 'random', runs: 4 * CHUNK_SEQUENCES, bail: true });
    expect(printed.models[0]).toMatchObject({ stopped: 'bail', coverage: { sequences: CHUNK_SEQUENCES } });
  });

  test('by --time, of which each model has its share', async () => {
    // The clock of the test goes a second further whenever it is read.
    const changes = {
      models: ['v2', 'v3'],
      properties: ['no-deadlock'],
      runs: null,
      timeMs: 8000,
      strategy: 'random',
    } as const;
    const { printed } = await goJson(changes);
    expect(printed.models.map(({ stopped, coverage }) => [stopped, coverage.sequences])).toEqual([
      ['time', 3 * CHUNK_SEQUENCES],
      ['time', 3 * CHUNK_SEQUENCES],
    ]);
  });
});

describe('counterexamples', () => {
  test('are saved, once, and reproduce', async () => {
    const corpus = folder.at('saved');
    const first = await go({ corpus, save: true, quiet: false });
    const [path, ...others] = entryPaths(corpus);
    expect(others).toEqual([]);
    expect(first.stdout.replace(/\\\n */g, '')).toMatch(`npx zpci-fuzz replay ${path}`);
    const text = readFileSync(path!, 'utf8');
    await go({ corpus, save: true, seed: 99 });
    expect(entryPaths(corpus)).toEqual([path]);
    expect(readFileSync(path!, 'utf8')).toBe(text);

    const v1 = selectModel(series, 'v1');
    const entry = readEntry(path!, () => v1.series);
    expect(entry).toMatchObject({ model: 'zpci-io/v1', minimal: true, notes: { seed: 1 } });
    expect(replayEntry(v1, entry, 5000)).toMatchObject({ status: 'reproduced', traceChanged: false });
  });

  test('are not saved with --no-save: their seed finds them again', async () => {
    const { stdout } = await go({ quiet: false, opsMax: 5, strategy: 'pct' });
    expect(entryPaths(OPTIONS.corpus)).toEqual([]);
    expect(stdout.replace(/\\\n */g, '')).toMatch(
      'npx zpci-fuzz run --model zpci-io/v1 --property request-needs-all-its-bytes --seed 1 --runs 250 --strategy pct --max-ops 5 --max-steps 5000 --no-save',
    );
  });

  test('are left out of the text with -q, and their verdicts are not', async () => {
    const { stdout } = await go({});
    expect(stdout).not.toMatch('interleaving');
    expect(stdout).toMatch(/^ {2}violated {6}request-needs-all-its-bytes\b/m);
  });
});

describe('reports', () => {
  const to = (name: string, reporter: 'text' | 'json') => ({ name: reporter, file: folder.at(name) });

  test('go to the files that their reporters name, and nothing to stdout', async () => {
    const reporters = [to('r.txt', 'text'), to('r.json', 'json')];
    const { stdout } = await go({ reporters });
    expect(stdout).toBe('');
    expect(readFileSync(folder.at('r.txt'), 'utf8')).toBe((await go({})).stdout);
    expect(readFileSync(folder.at('r.json'), 'utf8')).toBe((await go(JSON_REPORT)).stdout);
  });

  test('replace those of the run before', async () => {
    const reporters = [to('again.txt', 'text'), to('again.json', 'json')];
    await go({ reporters });
    const before = readFileSync(folder.at('again.txt'), 'utf8');
    await go({ reporters });
    expect(readFileSync(folder.at('again.txt'), 'utf8')).toBe(before);
    expect(JSON.parse(readFileSync(folder.at('again.json'), 'utf8'))).toHaveProperty('format', 1);
  });

  test.each([
    ['a folder', () => folder.path, 'it is a folder'],
    ['below no folder', () => folder.at('missing', 'r.json'), 'missing does not exist'],
    ['below a file', () => folder.at('in-the-way', 'r.json'), 'in-the-way is not a folder'],
  ])('are refused before the search where they cannot be written: %s', async (_where, file, why) => {
    folder.write('in-the-way', '');
    await expect(go({ reporters: [{ name: 'json', file: file() }] })).rejects.toThrow(
      new RegExp(`^the report \\S+ cannot be written: \\S*${why}\\.$`),
    );
  });
});

test.each([
  ['a file in its place', 'file', 'file'],
  ['a file above it', 'file/below', 'file'],
  ['a file in the place of its series', 'corpus', 'corpus/zpci-io'],
])('a corpus that cannot be written is refused before the search: %s', async (_what, corpus, file) => {
  folder.write(file, '');
  await expect(go({ corpus: folder.at(corpus), save: true })).rejects.toThrow(
    `the corpus folder ${folder.at(corpus)} cannot be used: ${folder.at(file)} is not a folder. Name another with --corpus DIR, or use --no-save.`,
  );
});
