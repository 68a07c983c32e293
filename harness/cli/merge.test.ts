import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunJson } from '../../reports/run-json.ts';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { type MergeOptions, merge } from './merge.ts';
import { type Ended, start } from './process.fixture.ts';
import type { Reporter } from './reporter-names.ts';

const folder = new Folder();
const zpciFuzz = (...args: readonly string[]): Promise<Ended> => start(args, { cwd: folder.path }).ended;

const RUN = ['run', '--model', 'v1', '--seed', '3', '--runs', '1500', '--no-save'];
const whole = await zpciFuzz(...RUN, '--json');
const SHARDS: readonly string[] = await Promise.all(
  ['1/3', '2/3', '3/3'].map(async (shard) => {
    const { stdout } = await zpciFuzz(...RUN, '--shard', shard, '--jobs', '1', '--json');
    return folder.write(`${shard[0]}.json`, stdout);
  }),
);

const JSON_REPORT: readonly Reporter[] = [{ name: 'json', file: null }];
const TEXT_REPORT: readonly Reporter[] = [{ name: 'text', file: null }];

async function go(changes: Partial<MergeOptions>): Promise<{ code: ExitCode; stdout: string }> {
  const terminal = new CapturedTerminal();
  const options = { files: SHARDS, partial: false, reporters: JSON_REPORT, quiet: false, ...changes };
  const code = await merge(options, terminal);
  return { code, stdout: terminal.stdout };
}

/** A report like that of the second shard, but for some changes. */
const like = (name: string, changes: { readonly [field: string]: unknown }): string =>
  folder.write(name, { ...(JSON.parse(readFileSync(SHARDS[1]!, 'utf8')) as RunJson), ...changes });

describe('all shards of a run', () => {
  test('merge into the bytes of the run in one piece', async () => {
    const [a, b, c] = SHARDS;
    expect(await zpciFuzz('merge', b!, c!, a!, '--json')).toEqual(whole);
    expect(whole.code).toBe(ExitCode.violated);
  });

  test('merge into the same whatever their order', async () => {
    expect(await go({ files: SHARDS.toReversed() })).toEqual(await go({}));
  });

  test('merge into the text of the run in one piece', async () => {
    const { stdout } = await zpciFuzz(...RUN);
    expect((await go({ reporters: TEXT_REPORT })).stdout).toBe(stdout);
    expect((await go({ reporters: TEXT_REPORT, quiet: true })).stdout).toBe(
      (await zpciFuzz(...RUN, '-q')).stdout,
    );
  });

  test('merge into the report for machines of the run in one piece', async () => {
    const { stdout } = await zpciFuzz(...RUN, '--reporter', 'sarif');
    expect((await go({ reporters: [{ name: 'sarif', file: null }] })).stdout).toBe(stdout);
  });

  test('may be one', async () => {
    expect((await go({ files: [folder.write('whole.json', whole.stdout)] })).stdout).toBe(whole.stdout);
  });

  test('are those that have something to do', async () => {
    const args = ['run', '--model', 'v2', '--seed', '3', '--runs', '300', '--no-save', '--json'];
    const property = ['--property', 'no-deadlock'];
    const files = await Promise.all(
      ['1/3', '2/3'].map(async (shard, at) => {
        const { stdout } = await zpciFuzz(...args, ...property, '--shard', shard);
        return folder.write(`few-${at}.json`, stdout);
      }),
    );
    expect((await zpciFuzz(...args, ...property, '--shard', '3/3')).code).toBe(ExitCode.nothingRan);
    const { code, stdout } = await zpciFuzz(...args, ...property);
    expect(await go({ files })).toEqual({ code, stdout });
  });
});

describe('a missing shard', () => {
  const files = [SHARDS[2]!, SHARDS[0]!];

  test('is refused', async () => {
    const { code, stdout, stderr } = await zpciFuzz('merge', ...files);
    expect(stderr).toBe(
      `zpci-fuzz: shard 2/3 is missing; found 3/3 in ${files[0]}, 1/3 in ${files[1]}. Give the reports of all shards, or merge what there is with --partial.\n`,
    );
    expect([code, stdout]).toEqual([ExitCode.usage, '']);
  });

  test('is said in the report where it may be missing', async () => {
    const { code, stdout } = await go({ files, partial: true });
    expect(code).toBe(ExitCode.violated);
    const json = JSON.parse(stdout) as RunJson;
    expect(json).toMatchObject({ shard: '1+3/3', shardsMissing: ['2/3'], runs: 1500 });
    expect(json.models[0]!.coverage.sequences).toBe(1000);
    const text = (await go({ files, partial: true, reporters: TEXT_REPORT, quiet: true })).stdout;
    expect(text).toMatch(/^shards missing: 2\/3; nothing is said of their part of the search$/m);
    await expect(go({ files: [folder.write('partial.json', stdout)] })).rejects.toThrow(
      /partial\.json: is itself merged, from some shards only; merge the reports of the shards themselves\.$/,
    );
  });
});

describe('refused are', () => {
  const [model] = (JSON.parse(readFileSync(SHARDS[1]!, 'utf8')) as RunJson).models;
  const first = model!.counterexamples[0]!;

  test.each([
    ['no JSON', 'a.json', '{ "format": 1,', /a\.json: not valid JSON: /],
    ['an empty file', 'b.json', '', /b\.json: the file is empty\.$/],
    ['another format', 'c.json', { format: 2 }, /c\.json: "format" is 2, this version reads format 1\. /],
    [
      'another report',
      'd.json',
      { format: 1, entries: [] },
      /d\.json: is no report of a run; expected what `zpci-fuzz run --shard i\/n --json` prints\.$/,
    ],
    [
      'a report of the gate',
      'e.json',
      { format: 1, tool: 'zpci-fuzz', version: '0.1.0', profile: 'quick', ok: true, models: [] },
      /e\.json: is a report of `gate`, and those are not merged: .* All is as expected if every shard ends with 0, /,
    ],
  ])('%s', async (_what, name, content, says) => {
    await expect(go({ files: [folder.write(name, content)] })).rejects.toThrow(says);
  });

  test('one report given twice', async () => {
    const file = SHARDS[0]!;
    await expect(go({ files: [file, file] })).rejects.toThrow(
      `${file}: is given twice; give each shard once.`,
    );
  });

  test.each([
    [
      'another version',
      { version: '0.0.9' },
      /was written by version "0\.0\.9" of the tool, and this is version /,
    ],
    [
      'an earlier version',
      { version: undefined },
      /was written by an earlier version of the tool, and this is /,
    ],
    ['another seed', { seed: 4 }, /"seed" is 4, and 3 in \S+1\.json: they are no shards of one run\. /],
    [
      'another budget',
      { runs: 2000 },
      /"runs" is 2000, and 1500 in \S+1\.json: they are no shards of one run\. /,
    ],
    ['another strategy', { strategy: 'pct' }, /"strategy" is "pct", and "portfolio" in \S+1\.json: /],
    [
      'another number of shards',
      { shard: '2/4' },
      /is shard 2\/4, and \S+1\.json is shard 1\/3, of another number/,
    ],
    ['the same shard', { shard: '1/3' }, /is shard 1\/3, and so is \S+1\.json; give each shard once\.$/],
    ['no shard', { shard: '4/3' }, /"shard" is "4\/3"; allowed: i\/n with 1 <= i <= n, such as 2\/8\.$/],
    [
      'other models',
      { models: [] },
      /has results on no model, and \S+1\.json on zpci-io\/v1: they are no shards/,
    ],
    ['other fields', { more: 1 }, /unknown field "more" in the file; allowed: format, tool, version, /],
    [
      'other claims',
      { models: [{ ...model, verdicts: model!.verdicts.slice(1) }] },
      /judges zpci-io\/v1 by other claims than \S+1\.json: they are no shards of one run\. /,
    ],
    [
      'an unknown model',
      { models: [{ ...model, model: 'zpci-io/v9' }] },
      /like-\d+\.json: unknown model "zpci-io\/v9"\. Nearest: /,
    ],
    [
      'a model that changed',
      { models: [{ ...model, coverage: { ...model!.coverage, functions: 1 } }] },
      /zpci-io\/v1 is not what it was when it was searched; merge with the sources that the shards ran\.$/,
    ],
    [
      'a counterexample that shows nothing',
      { models: [{ ...model, counterexamples: [{ ...first, scenario: { ...first.scenario, ops: [] } }] }] },
      /the counterexample to \S+ \(\S+\) does not show it: zpci-io\/v1 is not what it was /,
    ],
  ])('%s', async (_what, changes, says) => {
    const file = like(`like-${Object.keys(changes).length}.json`, changes);
    await expect(go({ files: [SHARDS[0]!, file, SHARDS[2]!] })).rejects.toThrow(says);
  });
});
