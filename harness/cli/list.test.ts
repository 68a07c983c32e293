import { describe, expect, test } from 'vitest';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { type ListOptions, list } from './list.ts';

const folder = new Folder();

async function run(
  what: ListOptions['what'],
  options: Partial<ListOptions> = {},
): Promise<{ stdout: string; stderr: string }> {
  const terminal = new CapturedTerminal();
  const code = await list({ what, corpus: folder.at('none'), json: false, ...options }, terminal);
  expect(code).toBe(ExitCode.asClaimed);
  return { stdout: terminal.stdout, stderr: terminal.stderr };
}

type Rows = { readonly [key: string]: unknown }[];
const runJson = async (what: ListOptions['what'], options: Partial<ListOptions> = {}): Promise<Rows> => {
  const printed = JSON.parse((await run(what, { ...options, json: true })).stdout) as {
    readonly format: number;
    readonly [list: string]: unknown;
  };
  expect(printed.format).toBe(1);
  return printed[what] as Rows;
};

describe('models', () => {
  test('are listed with where they come from', async () => {
    const { stdout } = await run('models');
    for (const line of [
      'zpci-io/v1 (posted 2021-01-19)',
      'zpci-io/v2 (inferred)',
      'zpci-io/v3 (proposed in review 2021-01-27)',
    ]) {
      expect(stdout.split('\n')).toContain(line);
    }
  });

  test('are listed in JSON with their patches, in order', async () => {
    const v1 = (await runJson('models')).find(({ id }) => id === 'zpci-io/v1');
    expect(v1).toMatchObject({ series: 'zpci-io', state: 'v1', status: 'posted', mutant: false });
    expect((v1!.patches as Rows).map(({ id }) => id).slice(0, 4)).toEqual(['1/4', '2/4', '3/4', '4/4']);
    const mutants = (await runJson('models')).filter(({ mutant }) => mutant);
    expect(mutants.length).toBeGreaterThan(0);
    for (const { id } of mutants) expect(id).toMatch(/mutant/);
  });
});

describe('properties', () => {
  test('are listed with their claims and where they do not apply', async () => {
    const rows = await runJson('properties');
    const partial = rows.find(({ id }) => id === 'request-needs-all-its-bytes');
    expect(partial).toMatchObject({
      series: 'zpci-io',
      claim: 'a request executes only on a write that covers all of its 32 bytes',
      notApplicableTo: expect.arrayContaining(['zpci-io/v3', 'zpci-io/mainline']),
    });
    const { stdout } = await run('properties');
    for (const { id, series, decidedBy } of rows) {
      const by = decidedBy === 'executions' ? '' : `, decided by ${decidedBy}`;
      expect(stdout.split('\n')).toContain(`${id} (${series}${by})`);
    }
  });
});

describe('the corpus', () => {
  const damaged = folder.write('corpus/damaged.json', '{');
  const hostile = folder.write('corpus/\u001b[2Jhostile.json', '{"format": 1, "model": "\u202e"}');

  test('is listed with what is wrong with an entry', async () => {
    expect(await runJson('corpus', { corpus: folder.at('corpus') })).toEqual([
      { path: hostile, reason: `${hostile}: "model" is "?", of no known series.` },
      { path: damaged, reason: expect.stringContaining('not valid JSON') },
    ]);
  });

  test('is listed without anything that moves a cursor', async () => {
    const { stdout } = await run('corpus', { corpus: folder.at('corpus') });
    expect(stdout).toMatch(/^[\n\u0020-\u007e]+$/);
  });

  test('that is not there is said not to be', async () => {
    expect(await run('corpus')).toEqual({
      stdout: '',
      stderr: `${folder.at('none')} does not exist: there are no entries.\n`,
    });
  });
});
