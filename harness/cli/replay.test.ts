import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type CorpusEntry, entryPaths } from '../corpus.ts';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { type ReplayOptions, replay } from './replay.ts';
import { run } from './run.ts';

const folder = new Folder();

/** Entries of v1: races, whose schedules no other state can follow, and a request that needs no race. */
const GOOD = folder.at('good');
const RACE = 'request-executes-as-validated';
const PARTIAL = 'request-needs-all-its-bytes';
await run(
  {
    models: ['v1'],
    properties: [RACE, PARTIAL],
    runs: 250,
    timeMs: null,
    seed: 1,
    opsMax: 6,
    stepsMax: 5000,
    schedulesMax: 2_000,
    strategy: 'portfolio',
    jobs: 1,
    shard: { index: 1, count: 1 },
    reporters: [{ name: 'text', file: null }],
    corpus: GOOD,
    save: true,
    bail: false,
    quiet: true,
  },
  new CapturedTerminal(),
);
const races = entryPaths(folder.at('good', 'zpci-io/v1', RACE));
const [race] = races;
const [partial] = entryPaths(folder.at('good', 'zpci-io/v1', PARTIAL));
const entryAt = (path: string): CorpusEntry => JSON.parse(readFileSync(path, 'utf8')) as CorpusEntry;
const ENTRY = entryAt(partial!);

let files = 0;
const entryWith = (changes: object): string =>
  folder.write(`entry-${files++}.json`, { ...ENTRY, ...changes });

async function again(
  paths: readonly string[],
  options: Partial<ReplayOptions> = {},
): Promise<{ code: ExitCode; stdout: string; stderr: string }> {
  const terminal = new CapturedTerminal();
  const defaults = {
    paths,
    corpus: GOOD,
    model: null,
    stepsMax: 5000,
    schedulesMax: 2_000,
    strict: false,
    json: false,
    quiet: true,
  };
  const code = await replay({ ...defaults, ...options }, terminal);
  return { code, stdout: terminal.stdout.replaceAll(folder.path, 'FOLDER'), stderr: terminal.stderr };
}

const statuses = ({ stdout }: { stdout: string }): string[] =>
  (JSON.parse(stdout) as { entries: { status: string }[] }).entries.map(({ status }) => status);

describe('a replay says', () => {
  const REQUEST = 'request-needs-all-its-bytes (executes-on-a-partial-write)';

  test.each<{
    name: string;
    status: string;
    path: string;
    options?: Partial<ReplayOptions>;
    line: RegExp;
    code: ExitCode;
    strict?: ExitCode;
  }>([
    {
      name: 'reproduced',
      status: 'reproduced',
      path: partial!,
      line: /^reproduced {7}\S+ on \S+ \([^)]+\)$/m,
      code: 0,
    },
    {
      name: 'reproduced, by other steps',
      status: 'reproduced',
      path: entryWith({ expected: { ...ENTRY.expected, trace: ['another'] } }),
      line: /^reproduced {7}\S+ on \S+ \([^)]+\); its steps differ from those recorded$/m,
      code: 0,
    },
    {
      name: 'fixed, by another state',
      status: 'fixed',
      path: partial!,
      options: { model: 'v2' },
      line: new RegExp(
        `^fixed {12}\\S+: ${REQUEST.replace(/[()]/g, '\\$&')} holds on zpci-io/v2 \\(inferred\\)$`,
        'm',
      ),
      code: 1,
    },
    {
      name: 'fixed, where the claim says nothing',
      status: 'fixed',
      path: partial!,
      options: { model: 'v3' },
      line: /does not apply to zpci-io\/v3 \(proposed in review 2021-01-27\)$/m,
      code: 1,
    },
    {
      name: 'another violation',
      status: 'other violation',
      path: entryWith({ kind: 'another-kind' }),
      line: /^other violation {2}\S+ on \S+ \([^)]+\): request-needs-all-its-bytes \(executes-on-a-partial-write\), /m,
      code: 1,
    },
    {
      name: 'stale',
      status: 'stale',
      path: race!,
      options: { model: 'v3' },
      line: /^stale {12}\S+ on \S+ \([^)]+\): at step 3 the schedule names "user0"; can run: user1$/m,
      code: 1,
      strict: 3,
    },
    {
      name: 'damaged: cut off',
      status: 'damaged',
      path: folder.write('cut.json', '{"format":1,'),
      line: /^damaged {10}FOLDER\/cut\.json: not valid JSON: .*mend or restore it\.$/m,
      code: 2,
      strict: 3,
    },
    {
      name: 'damaged: newer',
      status: 'damaged',
      path: entryWith({ format: 2 }),
      line: /^damaged .*newer zpci-fuzz: update the tool\.$/m,
      code: 2,
      strict: 3,
    },
    {
      name: 'damaged: of a state that there is no more',
      status: 'damaged',
      path: entryWith({ model: 'zpci-io/v9', scenario: { ...ENTRY.scenario, model: 'zpci-io/v9' } }),
      line: /^damaged .*"model" is "zpci-io\/v9", a state that there is no more\.$/m,
      code: 2,
      strict: 3,
    },
    {
      name: 'damaged: of a series that there is no more',
      status: 'damaged',
      path: entryWith({ model: 'nope/v1' }),
      line: /^damaged .*"model" is "nope\/v1", of no known series\.$/m,
      code: 2,
      strict: 3,
    },
    {
      name: 'damaged: of patches that do not build',
      status: 'damaged',
      path: entryWith({ model: 'zpci-io/v1:4', scenario: { ...ENTRY.scenario, model: 'zpci-io/v1:4' } }),
      line: /^damaged {10}FOLDER\/\S+: zpci-io\/v1:4 does not build/m,
      code: 2,
      strict: 3,
    },
    {
      name: 'damaged: of a claim that there is no more',
      status: 'damaged',
      path: entryWith({ property: 'gone' }),
      line: /^damaged .*"property" is "gone", a claim that there is no more\.$/m,
      code: 2,
      strict: 3,
    },
  ])('$name', async ({ status, path, options = {}, line, code, strict = code }) => {
    const text = await again([path], options);
    expect(text.stdout).toMatch(line);
    expect(text.stdout).toMatch(new RegExp(`^1 entry: 1 ${status}$`, 'm'));
    expect(text.code).toBe(code);
    const json = await again([path], { ...options, json: true });
    expect(statuses(json)).toEqual([status]);
    expect(json.code).toBe(code);
    expect((await again([path], { ...options, strict: true })).code).toBe(strict);
  });

  test('nothing that plays tricks with a terminal, whatever an entry says', async () => {
    const path = entryWith({ kind: '\u001b[2J\u202e' });
    expect((await again([path])).stdout).toMatch(/^[\n\u0020-\u007e]+$/);
    const fixed = await again([path], { model: 'v2' });
    expect(fixed.stdout).toMatch(/^fixed[\n\u0020-\u007e]+$/);
  });
});

describe('a corpus', () => {
  test('is replayed whole where no path is given, each file once', async () => {
    const count = entryPaths(GOOD).length;
    const whole = await again([]);
    expect(whole).toMatchObject({ code: ExitCode.asClaimed, stderr: '' });
    expect(whole.stdout).toMatch(new RegExp(`^${count} entries: ${count} reproduced$`, 'm'));
    expect(await again([GOOD, partial!, GOOD])).toEqual(whole);
  });

  test('is counted by what became of its entries', async () => {
    const { stdout, code } = await again([GOOD, folder.at('cut.json')], { model: 'v3' });
    expect(stdout).toMatch(
      new RegExp(`^${races.length + 2} entries: ${races.length} stale, 1 fixed, 1 damaged$`, 'm'),
    );
    expect(code).toBe(ExitCode.violated);
  });

  test('says in JSON what each entry is', async () => {
    const { stdout } = await again([partial!], { json: true });
    expect(JSON.parse(stdout)).toEqual({
      format: 1,
      entries: [
        {
          path: partial!.replace(folder.path, 'FOLDER'),
          status: 'reproduced',
          model: 'zpci-io/v1',
          provenance: 'posted 2021-01-19',
          property: ENTRY.property,
          kind: ENTRY.kind,
          traceChanged: false,
        },
      ],
    });
  });

  test('without entries is nothing to replay', async () => {
    expect(await again([], { corpus: 'not-there' })).toEqual({
      code: ExitCode.nothingRan,
      stdout: '',
      stderr: 'nothing to replay: no entries in not-there.\n',
    });
  });

  test('must be there where its path is given', async () => {
    await expect(again(['not-there'])).rejects.toThrow(
      '"not-there" does not exist; name a corpus entry or a folder of them.',
    );
  });

  test('is replayed on one other model', async () => {
    await expect(again([], { model: 'v*' })).rejects.toThrow(
      /^"v\*" matches \d+ models; name one of them\.$/,
    );
    await expect(again([], { model: 'v9' })).rejects.toThrow(/^unknown model "v9"/);
  });
});

describe('one entry', () => {
  test('is shown, with the way to see it again', async () => {
    const { stdout } = await again([partial!], { quiet: false });
    expect(stdout).toMatch('zpci-io/v1 (posted 2021-01-19) breaks request-needs-all-its-bytes:');
    expect(stdout.replace(/\\\n */g, '')).toMatch(
      `npx zpci-fuzz replay ${partial!.replace(folder.path, 'FOLDER')}`,
    );
  });

  test('is a line with -q', async () => {
    expect((await again([partial!])).stdout.split('\n')).toHaveLength(3);
  });
});
