import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mermaidDiagram } from '../../reports/formats/mermaid-grammar.fixture.ts';
import { readXml } from '../../reports/formats/xml-reader.fixture.ts';
import type { CorpusEntry } from '../corpus.ts';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { exec } from './exec.ts';
import { ExitCode } from './exit.ts';
import { start } from './process.fixture.ts';
import { replay } from './replay.ts';
import { type ShowOptions, show } from './show.ts';
import { SHOW_FORMATS, type ShowFormat } from './show-formats.ts';

const folder = new Folder();

const DEADLOCK = 'corpus/zpci-io/v1+hp/no-deadlock/aa5a788f3531.json';
const LOCKS = 'corpus/msix-mmap/v4.8+mutant-lock-cycle/no-deadlock/9bc453a8899c.json';
const RACE = 'corpus/zpci-io/v1/request-belongs-to-caller/05906a811334.json';

const load = {
  actor: 'user0',
  op: 'region_write',
  pos: 16,
  count: 32,
  req: { flags: 1, gaddr: '0x10000', len: 8 },
};
const scenario = (rest: object): object => ({ format: 1, model: 'zpci-io/v1', ops: [load], ...rest });
const VIOLATING = folder.write('violating scenario.json', scenario({}));
const HARMLESS = folder.write('harmless.json', scenario({ model: 'zpci-io/v3' }));

async function shown(file: string, as: ShowFormat, changes: Partial<ShowOptions> = {}): Promise<string> {
  const terminal = new CapturedTerminal();
  const code = await show({ file, as, model: null, stepsMax: 10_000, ...changes }, terminal);
  expect(code).toBe(ExitCode.asClaimed);
  expect(terminal.stderr).toBe('');
  return terminal.stdout;
}

/** What it says when it refuses. Nothing is printed before that. */
async function refused(
  file: string,
  as: ShowFormat,
  changes: Partial<ShowOptions> = {},
): Promise<{ name: string; message: string }> {
  const terminal = new CapturedTerminal();
  const error: unknown = await show({ file, as, model: null, stepsMax: 10_000, ...changes }, terminal).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(terminal.stdout).toBe('');
  if (!(error instanceof Error)) throw new Error(`expected ${file} to be refused`);
  expect(error.message).not.toContain('\n');
  return { name: error.name, message: error.message };
}

const entryOf = (file: string): CorpusEntry => JSON.parse(readFileSync(file, 'utf8')) as CorpusEntry;

/** The command in a text, whatever line it was broken over and however the format escapes it. */
function commandIn(text: string): string {
  const joined = text.replaceAll(/ \\\n\s+/g, ' ').replaceAll('\\\n', '');
  const command = /reproduce: (npx zpci-fuzz .*?)(?:<\/desc>|\n|$)/.exec(joined)?.[1];
  if (command === undefined) throw new Error(`expected a line that reproduces in:\n${text}`);
  return command;
}

const FORMATS = SHOW_FORMATS.map((as) => ({ as }));

describe.each(FORMATS)('as $as', ({ as }) => {
  test('a deadlock has the command that replays it and where its state comes from', async () => {
    const text = await shown(DEADLOCK, as);

    expect(commandIn(text)).toBe(`npx zpci-fuzz replay ${DEADLOCK}`);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('zpci-io/v1+hp (inferred 2021-01-20)');
    expect(text).toMatch(/[^\n]\n$/);
  });

  test('another state has its own name, and the command names it', async () => {
    const text = await shown(DEADLOCK, as, { model: 'zpci-io/v2-devlock' });

    expect(commandIn(text)).toBe(`npx zpci-fuzz exec ${DEADLOCK} --model zpci-io/v2-devlock`);
    expect(text).toContain('zpci-io/v2-devlock (');
  });
});

test.each(FORMATS.filter(({ as }) => as !== 'splat'))(
  'as $as a race has its claim and its actors',
  async ({ as }) => {
    const text = await shown(RACE, as);

    expect(commandIn(text)).toBe(`npx zpci-fuzz replay ${RACE}`);
    expect(text).toContain('request-belongs-to-caller');
    for (const { actor } of entryOf(RACE).scenario.ops) expect(text).toContain(actor);
  },
);

describe('the command that reproduces', () => {
  test('is for a scenario the one that executes it, quoted for a shell', async () => {
    expect(commandIn(await shown(VIOLATING, 'ascii'))).toBe(`npx zpci-fuzz exec '${VIOLATING}'`);
  });

  test('says after how many steps the execution was cut off', async () => {
    const text = await shown(RACE, 'ascii', { stepsMax: 20 });
    expect(commandIn(text)).toBe(`npx zpci-fuzz exec ${RACE} --max-steps 20`);
  });

  test('does not ask to replay what an entry is not of', async () => {
    const other = folder.write('other.json', { ...entryOf(DEADLOCK), kind: 'another-kind' });
    expect(commandIn(await shown(other, 'ascii'))).toBe(`npx zpci-fuzz exec ${other}`);
  });

  test('shows the failure again', async () => {
    const replayed = new CapturedTerminal();
    const replaying = {
      corpus: 'corpus',
      paths: [DEADLOCK],
      model: null,
      json: false,
      strict: true,
      quiet: false,
    };
    expect(await replay({ ...replaying, stepsMax: 10_000 }, replayed)).toBe(ExitCode.asClaimed);

    const executed = new CapturedTerminal();
    const executing = { file: DEADLOCK, model: 'zpci-io/v2-devlock', stepsMax: 10_000, json: false };
    expect(await exec(executing, executed)).toBe(ExitCode.violated);
    expect(executed.stdout).toContain('no-deadlock');
  });
});

test('an execution that breaks nothing can be drawn', async () => {
  expect(await shown(HARMLESS, 'ascii')).toMatch(/^zpci-io\/v3 \(.*\): finished\n/);
  expect(mermaidDiagram(await shown(HARMLESS, 'mermaid')).lines[0]).toEqual({ of: ['a0'], text: 'finished' });
  expect(await shown(HARMLESS, 'svg')).toContain('finished</title>');
});

test('one in which nothing happens, too', async () => {
  const nothing = folder.write('nothing-happens.json', scenario({ ops: [] }));
  expect(mermaidDiagram(await shown(nothing, 'mermaid')).lines).toEqual([{ of: ['a0'], text: 'finished' }]);
  expect(readXml(await shown(nothing, 'svg')).name).toBe('svg');
  expect(await shown(nothing, 'ascii')).toContain(': finished\n');
});

test('a cycle of locks is shown as lockdep does', async () => {
  const text = await shown(LOCKS, 'splat');

  expect(text).toContain('WARNING: possible circular locking dependency detected\n');
  expect(text).toContain('user1 (open) is trying to acquire lock:\n (mmap_sem)\n');
  expect(text.indexOf('from a model')).toBeLessThan(text.indexOf('\n'));
});

describe('refused is', () => {
  test.each([
    ['a file that is not there', () => folder.at('nothing.json'), /nothing\.json/],
    ['a damaged file', () => folder.write('cut.json', '{"format": 1, "mod'), /cut\.json/],
    ['what is no scenario', () => folder.write('odd.json', { format: 1 }), /lacks "model"/],
    [
      'an operation that there is not',
      () => folder.write('op.json', scenario({ ops: [{ actor: 'user0', op: 'dance' }] })),
      /dance/,
    ],
  ])('%s', async (_, file, says) => {
    const { name, message } = await refused(file(), 'ascii');
    expect(name).toBe('InvalidInput');
    expect(message).toMatch(says);
  });

  test('a stale schedule', async () => {
    const { name, message } = await refused(
      folder.write('stale.json', scenario({ schedule: ['user0', 'admin'] })),
      'mermaid',
    );
    expect(name).toBe('BrokenContract');
    expect(message).toContain('from step 1 on');
  });

  test('a report on what breaks nothing', async () => {
    for (const as of ['text', 'mail'] as const) {
      const { name, message } = await refused(HARMLESS, as);
      expect(name).toBe('UsageError');
      expect(message).toContain('it breaks no claim on this state');
    }
  });

  test('a splat where nobody waits', async () => {
    const { name, message } = await refused(RACE, 'splat');
    expect(name).toBe('UsageError');
    expect(message).toContain('--as text');
  });

  test('a state of another series', async () => {
    const { message } = await refused(RACE, 'ascii', { model: 'vfio-mmap/v3' });
    expect(message).toContain('of another series');
  });

  test('a form that there is not', async () => {
    const { code, stdout, stderr } = await start(['show', RACE, '--as', 'dance'], { cwd: folder.path }).ended;
    expect({ code, stdout }).toEqual({ code: ExitCode.usage, stdout: '' });
    for (const name of SHOW_FORMATS) expect(stderr).toContain(name);
  });
});
