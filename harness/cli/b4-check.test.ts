import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { B4Check } from '../../reports/b4-check.ts';
import type { Hang } from '../campaign/hang.ts';
import { Folder } from '../folder.fixture.ts';
import { b4CheckMail } from './b4-check.ts';
import { type B4CheckOptions, parseB4CheckOptions } from './b4-check-options.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { keptPools } from './kept-pools.fixture.ts';
import type { MailInput } from './mail-input.ts';
import { ownCorpus } from './own-corpus.ts';

const folder = new Folder();
folder.write('empty/none.txt', '');
const makePool = keptPools();
const MODULES = [new URL('./mailed.fixture.ts', import.meta.url).href];

const OPTIONS: B4CheckOptions = {
  model: null,
  corpus: folder.at('empty'),
  runs: 20,
  seed: 1,
  timeMs: null,
  jobs: 1,
};

interface Answer {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
  readonly results: readonly B4Check[];
}

/** A stdin that holds this, in parts. */
async function* parted(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function answer(
  mail: string | MailInput,
  changes: Partial<B4CheckOptions> = {},
  terminal: CapturedTerminal = new CapturedTerminal(),
): Promise<Answer> {
  const input = typeof mail === 'string' ? parted(Buffer.from(mail)) : mail;
  // Kept for the other tests.
  const open: typeof makePool = async (...given) => ({
    ...(await makePool(...given)),
    close: async () => {},
  });
  const code = await b4CheckMail({ ...OPTIONS, ...changes }, input, terminal, {
    modules: MODULES,
    makePool: open,
  });
  const { stdout, stderr } = terminal;
  return { code, stdout, stderr, results: stdout === '' ? [] : (JSON.parse(stdout) as B4Check[]) };
}

/** Without the line breaks. */
const inOneLine = (text: string): string => text.replace(/\s+/g, ' ');

const mailOf = (messageId: string, subject = '[PATCH] whatever', body = 'Why.'): string =>
  `From: A <a@example.com>\nSubject: ${subject}\nMessage-ID: <${messageId}>\n\n${body}\n`;

/** The one result for a patch or cover letter of the fixture. */
async function resultFor(messageId: string, changes: Partial<B4CheckOptions> = {}): Promise<B4Check> {
  const { code, results } = await answer(mailOf(messageId), changes);
  expect(code).toBe(ExitCode.asClaimed);
  // b4 keeps the last of several results of one tool.
  expect(results).toHaveLength(1);
  const [result] = results;
  const { tool, status, summary, details, url } = result!;
  expect(Object.keys(result!).filter((key) => key !== 'url')).toEqual([
    'tool',
    'status',
    'summary',
    'details',
  ]);
  expect(tool).toBe('zpci-fuzz');
  expect(['pass', 'warn', 'fail']).toContain(status);
  expect(summary).toMatch(/^[^\n]{1,160}$/);
  expect(details.split('\n').filter((line) => Array.from(line).length > 75)).toEqual([]);
  // Linux before the series was not sent.
  if (changes.model === 'mailed/pre') expect(url).toBeUndefined();
  else expect(url).toMatch(/^https:\/\/lore\.kernel\.org\/all\/[^/]+@mailed\/$/);
  return result!;
}

describe('b4-check says', () => {
  test('fail of the patch that breaks a claim, and shows how', async () => {
    const result = await resultFor('2025-01-01-1@mailed');
    expect(result).toMatchObject({
      tool: 'zpci-fuzz',
      status: 'fail',
      summary: 'breaks no-lost-update; 1 broken before',
      url: 'https://lore.kernel.org/all/2025-01-01-1@mailed/',
    });
    const { details } = result;
    expect(inOneLine(details)).toContain(
      'Recognised by its Message-ID, <2025-01-01-1@mailed>, as patch 1 of mailed/v1.',
    );
    expect(details).toContain('with it     mailed/v1:1 (posted 2025-01-01)');
    expect(details).toContain('without it  mailed/v1:0 (posted 2025-01-01)');
    expect(details).toMatch(/broken by it:\n {2}no-lost-update: update-lost\n {4}without it: no schedule of/);
    expect(details).toMatch(/broken without it too:\n {2}answers-zero: five\n/);
    expect(details).toContain('mailed/v1:1 (posted 2025-01-01) breaks no-lost-update: update-lost');
    expect(details.replace(/ \\\n */g, ' ')).toContain(
      'reproduce: npx zpci-fuzz run --model mailed/v1:1 --property no-lost-update --seed 1 --runs 250',
    );
  });

  test('pass of the patch that only mends, where something else was broken before', async () => {
    const result = await resultFor('2025-01-01-2@mailed');
    expect(result).toMatchObject({
      status: 'pass',
      summary: 'nothing newly broken; 1 broken before; 1 no longer',
    });
    expect(result.details).toContain('no longer found broken: no-lost-update\n');
    expect(result.details).not.toContain('reproduce:');
  });

  test('pass where no claim is broken', async () => {
    expect(await resultFor('2025-04-01-1@mailed')).toMatchObject({
      status: 'pass',
      summary: 'nothing newly broken; 1 no longer',
    });
  });

  test('fail of a patch that facts speak against', async () => {
    const { status, summary, details } = await resultFor('2025-01-01-4@mailed');
    expect({ status, summary }).toEqual({
      status: 'fail',
      summary: 'breaks all-of-it-builds; 1 broken before',
    });
    expect(details).toContain('Nobody exports what it needs. (inferred)');
  });

  test('fail of the cover letter for what breaks with a patch, or only on the way', async () => {
    const { status, summary, details } = await resultFor('2025-01-01-0@mailed');
    expect({ status, summary }).toEqual({
      status: 'fail',
      summary: 'breaks all-of-it-builds; breaks no-lost-update on the way; 1 broken before',
    });
    expect(details).toContain('all-of-it-builds: does-not-build (found from 4/4 on)');
    expect(details).toMatch(/and whole again:\n {2}no-lost-update: update-lost \(found from 1\/4 on\)\n/);
    expect(details).toContain('mailed/v1:1 (posted 2025-01-01) breaks no-lost-update');
  });

  test('warn where a claim is broken in another way than before', async () => {
    const { status, summary, details } = await resultFor('2025-03-01-1@mailed');
    expect({ status, summary }).toEqual({ status: 'warn', summary: 'nothing newly broken; 1 broken before' });
    expect(details).toContain('broken without it too, in another way:\n  answers-zero: seven\n');
  });

  test('warn where there is no state to compare with', async () => {
    const { status, summary, details } = await resultFor('2025-05-01-0@mailed');
    expect({ status, summary }).toEqual({ status: 'warn', summary: '2 claims broken, perhaps before' });
    expect(details).toContain('without it  no such state is modelled');
  });

  test('warn of a state that is named and has no patches', async () => {
    const { status, summary } = await resultFor('x@mailed', { model: 'mailed/pre' });
    expect({ status, summary }).toEqual({ status: 'warn', summary: '1 claim broken, perhaps before' });
  });

  test('warn where time ran out before anything was looked at', async () => {
    expect(await resultFor('2025-04-01-1@mailed', { timeMs: 1 })).toMatchObject({
      status: 'warn',
      summary: 'nothing newly broken; cut short by --time; no claim was put to the test',
    });
  });

  test('the same of a state that is named, whatever the mail is', async () => {
    const { results } = await answer(mailOf('none@example.com'), { model: 'mailed/v1:1' });
    expect(results[0]).toMatchObject({
      status: 'fail',
      url: 'https://lore.kernel.org/all/2025-01-01-0@mailed/',
    });
    expect(results[0]!.details).toContain('The state was named with --model');
  });

  test('the same bytes again, with more workers too', async () => {
    const mail = mailOf('2025-01-01-0@mailed');
    const [one, two] = [await answer(mail), await answer(mail, { jobs: 2 })];
    expect(two.stdout).toBe(one.stdout);
  });

  test('where a stored counterexample shows it, how to execute that', async () => {
    const scenario = {
      format: 1,
      model: 'mailed/pre',
      ops: [
        { actor: 'user0', op: 'add', amount: 9 },
        { actor: 'user1', op: 'add', amount: 9 },
      ],
      schedule: ['user0', 'user1', 'user0', 'user1', 'user0', 'user1'],
    };
    const path = folder.write('stored/mailed/pre/answers-zero/a.json', {
      format: 1,
      model: 'mailed/pre',
      provenance: 'merged v6.0',
      property: 'answers-zero',
      kind: 'five',
      claim: 'what is added is answered with 0',
      message: 'The answer is wrong.',
      scenario,
      expected: { outcome: 'finished', step: 4, trace: [] },
      minimal: false,
      notes: { tool: 'zpci-fuzz', seed: 1 },
    });
    const damaged = folder.write('stored/mailed/pre/answers-zero/b.json', '{');
    const { results, stderr } = await answer(mailOf('2025-01-01-1@mailed'), { corpus: folder.at('stored') });
    const { details } = results[0]!;
    expect(details).toContain('1 stored counterexample,');
    expect(details.replace(/\\\n\s*/g, '')).toContain(`exec ${path} --model mailed/v1:1`);
    expect(stderr).toContain('passed over: ');
    expect(stderr).toContain(damaged);
  });
});

describe('b4-check has nothing to report, which is an empty array,', () => {
  test.each([
    ['of a mail of no series', mailOf('x@example.com'), /of no series that has a model/],
    ['of an answer', mailOf('2025-01-01-1@mailed', 'Re: [PATCH 1/4] x'), /answers another one/],
    ['of a patch of which nothing is modelled', mailOf('2025-01-01-3@mailed'), /is modelled in mailed\/v1/],
  ])('%s', async (_, mail, says) => {
    const { code, stdout, stderr } = await answer(mail);
    expect({ code, stdout }).toEqual({ code: ExitCode.asClaimed, stdout: '[]\n' });
    expect(stderr).toMatch(says);
  });
});

describe('b4-check warns, and says that nothing was run,', () => {
  test('of a version that has no model', async () => {
    const { results } = await answer(mailOf('x@example.com', '[PATCH v7 1/4] counter: Add in two steps'));
    expect(results).toMatchObject([
      { status: 'warn', summary: 'not checked: no model of this version of mailed' },
    ]);
    expect(inOneLine(results[0]!.details)).toContain('Versions that have one: mailed/v1.');
  });

  test('of a patch that touches the files of a series', async () => {
    const diff = ['lib/counter.c', 'lib/counters/a.c', 'lib/other.c']
      .map((file) => `diff --git a/${file} b/${file}`)
      .join('\n');
    const { results } = await answer(mailOf('x@example.com', '[PATCH] y', diff));
    expect(results).toMatchObject([{ status: 'warn', summary: 'not checked: may concern mailed' }]);
    expect(inOneLine(results[0]!.details)).toContain(
      'nothing was run. It touches lib/counter.c, lib/counters/a.c, as the patches',
    );
  });
});

describe('b4-check refuses, without an array,', () => {
  const terminalInput: MailInput = Object.assign(parted(new Uint8Array()), { isTTY: true });
  const closed: MailInput = {
    async *[Symbol.asyncIterator]() {
      yield Buffer.from('Subject: a\n');
      throw new Error('EBADF');
    },
  };
  test.each([
    ['nothing', '', /stdin is empty/],
    ['what is no mail', 'hello\n', /does not begin with the headers of a mail/],
    ['what is binary', 'Subject: \0\n\n', /is binary/],
    ['a terminal', terminalInput, /reads a mail from stdin: zpci-fuzz b4-check < MAIL/],
    ['a stdin that is closed', closed, /cannot be read \(EBADF\)/],
    ['what is too large', mailOf('x@example.com', 'a', 'a\n'.repeat(9 << 20)), /larger than 16 MiB/],
  ])('%s', async (_, mail, says) => {
    const terminal = new CapturedTerminal();
    await expect(answer(mail, {}, terminal)).rejects.toMatchObject({
      name: expect.stringMatching(/^(UsageError|InvalidInput)$/),
      message: expect.stringMatching(says),
    });
    expect(terminal.stdout).toBe('');
  });

  test('a state that there is none of', async () => {
    await expect(answer(mailOf('x@example.com'), { model: 'mailed/v9' })).rejects.toThrow(
      /unknown model "mailed\/v9"/,
    );
  });
});

test('a check that is interrupted prints no array', async () => {
  const terminal = Object.assign(new CapturedTerminal(), {
    onSignal: (handler: (signal: NodeJS.Signals) => void) => {
      handler('SIGTERM');
      return () => {};
    },
  });
  const { code, stdout } = await answer(mailOf('2025-01-01-1@mailed'), {}, terminal);
  expect({ code, stdout }).toEqual({ code: ExitCode.terminated, stdout: '' });
});

test('a model that hangs is no answer, and is not run on', async () => {
  const hang: Hang = {
    during: 'step',
    actor: 'user0',
    operation: 'add',
    function: 'add',
    claim: null,
    step: 1,
    world: {},
    ops: [],
    schedule: [],
    times: 1,
    foundWith: { run: 0, sequence: 0, shrinking: null },
  };
  let chunks = 0;
  const hanging: typeof makePool = async (...given) => {
    const pool = await makePool(...given);
    return {
      ...pool,
      async chunk(job) {
        chunks++;
        return { ...(await pool.chunk(job)), hangs: [hang] };
      },
      close: async () => {},
    };
  };
  const terminal = new CapturedTerminal();
  const mail = parted(Buffer.from(mailOf('2025-04-01-1@mailed')));
  const parts = { modules: MODULES, makePool: hanging };
  await expect(b4CheckMail(OPTIONS, mail, terminal, parts)).rejects.toMatchObject({
    name: 'BrokenContract',
    message: expect.stringMatching(
      /^mailed\/top does not come back from add: nothing can be said of the patch/,
    ),
  });
  expect(terminal.stdout).toBe('');
  expect(chunks).toBe(1);
});

test('hostile headers are harmless', async () => {
  const hostile = `\u001b[2J\u202e</script>&lt;${'x'.repeat(100_000)}`;
  const mail = mailOf(`2025-01-01-1@mailed>${hostile}<`, `[PATCH 1/4] ${hostile}`);
  const byId = await answer(mail);
  const byFile = await answer(
    mailOf(hostile, `[PATCH] ${hostile}`, `diff --git a/lib/counters/${hostile} b/x`),
  );
  for (const { code, stdout } of [byId, byFile]) {
    expect(code).toBe(ExitCode.asClaimed);
    expect(stdout).not.toMatch(/[\u001b\u202e]|\\u/);
    expect(stdout.length).toBeLessThan(20_000);
  }
});

describe('parseB4CheckOptions', () => {
  const FLAGS = { model: undefined, corpus: undefined, runs: '250', seed: '1', time: undefined, jobs: '2' };

  test('takes the corpus that comes with the tool, wherever b4 runs it', () => {
    expect(parseB4CheckOptions(FLAGS)).toEqual({ ...OPTIONS, corpus: null, runs: 250, jobs: 2 });
    expect(pathToFileURL(ownCorpus()).href).toBe(new URL('../../corpus', import.meta.url).href);
  });

  test('refuses a corpus that is not there, and numbers that are none', () => {
    const missing = fileURLToPath(new URL('./missing', import.meta.url));
    expect(() => parseB4CheckOptions({ ...FLAGS, corpus: missing })).toThrow(/which does not exist/);
    expect(() => parseB4CheckOptions({ ...FLAGS, runs: '0' })).toThrow(/--runs is "0"/);
    expect(() => parseB4CheckOptions({ ...FLAGS, time: 'soon' })).toThrow(/--time is "soon"/);
  });
});
