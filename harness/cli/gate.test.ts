/** The gate from end to end: on a small series of its own, and on real ones. Its parts are tested beside their files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { GateJson } from '../../reports/gate-json.ts';
import { widestLine } from '../../reports/recordings.fixture.ts';
import { HANGS_MAX, type Hang } from '../campaign/hang.ts';
import { entryPaths, makeEntry, readEntry, saveEntry } from '../corpus.ts';
import { Folder } from '../folder.fixture.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { gate } from './gate.ts';
import { SMALL_GATE } from './gate-options.fixture.ts';
import { type GateOptions, PROFILES, type Profile } from './gate-options.ts';
import { series as gated } from './gated.fixture.ts';
import { keptPools } from './kept-pools.fixture.ts';
import type { Pool } from './pool.ts';
import { BLINDED } from './sabotaged.fixture.ts';
import type { Terminal } from './terminal.ts';

const folder = new Folder();
const moduleOf = (name: string): string => new URL(name, import.meta.url).href;
const GATED = [moduleOf('./gated.fixture.ts')];
const ZPCI_IO = [moduleOf('../../models/zpci-io/series.ts')];
const SABOTAGED = [moduleOf('./sabotaged.fixture.ts')];
const HANGING = [moduleOf('./hanging.fixture.ts')];
const CORPUS = join(import.meta.dirname, '..', '..', 'corpus');
const STEPS_MAX = 1_000;

const profileOf = (name: string): Profile => PROFILES.find((profile) => profile.name === name)!;

const OPTIONS: GateOptions = { ...SMALL_GATE, corpus: folder.at('unused') };

const keep = keptPools();
/** Models that hang are waited for. */
const poolOf = (size: number, modules: readonly string[]): Promise<Pool> =>
  keep(size, modules, modules === HANGING ? 40 : undefined);

interface Ended {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

async function go(
  changes: Partial<GateOptions>,
  modules: readonly string[] = GATED,
  terminal: CapturedTerminal & Terminal = new CapturedTerminal(),
): Promise<Ended> {
  const parts = {
    modules,
    makePool: async (size: number): Promise<Pool> => ({
      ...(await poolOf(size, modules)),
      close: async () => {},
    }),
  };
  const code = await gate({ ...OPTIONS, ...changes }, terminal, parts);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const JSON_REPORT = { reporters: [{ name: 'json', file: null }] } as const;

async function goJson(
  changes: Partial<GateOptions>,
  modules: readonly string[] = GATED,
  terminal = new CapturedTerminal(),
): Promise<{ code: ExitCode; printed: GateJson }> {
  const { code, stdout } = await go({ ...changes, ...JSON_REPORT }, modules, terminal);
  return { code, printed: JSON.parse(stdout) as GateJson };
}

const unwrapped = (text: string): string =>
  text
    .replace(/\s*\\\n\s*/g, ' ')
    .replace(/\n {4,}/g, ' ')
    .replace(/\n {2}(?=\S)/g, '\n');

/** Everything that is as it should be. */
const SOUND = ['gated/pre', 'gated/v1', 'gated/v1+hp', 'gated/pre+mutant-again', 'gated/v1:2'];

describe('the gate ends with', () => {
  test('0 where every verdict is as expected, violations among them', async () => {
    const { code, stdout, stderr } = await go({ models: SOUND, profile: profileOf('ci') });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^as expected: \d+ verdicts on 5 states$/m);
    expect(code).toBe(ExitCode.asClaimed);
    const { printed } = await goJson({ models: SOUND, profile: profileOf('ci') });
    const violated = printed.models.flatMap(({ model, verdicts }) =>
      verdicts.flatMap(({ property, found }) => (found === 'violated' ? [`${model} ${property}`] : [])),
    );
    expect(printed).toMatchObject({ ok: true, left: 0, profile: 'ci' });
    expect(violated).toEqual([
      'gated/pre no-lost-update',
      'gated/v1 second-patch-links',
      'gated/v1+hp no-lost-update',
      'gated/v1+hp second-patch-links',
      'gated/pre+mutant-again no-lost-update',
      'gated/v1:2 no-lost-update',
      'gated/v1:2 second-patch-links',
    ]);
  });

  test('4 where no claim applies, before anything is printed', async () => {
    expect(await go({ models: ['gated/pre'], properties: ['blind'] })).toEqual({
      code: ExitCode.nothingRan,
      stdout: '',
      stderr: 'nothing ran: none of the selected claims applies to gated/pre.\n',
    });
  });

  test('4 where a shard is empty', async () => {
    expect(await go({ models: ['gated/pre'], shard: { index: 2, count: 2 } })).toEqual({
      code: ExitCode.nothingRan,
      stdout: '',
      stderr: 'shard 2/2 is empty: there are fewer models than shards.\n',
    });
  });

  test.each([
    [{ models: ['gated/v9'] }, /^unknown model "gated\/v9"/],
    [{ properties: ['blnid'] }, /^unknown property "blnid"\. Nearest: blind,/],
  ])('2 for a name that there is not: %j', async (changes, says) => {
    await expect(go(changes)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(says),
    });
  });

  test('2 for expectations that mean nothing, whatever is looked at', async () => {
    const terminal = new CapturedTerminal();
    const misspelled = [...GATED, moduleOf('./misspelled.fixture.ts')];
    await expect(go({ models: ['gated/pre'] }, misspelled, terminal)).rejects.toMatchObject({
      name: 'UsageError',
      message:
        'models/counter/expectations.ts: no-lost-updaet on unlocked: there is no such claim; nearest: no-lost-update, never-exercised.',
    });
    expect(terminal.stdout + terminal.stderr).toBe('');
  });
});

describe('where a model is broken, the gate ends with 1 and', () => {
  const broken = { models: ['gated/v1', 'gated/broken'] };

  test('names state, claim, kind, standing and where to say that it is right', async () => {
    const { code, stdout } = await go(broken);
    expect(code).toBe(ExitCode.violated);
    const text = unwrapped(stdout);
    expect(text).toContain(
      [
        'gated/broken (posted 2025-02-01): never-returns-negative is violated, and was expected to hold',
        'New: no state before breaks it (held on v1 in this run; as expected of pre, v1+hp).',
      ].join('\n'),
    );
    expect(text).toMatch(/^negative-return, in [\d,]+ executions\.$/m);
    expect(text).toMatch(/^If that is right, say why in models\/gated\/expectations\.ts\.$/m);
    expect(text).toMatch(/^not as expected: 1 violated unexpectedly, of \d+ verdicts on 2 states/m);
    expect(stdout).toMatch(/^! broken \(posted 2025-02-01\) +1 +1 +\. +\. +\. +2$/m);
    expect(stdout).toMatch(/^ {2}v1 \(posted 2025-01-01\) /m);
  });

  test('shows the counterexample, unless it is to be quiet', async () => {
    const { stdout } = await go({ ...broken, quiet: false });
    expect(stdout).toMatch(/^gated\/broken \(posted 2025-02-01\) breaks never-returns-negative: /m);
    expect(stdout).toContain('A negative value is returned.');
    expect(stdout).toContain('1-minimal');
    expect((await go(broken)).stdout).not.toContain('1-minimal');
  });

  test('prints the command that shows it again, where nothing is saved', async () => {
    const { stdout } = await go({ ...broken, runs: 50, seed: 7, quiet: false });
    // A search of `run` has not the counterexamples of the state below.
    expect(stdout).not.toContain('npx zpci-fuzz run');
    expect(unwrapped(stdout)).toContain(
      `reproduce: npx zpci-fuzz gate --model gated/broken --property never-returns-negative --profile quick --seed 7 --max-ops 4 --max-steps 1000 --corpus ${OPTIONS.corpus} --no-save`,
    );
  });

  describe('on many states in the same way,', () => {
    const often = { models: ['gated/broken', 'gated/broken:1+2', 'gated/broken:2'], quiet: false };
    const others = 'gated/broken:1+2 (posted 2025-02-01), gated/broken:2 (inferred)';

    test('shows one counterexample, and names the other states', async () => {
      const { code, stdout } = await go(often);
      expect(code).toBe(ExitCode.violated);
      expect(stdout.match(/ breaks never-returns-negative: /g)).toHaveLength(1);
      expect(stdout.replace(/\s+/g, ' ')).toContain(
        `The same operations show negative-return on ${others}; --all shows each.`,
      );
      expect(stdout.replace(/\s+/g, ' ')).toContain('So also on 2 other states: new on broken:1+2 (posted');
      expect(widestLine(stdout)).toBeLessThanOrEqual(80);
    });

    test('shows all of them on request', async () => {
      const { stdout } = await go({ ...often, all: true });
      expect(stdout.replace(/\s+/g, ' ').match(/ breaks never-returns-negative: /g)).toHaveLength(3);
      expect(stdout).not.toContain('--all');
    });
  });

  test('holds what comes after against what this run found there', async () => {
    const { printed } = await goJson({ models: ['gated/broken', 'gated/blinded'] });
    expect(printed.models[1]!.verdicts).toContainEqual(
      expect.objectContaining({
        property: 'never-returns-negative',
        standing: 'fixed',
        beside: [{ state: 'broken', broken: true, by: 'found' }],
      }),
    );
    const alone = await goJson({ models: ['gated/blinded'] });
    expect(alone.printed.models[0]!.verdicts).toContainEqual(
      expect.objectContaining({ property: 'never-returns-negative', standing: null, beside: [] }),
    );
  });

  test('stores its counterexample, and none that was expected', async () => {
    const corpus = folder.at('saved');
    const { stdout } = await go({ ...broken, models: [...SOUND, 'gated/broken'], corpus, save: true });
    const [path, ...others] = entryPaths(corpus);
    expect(others).toEqual([]);
    expect(path).toMatch(/\/gated\/broken\/never-returns-negative\/\w+\.json$/);
    expect(readEntry(path!, () => gated)).toMatchObject({ kind: 'negative-return', minimal: true });
    expect(stdout.replace(/\\\n */g, '').replaceAll('  ', ' ')).toContain(
      `reproduce: npx zpci-fuzz replay ${path}`,
    );
    await go({ ...broken, corpus, save: true, seed: 9 });
    expect(entryPaths(corpus)).toEqual([path]);
  });

  test('stores nothing with --no-save', async () => {
    const corpus = folder.at('not-saved');
    await go({ ...broken, corpus });
    expect(entryPaths(corpus)).toEqual([]);
  });

  test('refuses a corpus that cannot be written before the search', async () => {
    const corpus = folder.write('in-the-way', '');
    await expect(go({ ...broken, corpus, save: true })).rejects.toThrow(/in-the-way is not a folder/);
  });
});

describe('where a claim is broken, the gate ends with 1 and', () => {
  test('names it, why it was expected to break, and how hard that was searched for', async () => {
    const { code, stdout } = await go({ models: ['gated/blinded'] });
    expect(code).toBe(ExitCode.violated);
    const text = unwrapped(stdout);
    expect(text).toContain(
      [
        'gated/blinded (posted 2025-03-01): blind was expected to be violated, and was not found to be',
        'Expected: Whoever can see sees that it is broken. (proposed in review 2025-06-01, <review@gated>)',
      ].join('\n'),
    );
    expect(text).toMatch(
      /^Searched: no stored counterexample, [\d,]+ small scenarios? under [\d,]+ schedules?, 20 generated sequences, [\d,]+ executions in all; its precondition happened in [\d,]+ executions\.$/m,
    );
    expect(text).toMatch(
      /^reproduce: npx zpci-fuzz gate --model gated\/blinded --property blind --profile quick /m,
    );
    expect(text).toMatch(/^not as expected: 1 expected violation not found, of \d+ verdicts on 1 state/m);
  });

  test('says so of what cited facts decide, without a search', async () => {
    const { code, printed } = await goJson({ models: ['gated/v1'], properties: ['second-patch-links'] });
    expect(code).toBe(ExitCode.asClaimed);
    expect(printed.models[0]).toMatchObject({
      verdicts: [{ found: 'violated', expected: 'violated', standing: 'new', problem: null }],
      coverage: { executions: 0 },
    });
  });
});

test('an expectation that has expired is a failure, and one that has not is none', async () => {
  const at = (today: string) =>
    go({ models: ['gated/dated'] }, GATED, Object.assign(new CapturedTerminal(), { today: () => today }));
  expect((await at('2025-12-31')).code).toBe(ExitCode.asClaimed);
  const { code, stdout } = await at('2026-01-01');
  expect(code).toBe(ExitCode.violated);
  expect(unwrapped(stdout)).toContain(
    [
      'gated/dated (posted 2025-04-01): no-lost-update is as expected, but that expectation has expired',
      'Expected: To be mended soon. (proposed in review 2025-06-01, <review@gated>), until 2026-01-01',
    ].join('\n'),
  );
  expect(stdout).toMatch(/^not as expected: 1 expectation expired, of /m);
});

describe('a claim on which nothing can be said', () => {
  // One increment each is enough for no claim but those about one.
  const never = { models: ['gated/v1'], strategy: 'random', runs: 1, opsMax: 1 } as const;

  test('counts after a long search only', async () => {
    const unexercised = { ...never, stepsMax: 1 };
    const quick = await goJson(unexercised);
    expect(quick.code).toBe(ExitCode.asClaimed);
    expect(quick.printed.models[0]!.verdicts).toContainEqual(
      expect.objectContaining({ property: 'no-lost-update', found: 'inconclusive', problem: null }),
    );
    const ci = await go({ ...unexercised, profile: profileOf('ci') });
    expect(ci.code).toBe(ExitCode.violated);
    expect(unwrapped(ci.stdout)).toMatch(
      /no-lost-update was to be decided, and is inconclusive\nSearched: .*\nnever exercised: its precondition did not happen\./,
    );
  });
});

test('an expected violation of which nothing was stored and nothing exercised is a failure that says so', async () => {
  const never = { models: ['gated/pre'], properties: ['no-lost-update'], strategy: 'random' } as const;
  const { code, stdout } = await go({ ...never, runs: 1, opsMax: 1, stepsMax: 1 });
  expect(code).toBe(ExitCode.violated);
  expect(unwrapped(stdout)).toMatch(
    /^gated\/pre \(merged v6\.0\): no-lost-update was expected to be violated, and is inconclusive: never exercised in 1 execution$/m,
  );
  expect(unwrapped(stdout)).toMatch(
    /^The corpus has no counterexample to it to begin with, and so short a search may miss it: search longer \(--profile ci\), or store one with npx zpci-fuzz run --model gated\/pre --property no-lost-update\.$/m,
  );
});

describe('what is stored', () => {
  const pre = gated.model('pre')!;
  const user = (name: string) => ({ actor: name, op: 'increment', amount: 1 });
  const scenario: Scenario = {
    format: 1,
    model: 'gated/pre',
    ops: [user('user0'), user('user1')],
    schedule: ['user0', 'user1', 'user0', 'user1'],
  };
  const corpus = folder.at('stored');
  /** A search that finds nothing of its own: one call at a time loses no update. */
  const nothing = { strategy: 'random', runs: 1, opsMax: 1, properties: ['no-lost-update'] } as const;

  beforeAll(() => {
    const found = {
      property: 'no-lost-update',
      kind: 'update-lost',
      scenario,
      minimal: true,
      foundWith: { ops: 2, run: 0 },
    };
    saveEntry(corpus, pre, makeEntry(pre, found, STEPS_MAX, { tool: 'test', seed: 1 }), STEPS_MAX);
  });

  test.each(['gated/pre', 'gated/base'])('is replayed first: of %s', async (name) => {
    const without = await goJson({ ...nothing, models: [name] });
    expect(without.code).toBe(ExitCode.violated);
    expect(without.printed.models[0]).toMatchObject({
      model: 'gated/pre',
      verdicts: [{ expected: 'violated', found: 'holds', problem: 'missing-violation' }],
      coverage: { by: { corpus: { entries: 0 } } },
    });
    const { code, printed } = await goJson({ ...nothing, models: [name], corpus });
    expect(code).toBe(ExitCode.asClaimed);
    expect(printed.models[0]).toMatchObject({
      verdicts: [{ expected: 'violated', found: 'violated', problem: null }],
      coverage: { by: { corpus: { entries: 1, reproduced: 1 } } },
    });
  });

  test('of the state below a mutant is replayed on the mutant', async () => {
    const mutant = { ...nothing, models: ['gated/pre+mutant-again'] };
    expect((await goJson(mutant)).code).toBe(ExitCode.violated);
    const { code, printed } = await goJson({ ...mutant, corpus });
    expect(code).toBe(ExitCode.asClaimed);
    expect(printed.models[0]!.coverage.by.corpus).toEqual({ entries: 1, reproduced: 1 });
  });

  test('of the version is replayed on a selection of its patches, and where it shows nothing that is no failure', async () => {
    const { code, printed } = await goJson({ ...nothing, models: ['gated/pre:0'], corpus });
    expect(printed.models[0]).toMatchObject({
      model: 'gated/pre:0',
      verdicts: [{ expected: 'may be violated', found: 'violated', problem: null, inheritedFrom: 'pre' }],
    });
    expect(code).toBe(ExitCode.asClaimed);
    const { stdout } = await go({ ...nothing, models: ['gated/pre:0'], corpus });
    expect(stdout).toContain('\n  gated/pre:0: no-lost-update (pre)\n');
    const others = await goJson({ ...nothing, models: ['gated/v1:1'], corpus });
    expect(others.printed.models[0]!.coverage.by.corpus.entries).toBe(0);
    expect(others.code).toBe(ExitCode.asClaimed);
  });

  test('and damaged is named, and keeps nothing from being replayed', async () => {
    const path = folder.write('stored/gated/pre/no-lost-update/damaged.json', '{');
    const { code, stderr } = await go({ ...nothing, models: ['gated/pre'], corpus });
    expect(stderr).toBe(`passed over: ${path}: ${stderr.slice(`passed over: ${path}: `.length)}`);
    expect(stderr).toMatch(/not valid JSON/);
    expect(code).toBe(ExitCode.asClaimed);
  });
});

describe('the gate is stopped', () => {
  test('by --bail at the first failure', async () => {
    const models = ['gated/v1', 'gated/broken', 'gated/v1+hp', 'gated/pre'];
    const { code, printed } = await goJson({ models, bail: true });
    expect(code).toBe(ExitCode.violated);
    expect(printed).toMatchObject({ ok: false, left: 2 });
    expect(printed.models.map(({ model }) => model)).toEqual(['gated/v1', 'gated/broken']);
    const { stdout } = await go({ models, bail: true });
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/; 2 of 4 states not searched to the end $/);
  });

  test('by --bail without what others had found by luck until then', async () => {
    const pool = await poolOf(1, GATED);
    let resolve = (): void => {};
    const shrunk = new Promise<void>((done) => {
      resolve = done;
    });
    // The other state is broken as well; its first piece ends once the failure of this one is known.
    const makeSlow = async (): Promise<Pool> => ({
      ...pool,
      size: 2,
      chunk: async (job) => {
        const result = await pool.chunk(job);
        if (job.model === 'gated/broken:2') await shrunk;
        return result;
      },
      shrink: async (job) => {
        const result = await pool.shrink(job);
        if (job.model === 'gated/broken') setImmediate(() => resolve());
        return result;
      },
      close: async () => {},
    });
    const terminal = new CapturedTerminal();
    const models = ['gated/broken:2', 'gated/broken'];
    const options = { ...OPTIONS, ...JSON_REPORT, models, bail: true, profile: profileOf('ci') };
    expect(await gate(options, terminal, { modules: GATED, makePool: makeSlow })).toBe(ExitCode.violated);
    expect(JSON.parse(terminal.stdout)).toMatchObject({
      left: 1,
      models: [{ model: 'gated/broken', stopped: null }],
    });
  });

  test('by --time, and what it did not look at is said', async () => {
    // The clock of the test goes a second further whenever it is read.
    const models = SOUND;
    const { code, printed } = await goJson({ models, timeMs: 5_000 });
    // What was not looked at is not as expected.
    expect(code).toBe(ExitCode.violated);
    expect(printed).toMatchObject({ ok: false, complete: false });
    expect(printed.models.flatMap(({ verdicts }) => verdicts).filter(({ problem }) => problem)).toEqual([]);
    const { stdout } = await go({ models, timeMs: 5_000 });
    expect(unwrapped(stdout)).toMatch(
      new RegExp(
        `^incomplete: ${printed.left} of ${SOUND.length} states not searched to the end; as expected so far: `,
        'm',
      ),
    );
    expect(printed.left).toBeGreaterThan(0);
    expect(printed.left + printed.models.length).toBe(SOUND.length);
    expect(printed.models.length).toBeGreaterThan(0);
  });

  test('by --time, of which git bisect run learns that nothing can be said', async () => {
    const stopped = { models: SOUND, timeMs: 5_000, bisecting: true };
    expect((await go(stopped)).code).toBe(ExitCode.nothingRan);
    expect((await go({ ...stopped, timeMs: null })).code).toBe(ExitCode.asClaimed);
    const broken = { ...stopped, models: ['gated/broken', ...SOUND] };
    const { code, printed } = await goJson(broken);
    expect(printed.left).toBeGreaterThan(0);
    expect(code).toBe(ExitCode.violated);
  });

  test('by --time, with what it had broken by then, and no word on the rest', async () => {
    const models = ['gated/broken'];
    const { code, printed } = await goJson({ models, timeMs: 2_000, profile: profileOf('ci') });
    expect(printed).toMatchObject({ ok: false, left: 1, models: [{ stopped: 'time' }] });
    expect(printed.models[0]!.verdicts).toMatchObject([
      { property: 'never-returns-negative', problem: 'unexpected-violation' },
    ]);
    expect(code).toBe(ExitCode.violated);
  });

  test('by --time before anything was looked at, which is no pass', async () => {
    const { code, printed } = await goJson({ models: SOUND, timeMs: 0 });
    expect(printed).toMatchObject({ ok: false, left: SOUND.length, models: [] });
    expect(code).toBe(ExitCode.nothingRan);
  });

  test('by a signal, with what it had broken by then', async () => {
    let signalled: (signal: NodeJS.Signals) => void = () => {};
    const terminal = Object.assign(new CapturedTerminal(), {
      onSignal: (handler: (signal: NodeJS.Signals) => void) => {
        signalled = handler;
        return () => {};
      },
    });
    let reads = 0;
    // Each piece of a search is preceded by a look at the clock.
    const now = (): number => {
      if (++reads === 3) signalled('SIGTERM');
      return 0;
    };
    const { code, stdout, stderr } = await go(
      { models: ['gated/broken', 'gated/pre'], timeMs: 1_000, profile: profileOf('ci'), ...JSON_REPORT },
      GATED,
      Object.assign(terminal, { now }),
    );
    expect(code).toBe(ExitCode.terminated);
    expect(stderr).toBe('SIGTERM: stopping; what was found so far is reported.\n');
    expect(JSON.parse(stdout)).toMatchObject({ left: 2, models: [{ stopped: 'interrupt' }] });
  });
});

describe('a model that hangs', () => {
  test('ends the gate with 3, and is named', async () => {
    const changes = {
      models: ['hanging/race'],
      properties: ['no-lost-update'],
      strategy: 'random',
      runs: 5,
    } as const;
    const { code, stdout } = await go(changes, HANGING);
    expect(code).toBe(ExitCode.brokenContract);
    expect(stdout).toMatch(/^hanging\/race \(inferred\)$/m);
    expect(stdout).toMatch(/^hang \(a broken model: /m);
    expect(stdout).toMatch(/increment of user\d does not come back in increment, at step \d+/);
  });

  test('too often is left, is a failure to --bail, and nothing is said of what holds', async () => {
    let chunks = 0;
    const pool = await poolOf(1, GATED);
    const hang: Hang = {
      during: 'step',
      actor: 'user0',
      operation: 'increment',
      function: 'increment',
      claim: null,
      step: 0,
      world: {},
      ops: [],
      schedule: ['user0'],
      times: 1,
      foundWith: { run: 0, sequence: 0, shrinking: null },
    };
    const makeHanging = async (): Promise<Pool> => ({
      ...pool,
      chunk: async (job) => {
        chunks++;
        return { ...(await pool.chunk(job)), hangs: Array.from({ length: HANGS_MAX }, () => hang) };
      },
      close: async () => {},
    });
    const terminal = new CapturedTerminal();
    const models = ['gated/v1', 'gated/pre'];
    const options = { ...OPTIONS, ...JSON_REPORT, models, runs: 20_000, bail: true };
    const code = await gate(options, terminal, { modules: GATED, makePool: makeHanging });
    expect(code).toBe(ExitCode.brokenContract);
    expect(chunks).toBe(1);
    expect(JSON.parse(terminal.stdout)).toMatchObject({
      ok: false,
      left: 2,
      models: [{ model: 'gated/v1', stopped: 'hang', hangs: 1 }],
    });
    const [{ verdicts }] = (JSON.parse(terminal.stdout) as GateJson).models as [GateJson['models'][0]];
    expect(verdicts.filter(({ found }) => found !== 'violated')).toEqual([]);
  });
});

describe('--json', () => {
  test('is the same bytes for the same inputs, however many workers there are', async () => {
    const one = await go(JSON_REPORT);
    expect(one.code).toBe(ExitCode.violated);
    expect(await go(JSON_REPORT)).toEqual(one);
    expect(await go({ ...JSON_REPORT, jobs: 2 })).toEqual(one);
    expect(await go({ ...JSON_REPORT, seed: 2 })).not.toEqual(one);
  });

  test('says of each verdict what was expected and why', async () => {
    const { printed } = await goJson({ models: ['gated/dated'], properties: ['no-lost-update'] });
    expect(printed).toMatchObject({
      format: 1,
      tool: 'zpci-fuzz',
      seed: 1,
      shard: '1/1',
      runs: 20,
      profile: 'quick',
      ok: false,
      left: 0,
      models: [
        {
          model: 'gated/dated',
          provenance: { label: 'posted 2025-04-01', status: 'posted' },
          stopped: null,
          verdicts: [
            {
              property: 'no-lost-update',
              expected: 'violated',
              found: 'violated',
              problem: 'expired',
              standing: 'pre-existing',
              reason: 'To be mended soon.',
              source: { status: 'proposed in review', messageId: 'review@gated' },
              expires: '2026-01-01',
            },
          ],
          hangs: 0,
        },
      ],
    });
    expect(printed.models[0]!.verdicts[0]!.exercised).toBeGreaterThan(0);
  });

  test('goes to a file, beside a text', async () => {
    const file = folder.at('gate.json');
    const reporters = [
      { name: 'text', file: null },
      { name: 'json', file },
    ] as const;
    const { stdout } = await go({ models: ['gated/broken'], reporters });
    expect(stdout).toBe((await go({ models: ['gated/broken'] })).stdout);
    expect(readFileSync(file, 'utf8')).toBe((await go({ models: ['gated/broken'], ...JSON_REPORT })).stdout);
  });
});

/** A shard knows of the states of others only what is expected of them. */
const withoutStanding = ({ verdicts, ...rest }: GateJson['models'][0]) => ({
  ...rest,
  verdicts: verdicts.map(({ standing, beside, ...verdict }) => verdict),
});

test('the shards together are the whole', async () => {
  const whole = await goJson({});
  const shards = [];
  for (const index of [1, 2, 3]) shards.push(await goJson({ shard: { index, count: 3 } }));
  const models = shards.flatMap(({ printed }) => printed.models);
  expect(models.map(({ model }) => model).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
    whole.printed.models.map(({ model }) => model).toSorted((a, b) => (a < b ? -1 : 1)),
  );
  for (const one of whole.printed.models) {
    expect(withoutStanding(models.find(({ model }) => model === one.model)!)).toEqual(withoutStanding(one));
  }
});

describe('of the real series', () => {
  // What is stored, and a few sequences: a known bug costs milliseconds.
  const real = { corpus: CORPUS, opsMax: 6, stepsMax: 10_000, strategy: 'random', runs: 10 } as const;

  test('zpci-io is as expected where it is looked at', async () => {
    const models = ['zpci-io/v3', 'zpci-io/v1+hp', 'zpci-io/v1+mutant-leak-pin'];
    const { code, stdout } = await go({ ...real, models }, ZPCI_IO);
    expect(stdout).toMatch(/^as expected: \d+ verdicts on 3 states/m);
    expect(stdout).toMatch(/^ {2}1 mutant, each as expected$/m);
    expect(code).toBe(ExitCode.asClaimed);
  });

  test('a model that does what an older one did is found out', async () => {
    const changes = { models: ['zpci-io/v3'], properties: ['request-executes-as-validated'], runs: 30 };
    const { code, stdout } = await go({ ...real, ...changes }, SABOTAGED);
    expect(unwrapped(stdout)).toMatch(
      /^zpci-io\/v3 \(proposed in review 2021-01-27\): request-executes-as-validated is violated, and was expected to hold\nRegressed: an earlier state breaks it \(as expected of v2-min\), and the state before does not \(as expected of v2\)\.$/m,
    );
    expect(stdout).toContain('models/zpci-io/expectations.ts');
    expect(code).toBe(ExitCode.violated);
  });

  test('a claim that reports nothing any more is found out, and its counterexamples with it', async () => {
    const changes = { ...real, models: ['zpci-io/v1'], properties: [BLINDED] };
    expect((await go(changes, ZPCI_IO)).code).toBe(ExitCode.asClaimed);
    const { code, stdout } = await go(changes, SABOTAGED);
    expect(code).toBe(ExitCode.violated);
    expect(unwrapped(stdout)).toMatch(
      new RegExp(
        `^zpci-io/v1 \\(posted 2021-01-19\\): ${BLINDED} was expected to be violated, and was not found to be\\nExpected: .*\\nSearched: [1-9]\\d* stored counterexamples? \\(0 still show theirs\\)`,
        'm',
      ),
    );
  });
});
