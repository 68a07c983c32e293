import { describe, expect, test } from 'vitest';
import { counterSeries } from '../campaign/counter.fixture.ts';
import { EXHAUST_CHUNK, type ExhaustOptions, exhaustChunk, scenariosOf } from '../campaign/exhaust.ts';
import { makeEntry } from '../corpus.ts';
import { BruteForce } from '../explore/brute-force.fixture.ts';
import { DPOR_THREADS_MAX } from '../explore/dpor.ts';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import { Folder } from '../folder.fixture.ts';
import { compileProgram, execute } from '../machine/execute.ts';
import type { Machine, Strategy } from '../machine/machine.ts';
import type { Operation } from '../model/model.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { exec } from './exec.ts';
import { ExitCode } from './exit.ts';
import type { Pool } from './pool.ts';
import { start } from './process.fixture.ts';
import { loadSeries } from './registry.ts';
import { selectModel } from './select.ts';
import { type VerifyOptions, verify } from './verify.ts';
import { verifyModel } from './verify-model.ts';
import { parseVerifyOptions, type VerifyFlags } from './verify-options.ts';

const folder = new Folder();
const series = await loadSeries();

const OPTIONS: VerifyOptions = {
  what: 'v3',
  model: null,
  properties: [],
  opsMax: null,
  worlds: null,
  preemptionsMax: null,
  schedulesMax: null,
  stepsMax: 5_000,
  timeMs: null,
  jobs: 1,
  strict: false,
  json: false,
  quiet: false,
};

interface Violation {
  readonly property: string;
  readonly kind: string;
  readonly schedules: number;
  readonly scenario: { readonly schedule: readonly string[] };
}

interface End {
  readonly outcome: string;
  readonly calls: unknown;
  readonly device: unknown;
}

/** What `verify --json` prints, as scripts see it. */
interface Printed {
  readonly exhaustive: boolean;
  readonly bound: string;
  readonly schedules: number;
  readonly outcomes: readonly {
    readonly outcome: string;
    readonly calls: unknown;
    readonly device: unknown;
  }[];
  readonly violations: readonly Violation[];
}

let files = 0;
const fileOf = (content: unknown): string => folder.write(`scenario-${files++}.json`, content);

async function go(
  changes: Partial<VerifyOptions>,
  terminal = new CapturedTerminal(),
): Promise<{ code: ExitCode; stdout: string; stderr: string }> {
  const code = await verify({ ...OPTIONS, ...changes }, terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

async function goJson(changes: Partial<VerifyOptions>): Promise<{ code: ExitCode; printed: Printed }> {
  const { code, stdout } = await go({ ...changes, json: true });
  return { code, printed: JSON.parse(stdout) as Printed };
}

/** The message that the command ends with, and its kind. Nothing is printed before it. */
async function failure(changes: Partial<VerifyOptions>): Promise<string> {
  const terminal = new CapturedTerminal();
  const error = await verify({ ...OPTIONS, ...changes }, terminal).then(
    () => null,
    (thrown: unknown) => thrown as Error,
  );
  expect(terminal).toMatchObject({ stdout: '', stderr: '' });
  return error === null ? 'no error' : `${error.name}: ${error.message.replaceAll(folder.path, 'FOLDER')}`;
}

const load = (actor: string, req: object = {}): Operation => ({
  actor,
  op: 'region_write',
  pos: 16,
  count: 32,
  req: { flags: 1, gaddr: '0x10000', len: 8, ...req },
});
const store = (actor: string): Operation => load(actor, { flags: 2, gaddr: '0x11008', offset: 8, len: 64 });
const POWER_OFF: Operation = { actor: 'admin', op: 'power_off' };
const BAR_READ: Operation = { actor: 'user0', op: 'bar_read', bar: 2, pos: 0, count: 16 };
const MEMORY_OFF: Operation = { actor: 'user1', op: 'memory_disable' };
const scenarioOf = (model: string, ops: readonly Operation[], rest: object = {}): object => ({
  format: 1,
  model,
  ops,
  ...rest,
});

const WRITERS = [load('user0'), store('user1')];

/** What `exec --json` prints of an end. */
async function executed(model: string, ops: readonly Operation[], schedule: readonly string[]) {
  const terminal = new CapturedTerminal();
  const file = folder.write('execution.json', scenarioOf(model, ops, { schedule }));
  await exec({ file, model: null, stepsMax: 5_000, json: true }, terminal);
  const { outcome, calls, device, violations } = JSON.parse(terminal.stdout) as End &
    Pick<Printed, 'violations'>;
  return {
    end: JSON.stringify({ outcome, calls, device }),
    broken: violations.map(({ property, kind }) => `${property} ${kind}`),
  };
}

/** Schedules that a strategy chooses, in full. */
function* schedulesBy(
  strategy: Strategy,
  next: () => boolean,
  state: string,
  ops: readonly Operation[],
): Generator<string[]> {
  const program = compileProgram(selectModel(series, state), {}, ops);
  const buffer = new Uint8Array(5_000);
  while (next()) {
    const { machine }: { machine: Machine } = execute(program, strategy, 5_000, buffer);
    yield Array.from(buffer.subarray(0, machine.steps), (id) => machine.threads[id]!.name);
  }
}

const sorted = (set: ReadonlySet<string>): string[] => [...set].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

describe('verify FILE --json', () => {
  test('prints one document of the agreed shape', async () => {
    const { code, printed } = await goJson({ what: fileOf(scenarioOf('zpci-io/v1', WRITERS)) });
    expect(code).toBe(ExitCode.violated);
    expect(printed).toMatchObject({
      format: 1,
      model: 'zpci-io/v1',
      provenance: { label: 'posted 2021-01-19', status: 'posted' },
      exhaustive: true,
      bound: 'every schedule of these 2 operations by 2 actors, executions of up to 5,000 steps',
      scenarios: 1,
      schedules: 290,
      pruned: 0,
      unreduced: '27569181690',
    });
    for (const outcome of printed.outcomes) {
      expect(outcome).toEqual({ outcome: 'finished', calls: expect.any(Array), device: expect.any(Array) });
    }
    expect(printed.violations.length).toBeGreaterThan(3);
    for (const violation of printed.violations) {
      expect(violation).toMatchObject({
        property: expect.any(String),
        kind: expect.any(String),
        schedules: expect.any(Number),
        scenario: { format: 1, model: 'zpci-io/v1', ops: WRITERS, schedule: expect.any(Array) },
      });
      expect(violation.schedules).toBeGreaterThan(0);
      expect(violation.schedules).toBeLessThanOrEqual(290);
    }
  });

  test.each([
    { state: 'v2', ops: WRITERS, schedules: 622, ends: 4 },
    { state: 'v3', ops: [BAR_READ, MEMORY_OFF], schedules: 84, ends: 2 },
    { state: 'v1+hp', ops: [POWER_OFF], schedules: 38, ends: 1 },
  ])('has the outcomes and violations of `exec` under every schedule: $state, $schedules', async (row) => {
    const model = `zpci-io/${row.state}`;
    const { printed } = await goJson({ what: fileOf(scenarioOf(model, row.ops)) });
    const all = new BruteForce();
    const ends = new Set<string>();
    const broken = new Set<string>();
    let schedules = 0;
    for (const schedule of schedulesBy(all, () => all.next(), row.state, row.ops)) {
      const one = await executed(model, row.ops, schedule);
      ends.add(one.end);
      for (const failed of one.broken) broken.add(failed);
      schedules++;
    }
    // The same bytes, sorted.
    expect(printed.outcomes.map((end) => JSON.stringify(end))).toEqual(sorted(ends));
    expect(sorted(new Set(printed.violations.map(({ property, kind }) => `${property} ${kind}`)))).toEqual(
      sorted(broken),
    );
    expect({ schedules, ends: ends.size }).toEqual({ schedules: row.schedules, ends: row.ends });
    expect(printed).toMatchObject({ exhaustive: true, unreduced: String(row.schedules) });
  });

  test('has whatever `exec` comes to under random schedules, and shows each violation by one of its own', async () => {
    const { printed } = await goJson({ what: fileOf(scenarioOf('zpci-io/v1', WRITERS)) });
    const ends = new Set(printed.outcomes.map((end) => JSON.stringify(end)));
    const broken = new Set(printed.violations.map(({ property, kind }) => `${property} ${kind}`));
    const seen = new Set<string>();
    let left = 150;
    const uniform = new Uniform(random(1));
    for (const schedule of schedulesBy(uniform, () => left-- > 0, 'v1', WRITERS)) {
      const one = await executed('zpci-io/v1', WRITERS, schedule);
      expect(ends).toContain(one.end);
      for (const failed of one.broken) expect(broken).toContain(failed);
      seen.add(one.end);
    }
    expect(seen.size).toBeGreaterThan(5);
    for (const { property, kind, scenario } of printed.violations) {
      const one = await executed('zpci-io/v1', WRITERS, scenario.schedule);
      expect(one.broken).toContain(`${property} ${kind}`);
      expect(ends).toContain(one.end);
    }
  });

  test('writes large numbers as `exec` does', async () => {
    const ops = [load('user0', { flags: 2, offset: '0xffffffffffffff00' })];
    const { printed } = await goJson({ what: fileOf(scenarioOf('zpci-io/v1', ops)) });
    expect(printed.outcomes.map((end) => JSON.stringify(end))).toEqual([
      (await executed('zpci-io/v1', ops, [])).end,
    ]);
    expect(JSON.stringify(printed.outcomes)).toMatch('"0xffffffffffffff00"');
  });

  test('ignores the schedule of the file, and takes a corpus entry for its scenario', async () => {
    const found = {
      property: 'loaded-page-is-dirtied',
      kind: 'modified-page-left-clean',
      scenario: { format: 1, model: 'zpci-io/v1', ops: [load('user0')] },
      minimal: true,
      foundWith: { ops: 1, run: 0 },
    } as const;
    const plain = await go({ what: fileOf(found.scenario), json: true });
    expect(plain.code).toBe(ExitCode.violated);
    const schedule = ['user7', 'admin'];
    expect(await go({ what: fileOf({ ...found.scenario, schedule }), json: true })).toEqual(plain);
    const entry = makeEntry(selectModel(series, 'v1'), found, 5_000, { tool: 'test', seed: 1 });
    expect(await go({ what: fileOf(entry), json: true })).toEqual(plain);
  });

  test('has one end of no operations', async () => {
    const { code, printed } = await goJson({ what: fileOf(scenarioOf('zpci-io/v3', [])) });
    expect(code).toBe(ExitCode.asClaimed);
    expect(printed).toMatchObject({
      exhaustive: true,
      schedules: 1,
      outcomes: [{ outcome: 'finished', calls: [], device: [] }],
    });
  });

  test('explores another state, and part of the claims', async () => {
    const what = fileOf(scenarioOf('zpci-io/v1', WRITERS));
    const { printed, code } = await goJson({ what, model: 'v2', properties: ['request-belongs-*'] });
    expect(code).toBe(ExitCode.asClaimed);
    expect(printed).toMatchObject({
      model: 'zpci-io/v2',
      schedules: 2,
      violations: [],
      verdicts: [{ property: 'request-belongs-to-caller', verdict: 'holds', exercised: 2 }],
    });
  });

  test('says where it was not exhaustive', async () => {
    const what = fileOf(scenarioOf('zpci-io/v1', WRITERS));
    const few = await goJson({ what, schedulesMax: 20 });
    expect(few.printed).toMatchObject({ exhaustive: false, schedules: 20, unreduced: null });
    expect(few.code).toBe(ExitCode.violated);
    const short = await goJson({ what, stepsMax: 20 });
    expect(short.printed).toMatchObject({ exhaustive: false, outcomes: [{ outcome: 'step-limit' }] });
  });

  test('ends with 3 there under --strict, unless a claim is violated', async () => {
    const what = fileOf(scenarioOf('zpci-io/v2', WRITERS));
    const properties = ['request-belongs-to-caller'];
    const codes = async (changes: Partial<VerifyOptions>) =>
      (await goJson({ what, properties, ...changes })).code;
    expect(await codes({ schedulesMax: 1 })).toBe(ExitCode.asClaimed);
    expect(await codes({ schedulesMax: 1, strict: true })).toBe(ExitCode.brokenContract);
    expect(await codes({ strict: true })).toBe(ExitCode.asClaimed);
    expect(await codes({ schedulesMax: 20, strict: true, model: 'v1' })).toBe(ExitCode.violated);
  });

  test('says which schedules were in the bound', async () => {
    const { printed } = await goJson({
      what: fileOf(scenarioOf('zpci-io/v2', WRITERS)),
      preemptionsMax: 1,
    });
    expect(printed).toMatchObject({ exhaustive: true, unreduced: null });
    expect(printed.bound).toBe(
      'every schedule with at most 1 preemption of these 2 operations by 2 actors, executions of up to 5,000 steps',
    );
  });
});

describe('verify FILE', () => {
  const SPARE = fileOf(scenarioOf('zpci-io/v1', [load('user0'), { actor: 'user1', op: 'memory_enable' }]));

  test('shows each violation with the command that comes to it again', async () => {
    const { code, stdout } = await go({ what: SPARE, properties: ['loaded-page-*'], preemptionsMax: 2 });
    expect(code).toBe(ExitCode.violated);
    expect(stdout).toMatch('zpci-io/v1 (posted 2021-01-19) breaks loaded-page-is-dirtied:');
    expect(stdout.replace(/\\\n */g, '')).toMatch(
      `npx zpci-fuzz verify ${SPARE} --property 'loaded-page-*' --preemptions 2 --max-steps 5000\n`,
    );
  });

  test('does not say that all of its operations are needed, which is not looked at', async () => {
    const { stdout } = await go({ what: SPARE, properties: ['loaded-page-*'] });
    expect(stdout).toMatch('memory_enable');
    expect(stdout).not.toMatch('minimal');
    expect(stdout).not.toMatch('not shrunk');
  });

  test('with -q has the ends and verdicts alone', async () => {
    const { stdout } = await go({ what: SPARE, properties: ['loaded-page-*'], quiet: true });
    expect(stdout).not.toMatch('interleaving');
    expect(stdout).toMatch(/^ {2}violated {6}loaded-page-is-dirtied\b/m);
    expect((await go({ what: SPARE, properties: ['loaded-page-*'] })).stdout.endsWith(stdout)).toBe(true);
  });
});

const MODEL = { what: 'v2', opsMax: 1, worlds: ['unplug-guest'], quiet: true } as const;

describe('verify MODEL', () => {
  test('prints the same document of the agreed shape whatever --jobs is', async () => {
    const one = await go({ ...MODEL, json: true });
    expect(one.code).toBe(ExitCode.violated);
    const printed: unknown = JSON.parse(one.stdout);
    const scenario = { format: 1, model: 'zpci-io/v2', ops: expect.any(Array), schedule: expect.any(Array) };
    expect(printed).toMatchObject({
      format: 1,
      model: 'zpci-io/v2',
      provenance: { label: 'inferred', status: 'inferred' },
      exhaustive: true,
      bound: expect.stringMatching(
        /^no operation at all, .*; every single operation, .*; power-off against two guest instructions .*, under all schedules, executions of up to 5,000 steps$/,
      ),
      scenarios: 87 + 6_353 + 15,
      schedules: expect.any(Number),
      stopped: null,
      bounds: [
        { exhaustive: true, scenarios: 87, of: 87, schedules: 87 },
        { exhaustive: true, scenarios: 6_353, of: 6_353, schedules: 6_353 },
        { exhaustive: true, scenarios: 15, of: 15, givenUp: 0 },
      ],
    });
    const { violations } = printed as Printed;
    expect(violations.length).toBeGreaterThan(5);
    for (const violation of violations) {
      expect(violation).toMatchObject({
        property: expect.any(String),
        kind: expect.any(String),
        schedules: expect.any(Number),
        scenario,
        shortest: true,
      });
    }
    expect(await go({ ...MODEL, json: true, jobs: 2 })).toEqual(one);
  });

  test('is no proof where --time was over, and says so', async () => {
    // The clock goes on by a second each time it is read.
    const { code, stdout } = await go({ ...MODEL, what: 'v3', timeMs: 4_000 });
    expect(code).toBe(ExitCode.asClaimed);
    expect(stdout).toMatch(/^no proof: stopped by --time; \d+ of 32 claims hold in what was explored;/m);
    expect(stdout).not.toMatch('proved');
  });

  test('ends with 4 where --time was over before anything was explored', async () => {
    const { code, stdout, stderr } = await go({ ...MODEL, timeMs: 1 });
    expect(code).toBe(ExitCode.nothingRan);
    expect(stderr).toBe('nothing ran: --time was over before the first schedule.\n');
    expect(stdout).toMatch('0 of 87 sequences, 0 schedules executed');
  });

  test('stops at a signal and reports what there is', async () => {
    class Interrupted extends CapturedTerminal {
      override readonly onSignal = (handler?: (signal: NodeJS.Signals) => void): (() => void) => {
        handler?.('SIGINT');
        return () => {};
      };
    }
    const { code, stdout, stderr } = await go(MODEL, new Interrupted());
    expect(code).toBe(ExitCode.interrupted);
    expect(stderr).toBe('SIGINT: stopping; what was explored so far is reported.\n');
    expect(stdout).toMatch('no proof: stopped by a signal');
  });

  test('shows each violation with the command that comes to it again', async () => {
    const { stdout } = await go({
      ...MODEL,
      quiet: false,
      worlds: [],
      properties: ['zero-length-never-executes'],
    });
    expect(stdout).toMatch('(1-minimal: every one of them and every context switch is needed)');
    expect(stdout.replace(/\\\n */g, '')).toMatch(
      'npx zpci-fuzz verify v2 --property zero-length-never-executes --max-ops 1 --world none --max-steps 5000\n',
    );
  });
});

describe('bounds of a model', () => {
  const unlocked = counterSeries.model('unlocked')!;
  const bounds: readonly Bound[] = [
    { kind: 'typical', ops: 1, changes: 2 },
    { kind: 'typical', ops: 3, changes: 2 },
  ];
  const [few, many] = bounds.map((bound) => scenariosOf(unlocked, bound).length) as [number, number];
  const options: ExhaustOptions = {
    stepsMax: 1_000,
    schedulesMax: 1_000,
    preemptionsMax: null,
    properties: unlocked.properties.map(({ id }) => id),
  };
  const NO_PROGRESS = { start: () => {}, advance: () => {}, stop: () => {} };

  /** Chunks are done here, at once or the later ones first. */
  function explored(
    changes: Partial<ExhaustOptions> = {},
    { jobs = 1, chunks = Number.POSITIVE_INFINITY }: { jobs?: number; chunks?: number } = {},
  ) {
    let begun = 0;
    const pool: Pick<Pool, 'size' | 'exhaust'> = {
      size: jobs,
      async exhaust({ bound, from, to, known, options: given }) {
        begun++;
        for (let turns = (7 - (begun % 7)) * (jobs - 1); turns > 0; turns--) await Promise.resolve();
        return exhaustChunk(unlocked, bound, given, from, to, known);
      },
    };
    const budget = { timeLeftMs: () => chunks - begun, interrupted: () => false };
    return verifyModel(pool as Pool, unlocked, bounds, { ...options, ...changes }, budget, NO_PROGRESS);
  }

  test('are explored one after the other, to the same whatever the number of workers', async () => {
    const whole = await explored();
    expect(many).toBeGreaterThan(EXHAUST_CHUNK);
    expect(whole).toMatchObject({
      exhaustive: true,
      stopped: null,
      bounds: [
        { of: few, scenarios: few },
        { of: many, scenarios: many },
      ],
    });
    for (const jobs of [2, 3, 8]) expect(await explored({}, { jobs })).toEqual(whole);
  });

  test('of which too many sequences are given up are left where they are, whatever the number of workers', async () => {
    const part = await explored({ schedulesMax: 5 });
    expect(part).toMatchObject({ exhaustive: false, stopped: null });
    expect(part.bounds[1]).toMatchObject({ incomplete: 10, complete: false });
    expect(part.bounds[1]!.scenarios).toBeLessThan(many);
    for (const jobs of [2, 3, 8]) expect(await explored({ schedulesMax: 5 }, { jobs })).toEqual(part);
  });

  test('that were not begun are no proof: time was over between two of them', async () => {
    expect(few).toBeLessThanOrEqual(EXHAUST_CHUNK);
    const part = await explored({}, { chunks: 1 });
    expect(part).toMatchObject({
      exhaustive: false,
      stopped: 'time',
      bounds: [
        { complete: true, scenarios: few },
        { complete: false, scenarios: 0, of: many },
      ],
    });
  });

  test('that came to their end were not stopped, though time was over then', async () => {
    const chunks = 1 + Math.ceil(many / EXHAUST_CHUNK);
    expect(await explored({}, { chunks })).toMatchObject({ exhaustive: true, stopped: null });
    expect(await explored({}, { chunks: chunks - 1 })).toMatchObject({ exhaustive: false, stopped: 'time' });
  });
});

describe('verify ends with 4', () => {
  const says = 'nothing ran: none of the selected claims applies to zpci-io/v3.\n';
  const properties = ['request-needs-all-its-bytes'];

  test('where no claim applies, before anything is printed', async () => {
    const what = fileOf(scenarioOf('zpci-io/v3', WRITERS));
    const nothing = { code: ExitCode.nothingRan, stdout: '', stderr: says };
    expect(await go({ what, properties })).toEqual(nothing);
    expect(await go({ what: 'v3', properties })).toEqual(nothing);
  });

  test('where --time was over before the first schedule of a file', async () => {
    const what = fileOf(scenarioOf('zpci-io/v3', WRITERS));
    const { code, stderr } = await go({ what, timeMs: 1, quiet: true });
    expect(code).toBe(ExitCode.nothingRan);
    expect(stderr).toBe('nothing ran: --time was over before the first schedule.\n');
  });
});

describe('verify refuses', () => {
  const BROKEN = folder.write('broken.json', '{ "format": 1,');
  const FILE = fileOf(scenarioOf('zpci-io/v3', WRITERS));
  const actors = (count: number): readonly Operation[] =>
    Array.from({ length: count }, (_, i) => ({ actor: `user${i}`, op: 'memory_enable' }));
  const CROWD = fileOf(scenarioOf('zpci-io/v3', actors(DPOR_THREADS_MAX + 1)));

  test.each<[string, Partial<VerifyOptions>, RegExp]>([
    [
      'a file that is not there',
      { what: folder.at('no.json') },
      /^InvalidInput: FOLDER\/no\.json: there is no such file\.$/,
    ],
    ['a folder', { what: folder.path }, /^InvalidInput: FOLDER: is a folder, expected a file\.$/],
    ['malformed JSON', { what: BROKEN }, /^InvalidInput: FOLDER\/broken\.json: not valid JSON: /],
    [
      'a file that is no scenario',
      { what: fileOf([]) },
      /^InvalidInput: \S+: found an array, expected a JSON object/,
    ],
    [
      'an unknown operation',
      { what: fileOf(scenarioOf('v1', [{ actor: 'user0', op: 'x' }])) },
      /ops\[0\]\.op is "x"; allowed: /,
    ],
    [
      'an unknown model in a file',
      { what: fileOf(scenarioOf('v9', WRITERS)) },
      /^InvalidInput: .*unknown model "v9"\. Nearest: /,
    ],
    [
      'more actors than can be told apart',
      { what: CROWD },
      /^InvalidInput: \S+: has 31 actors; all schedules can be explored of up to 30 threads, /,
    ],
    ['an unknown model', { what: 'v9' }, /^UsageError: unknown model "v9"\. Nearest: /],
    ['several models', { what: 'v*' }, /^UsageError: "v\*" matches \d+ models; name one of them\.$/],
    ['an unknown claim', { properties: ['nope'] }, /^UsageError: unknown property "nope"\. Nearest: /],
    [
      'an unknown small world',
      { worlds: ['nope'] },
      /^UsageError: unknown small world "nope" of zpci-io\/v3; there are: two-bar-writers, unplug-bar, unplug-guest\.$/,
    ],
    [
      'a small world of other states',
      { worlds: ['two-writers'] },
      /^UsageError: unknown small world "two-writers" of /,
    ],
    [
      '--world with a file',
      { what: FILE, worlds: ['unplug-guest'] },
      /^UsageError: --world chooses among the small worlds/,
    ],
    [
      '--max-ops with a file',
      { what: FILE, opsMax: 2 },
      /^UsageError: --max-ops bounds the scenarios of a model/,
    ],
    [
      '--model with a model',
      { model: 'v1' },
      /^UsageError: --model goes with a scenario file; "v3" is no file/,
    ],
  ])('%s', async (_what, changes, says) => {
    expect(await failure(changes)).toMatch(says);
    expect(await failure({ ...changes, json: true })).toMatch(says);
  });

  test('no crowd whose schedules are bounded otherwise', async () => {
    const { printed } = await goJson({ what: CROWD, preemptionsMax: 0, schedulesMax: 3 });
    expect(printed).toMatchObject({ exhaustive: false, schedules: 3 });
    const most = fileOf(scenarioOf('zpci-io/v3', actors(DPOR_THREADS_MAX)));
    expect((await goJson({ what: most, schedulesMax: 3 })).printed.schedules).toBe(3);
  });
});

describe('flags', () => {
  const FLAGS: VerifyFlags = {
    what: 'v3',
    model: undefined,
    property: [],
    'max-ops': undefined,
    world: undefined,
    preemptions: undefined,
    'max-schedules': undefined,
    'max-steps': '10000',
    time: undefined,
    jobs: '1',
    strict: false,
    json: false,
    quiet: false,
  };

  test('are taken as they are meant', () => {
    expect(parseVerifyOptions(FLAGS)).toEqual({ ...OPTIONS, stepsMax: 10_000 });
    expect(
      parseVerifyOptions({
        ...FLAGS,
        model: 'v1',
        property: ['a*'],
        'max-ops': '2',
        world: ['x', 'y', 'x'],
        preemptions: '0',
        'max-schedules': '7',
        'max-steps': '0x10',
        time: '2m',
        jobs: '3',
        strict: true,
        json: true,
        quiet: true,
      }),
    ).toEqual({
      what: 'v3',
      model: 'v1',
      properties: ['a*'],
      opsMax: 2,
      worlds: ['x', 'y'],
      preemptionsMax: 0,
      schedulesMax: 7,
      stepsMax: 16,
      timeMs: 120_000,
      jobs: 3,
      strict: true,
      json: true,
      quiet: true,
    });
    expect(parseVerifyOptions({ ...FLAGS, world: ['none'] }).worlds).toEqual([]);
  });

  test.each<[Partial<VerifyFlags>, string]>([
    [{ preemptions: '-1' }, '--preemptions is "-1"; allowed: a whole number from 0 to 100.'],
    [{ preemptions: 'abc' }, '--preemptions is "abc"; allowed: a whole number from 0 to 100.'],
    [{ preemptions: '1.5' }, '--preemptions is "1.5"; allowed: a whole number from 0 to 100.'],
    [{ preemptions: '' }, '--preemptions is ""; allowed: a whole number from 0 to 100.'],
    [{ 'max-ops': '0' }, '--max-ops is "0"; allowed: a whole number from 1 to 4.'],
    [{ 'max-ops': '5' }, '--max-ops is "5"; allowed: a whole number from 1 to 4.'],
    [{ 'max-schedules': '0' }, '--max-schedules is "0"; allowed: a whole number from 1 to 1000000000.'],
    [{ time: 'soon' }, '--time is "soon"; allowed: a time up to a week such as 30s, 500ms, 2m or 1h.'],
    [{ jobs: '0' }, '--jobs is "0"; allowed: a whole number from 1 to 256.'],
    [{ world: ['none', 'unplug-guest'] }, '--world none excludes other small worlds; give one or the other.'],
  ])('are refused in words: %j', (changes, says) => {
    expect(() => parseVerifyOptions({ ...FLAGS, ...changes })).toThrow(says);
  });
});

describe('the process ends with', () => {
  const BAD = fileOf(scenarioOf('zpci-io/v1', WRITERS));
  const GOOD = fileOf(scenarioOf('zpci-io/v3', WRITERS));

  test.each([
    { code: 0, why: 'every claim holds', args: [GOOD, '--json'] },
    { code: 1, why: 'a claim is violated', args: [BAD, '--json'] },
    { code: 2, why: 'a number is negative', args: ['v1', '--preemptions', '-1'] },
    { code: 4, why: 'no claim applies', args: [GOOD, '--property', 'request-needs-all-its-bytes'] },
  ])('$code where $why', async ({ code, args }) => {
    const ended = await start(['verify', ...args], { cwd: folder.path }).ended;
    expect(ended.code).toBe(code);
    expect(ended.stdout === '').toBe(code > 1);
    if (code > 1) expect(ended.stderr).toMatch(/^[^\n]+\n$/);
    else expect(ended.stderr).toBe('');
  });

  test('what it found and no proof where --time is over: a second of v1', async () => {
    const args = ['verify', 'v1', '--time', '1s', '-q', '--jobs', '2'];
    const { code, stdout, stderr } = await start(args, { cwd: folder.path }).ended;
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^no proof: stopped by --time; /m);
    expect(stdout).not.toMatch('proved');
    expect(stdout).toMatch(/^violated: \d+ of 35 claims$/m);
    expect(code).toBe(1);
  });
});
