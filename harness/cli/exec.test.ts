import { describe, expect, test } from 'vitest';
import { makeEntry } from '../corpus.ts';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { type ExecOptions, exec } from './exec.ts';
import { ExitCode } from './exit.ts';
import { loadSeries } from './registry.ts';
import { selectModel } from './select.ts';

const folder = new Folder();

/** What `exec --json` prints, as scripts see it. */
interface Printed {
  readonly format: number;
  readonly model: string;
  readonly provenance: { readonly label: string; readonly status: string };
  readonly outcome: string;
  readonly calls: readonly { readonly actor: string; readonly op: string; readonly ret?: number }[];
  readonly device: readonly { readonly [key: string]: unknown }[];
  readonly violations: readonly { readonly [key: string]: unknown }[];
  readonly steps: readonly { readonly actor: string; readonly step: string }[];
  readonly waiting?: readonly { readonly [key: string]: unknown }[];
}

let files = 0;
async function run(
  content: unknown,
  options: Partial<ExecOptions> = {},
  terminal: CapturedTerminal = new CapturedTerminal(),
): Promise<{ code: ExitCode; stdout: string }> {
  const file = options.file ?? folder.write(`scenario-${files++}.json`, content);
  const code = await exec({ file, model: null, stepsMax: 5000, json: false, ...options }, terminal);
  expect(terminal.stderr).toBe('');
  return { code, stdout: terminal.stdout };
}

async function runJson(
  content: unknown,
  options: Partial<ExecOptions> = {},
): Promise<{ code: ExitCode; printed: Printed }> {
  const { code, stdout } = await run(content, { ...options, json: true });
  return { code, printed: JSON.parse(stdout) as Printed };
}

/** The message that the command ends with, and its kind. Nothing is printed before it. */
async function failure(content: unknown, options: Partial<ExecOptions> = {}): Promise<string> {
  const terminal = new CapturedTerminal();
  const file = folder.write(`scenario-${files++}.json`, content);
  const error = await exec({ file, model: null, stepsMax: 5000, json: true, ...options }, terminal).then(
    () => null,
    (thrown: unknown) => thrown as Error,
  );
  expect(terminal).toMatchObject({ stdout: '', stderr: '' });
  return error === null ? 'no error' : `${error.name}: ${timeless(error.message.replace(file, 'FILE'))}`;
}

/** Without what changes whenever a state or a series is added. */
const timeless = (message: string): string =>
  message
    .replace(/(shows all|matches) \d+/, '$1 N')
    .replace(/known series: .*\bzpci-io\b.*\.$/, 'known series: SERIES.');

const req = { flags: 1, gaddr: '0x10000', offset: 0, len: 8, pcias: 0 };
const load = (actor: string) => ({ actor, op: 'region_write', pos: 16, count: 32, req });
const POWER_OFF = { actor: 'admin', op: 'power_off' };
const BAR_READ = { actor: 'user0', op: 'bar_read', bar: 2, pos: 0, count: 8 };
const scenario = (model: string, ops: readonly unknown[], rest: object = {}): object => ({
  format: 1,
  model,
  ops,
  ...rest,
});

/** Who took each step, neighbours of one name drawn together: `user0 x3, admin x2`. */
const turns = ({ steps }: Printed): string => {
  const turns: { actor: string; times: number }[] = [];
  for (const { actor } of steps) {
    const last = turns.at(-1);
    if (last?.actor === actor) last.times++;
    else turns.push({ actor, times: 1 });
  }
  return turns.map(({ actor, times }) => `${actor} x${times}`).join(', ');
};

describe('exec --json', () => {
  test('prints one document of the agreed shape', async () => {
    const { printed } = await runJson(scenario('zpci-io/v1', [load('user0')]));
    expect(Object.keys(printed).toSorted()).toEqual([
      'calls',
      'device',
      'format',
      'model',
      'outcome',
      'provenance',
      'steps',
      'violations',
    ]);
    expect(printed).toMatchObject({
      format: 1,
      model: 'zpci-io/v1',
      outcome: 'finished',
      calls: [{ actor: 'user0', op: 'region_write', ret: 32 }],
      device: [{ actor: 'user0', insn: 'pcilg', pcias: 0, offset: 0, len: 8 }],
    });
    for (const violation of printed.violations) {
      expect(violation).toEqual({
        property: expect.any(String),
        kind: expect.any(String),
        step: expect.any(Number),
        message: expect.any(String),
      });
    }
    for (const step of printed.steps) {
      expect(step).toEqual({ actor: expect.any(String), step: expect.any(String) });
    }
  });

  test('prints the same bytes for the same file, in whatever order its keys are', async () => {
    const whole = scenario('zpci-io/v1', [load('user0'), POWER_OFF], { schedule: ['user0', 'admin'] });
    const { stdout } = await run(whole, { json: true });
    expect((await run(whole, { json: true })).stdout).toBe(stdout);
    const backwards = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(backwards)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .map(([key, inner]) => [key, backwards(inner)])
                .toReversed(),
            )
          : value;
    expect((await run(backwards(whole), { json: true })).stdout).toBe(stdout);
  });

  test('lists calls in the order in which they returned, and those that never did without ret', async () => {
    const { printed } = await runJson(
      scenario('zpci-io/v1', [load('user0'), { ...BAR_READ, actor: 'user1' }, load('user1')], {
        schedule: ['user0', 'user1'],
      }),
      { stepsMax: 60 },
    );
    expect(printed.calls.map(({ actor, op }) => `${actor} ${op}`)).toEqual([
      'user1 bar_read',
      'user1 region_write',
      'user0 region_write',
    ]);
    const cut = await runJson(scenario('zpci-io/v1', [load('user0')]), { stepsMax: 5 });
    expect(cut).toMatchObject({
      code: ExitCode.asClaimed,
      printed: { outcome: 'step-limit', calls: [{ actor: 'user0', op: 'region_write' }] },
    });
    expect(cut.printed.calls[0]).not.toHaveProperty('ret');
    expect(cut.printed.steps).toHaveLength(5);
  });

  test('says of a deadlock who waits for what held by whom', async () => {
    const { code, printed } = await runJson(scenario('zpci-io/v1+hp', [POWER_OFF]));
    expect(code).toBe(ExitCode.violated);
    expect(printed.outcome).toBe('deadlock');
    expect(printed.waiting).toEqual([
      {
        actor: 'admin',
        op: 'power_off',
        since: 0,
        waitsFor: expect.any(String),
        edge: 'event',
        heldBy: ['guest'],
        holds: ['zdev->lock', 'pci_rescan_remove_lock', 'dev->mutex'],
      },
      {
        actor: 'guest',
        op: 'guest',
        since: expect.any(Number),
        waitsFor: 'zdev->lock',
        edge: 'lock',
        heldBy: ['admin'],
        holds: ['BQL'],
      },
    ]);
    expect(printed.violations.map(({ property }) => property)).toContain('no-deadlock-on-hot-unplug');
  });

  test.each([
    ['a small number', 8, 8],
    ['2^53', 2 ** 53, '0x20000000000000'],
    ['just below 2^64', '0xffffffffffffff00', '0xffffffffffffff00'],
  ])('writes an offset that is %s so that no digit is lost', async (_what, offset, expected) => {
    const write = { ...load('user0'), req: { ...req, flags: 2, offset } };
    const { printed } = await runJson(scenario('zpci-io/v1', [write]));
    expect(printed.device).toMatchObject([{ insn: 'pcistb', offset: expected }]);
  });

  test.each([
    ['zpci-io/v1', 'posted 2021-01-19', 'posted'],
    ['zpci-io/v2', 'inferred', 'inferred'],
    ['zpci-io/v3', 'proposed in review 2021-01-27', 'proposed in review'],
  ])('says where %s comes from', async (model, label, status) => {
    const { printed } = await runJson(scenario(model, [BAR_READ]));
    expect(printed.provenance).toEqual({ label, status });
    expect((await run(scenario(model, [BAR_READ]))).stdout).toMatch(`${model} (${label})`);
  });

  test('says in colors what it says without', async () => {
    const content = scenario('zpci-io/v1', [load('user0'), POWER_OFF]);
    const plain = await run(content);
    const colored = await run(content, {}, new CapturedTerminal({ color: true }));
    expect(colored.stdout).toMatch('\u001b[');
    expect(colored.stdout.replace(/\u001b\[\d*m/g, '')).toBe(plain.stdout);
  });

  test('prints nothing that moves a cursor', async () => {
    const { stdout } = await run(scenario('zpci-io/v1', [load('user0'), POWER_OFF]));
    expect(stdout).toMatch(/^[\n\u0020-\u007e]+$/);
  });
});

describe('exec ends with', () => {
  test.each([
    ['0 where no claim is violated', 'zpci-io/v3', ExitCode.asClaimed],
    ['1 where one is', 'zpci-io/v1', ExitCode.violated],
  ])('%s', async (_when, model, expected) => {
    const { code, printed } = await runJson(scenario(model, [load('user0')]));
    expect(code).toBe(expected);
    expect(printed.violations.length > 0).toBe(expected === ExitCode.violated);
  });
});

describe('exec takes', () => {
  test('no operations at all', async () => {
    expect(await runJson(scenario('zpci-io/v1', []))).toMatchObject({
      code: ExitCode.asClaimed,
      printed: { outcome: 'finished', calls: [], device: [], steps: [] },
    });
  });

  test('a bare state as one of zpci-io', async () => {
    expect((await runJson(scenario('v1+hp', []))).printed.model).toBe('zpci-io/v1+hp');
  });

  test('some patches of a version', async () => {
    const { printed } = await runJson(scenario('zpci-io/v1:1+2', [load('user0')]));
    expect(printed).toMatchObject({ model: 'zpci-io/v1:1+2', calls: [{ ret: -22 }] });
  });

  test('a corpus entry for its scenario', async () => {
    const model = selectModel(await loadSeries(), 'v1');
    const found = {
      property: 'loaded-page-is-dirtied',
      kind: 'modified-page-left-clean',
      scenario: { format: 1, model: 'zpci-io/v1', ops: [load('user0')] },
      minimal: true,
      foundWith: { ops: 1, run: 0 },
    } as const;
    const entry = makeEntry(model, found, 5000, { tool: 'test', seed: 1 });
    const { code, printed } = await runJson(entry);
    expect(code).toBe(ExitCode.violated);
    expect(printed.violations).toContainEqual(expect.objectContaining({ kind: found.kind }));
    expect(printed.steps).toHaveLength(entry.expected.trace.length);
    expect((await runJson(entry.scenario)).printed).toEqual(printed);
  });

  test('another model than the file names', async () => {
    const { printed } = await runJson(scenario('zpci-io/v1', [load('user0')]), { model: 'v3' });
    expect(printed).toMatchObject({ model: 'zpci-io/v3', calls: [{ ret: -22 }] });
  });

  test('a byte order mark before the file', async () => {
    const { code } = await run(`\ufeff${JSON.stringify(scenario('zpci-io/v1', []))}`);
    expect(code).toBe(ExitCode.asClaimed);
  });
});

describe('a schedule', () => {
  const two = [
    { ...BAR_READ, actor: 'user1' },
    { ...BAR_READ, actor: 'user0' },
  ];

  test('that is left out: by name, each until it ends', async () => {
    const { printed } = await runJson(scenario('zpci-io/v3', two));
    expect(turns(printed)).toMatch(/^user0 x(\d+), user1 x\1$/);
  });

  test('is followed to the letter, then whoever ran last goes on', async () => {
    const { printed } = await runJson(
      scenario('zpci-io/v3', two, { schedule: ['user1', 'user1', 'user0', 'user1', 'user0'] }),
    );
    expect(turns(printed)).toMatch(/^user1 x2, user0 x1, user1 x1, user0 x\d+, user1 x\d+$/);
  });

  test('that ends where its last actor does: the next by name goes on, and after the last the first', async () => {
    const three = ['user0', 'user1', 'user2'].map((actor) => ({ ...BAR_READ, actor }));
    const { printed } = await runJson(scenario('zpci-io/v3', three, { schedule: ['user1'] }));
    expect(turns(printed)).toMatch(/^user1 x(\d+), user2 x\1, user0 x\1$/);
  });

  test('of one whole execution gives that execution', async () => {
    const first = await runJson(
      scenario('zpci-io/v1', [load('user0'), POWER_OFF], { schedule: ['user0', 'admin'] }),
    );
    const schedule = first.printed.steps.map(({ actor }) => actor);
    const again = await runJson(scenario('zpci-io/v1', [load('user0'), POWER_OFF], { schedule }));
    expect(again.printed).toEqual(first.printed);
  });

  test('names actors that the model started', async () => {
    const { printed } = await runJson(scenario('zpci-io/v1', [POWER_OFF]));
    expect(new Set(printed.steps.map(({ actor }) => actor))).toEqual(new Set(['admin', 'qemu', 'guest']));
  });

  test('may go on beyond the step limit', async () => {
    const schedule = Array.from({ length: 20 }, () => 'user0');
    const { printed } = await runJson(scenario('zpci-io/v1', [load('user0')], { schedule }), { stepsMax: 5 });
    expect(printed.outcome).toBe('step-limit');
  });
});

describe('a stale schedule', () => {
  const TYPO = 'No operation is for an actor of that name: correct it, or let who starts it come first.';

  test.each([
    [
      'names an actor that has nothing to do',
      ['admin', 'vcpu0'],
      'at step 1 it names "vcpu0", which cannot run there; can run: admin, user0.',
      TYPO,
    ],
    [
      'names an actor that waits or has ended',
      Array.from({ length: 100 }, () => 'user0'),
      'at step 25 it names "user0", which cannot run there; can run: admin.',
      'The model or the operations changed since it was written: shorten the schedule to its first 25 steps, or record it again.',
    ],
    [
      'plays tricks with the terminal',
      ['\u001b[31m\u202e'],
      'at step 0 it names "\\u001b[31m?", which cannot run there; can run: admin, user0.',
      TYPO,
    ],
  ])('%s', async (_what, schedule, at, advice) => {
    expect(await failure(scenario('zpci-io/v1', [load('user0'), POWER_OFF], { schedule }))).toBe(
      `BrokenContract: FILE: stale schedule on zpci-io/v1 (posted 2021-01-19): ${at} ${advice}`,
    );
  });

  test('goes on where nobody is left', async () => {
    const { printed } = await runJson(scenario('zpci-io/v1', [load('user0')]));
    const schedule = [...printed.steps.map(({ actor }) => actor), 'user0'];
    expect(await failure(scenario('zpci-io/v1', [load('user0')], { schedule }))).toMatch(
      `at step ${printed.steps.length} it names "user0", which cannot run there; can run: nobody.`,
    );
  });
});

describe('exec refuses', () => {
  const MODELS = "`zpci-fuzz list models` shows all N; a version's patches are picked as in v1:1+2.";

  test.each<[string, unknown, string]>([
    [
      'no model',
      { format: 1, ops: [] },
      'FILE: lacks "model", such as "zpci-io/v1"; `zpci-fuzz list models` shows what there is.',
    ],
    [
      'a model that is a number',
      scenario(5 as unknown as string, []),
      'FILE: lacks "model", such as "zpci-io/v1"; `zpci-fuzz list models` shows what there is.',
    ],
    ['another series', scenario('nope/v1', []), 'FILE: "model" is "nope/v1"; known series: SERIES.'],
    [
      'a prototype for a series',
      scenario('__proto__/v1', []),
      'FILE: "model" is "__proto__/v1"; known series: SERIES.',
    ],
    [
      'an unknown state',
      scenario('zpci-io/v9', []),
      `FILE: unknown model "zpci-io/v9". Nearest: zpci-io/v1 (posted 2021-01-19), zpci-io/v2 (inferred), zpci-io/v3 (proposed in review 2021-01-27). ${MODELS}`,
    ],
    [
      'an unknown bare state, whatever its operations',
      scenario('v33', [{ actor: 'vcpu0', op: 'guest_access', page: 'slot0', access: 'read' }]),
      `FILE: unknown model "v33". Nearest: zpci-io/v3 (proposed in review 2021-01-27), zpci-io/v1 (posted 2021-01-19), zpci-io/v2 (inferred). ${MODELS}`,
    ],
    [
      'a series without a state',
      scenario('s2-memattr', [{ actor: 'vcpu0', op: 'guest_access', page: 'slot0', access: 'read' }]),
      'FILE: "s2-memattr" is a series, not a model: name a state of it, as "s2-memattr/pre", or all of them with "s2-memattr/*".',
    ],
    ['several models', scenario('zpci-io/*', []), 'FILE: "zpci-io/*" matches N models; name one of them.'],
    [
      'patches that do not build',
      scenario('zpci-io/v1:4', []),
      'FILE: zpci-io/v1:4 does not build: patch 4/4 ("vfio-pci/zdev: Introduce the zPCI I/O vfio region") uses what patch 3/4 introduces, and that one is not applied before it.',
    ],
    ['an array', [], 'FILE: found an array, expected a JSON object with "format": 1.'],
    [
      'an entry whose scenario is an array',
      { format: 1, scenario: [] },
      'FILE: found an array, expected a JSON object with "format": 1.',
    ],
    [
      'an operation that is none',
      scenario('v1', [{ actor: 'user0', op: 'region_wirte' }]),
      'FILE: ops[0].op is "region_wirte"; allowed: memory_disable, memory_enable, bar_write, bar_read, region_write, region_read, pcistb, pcistg, pcilg, kill, power_off.',
    ],
  ])('%s', async (_what, content, expected) => {
    expect(await failure(content)).toBe(`InvalidInput: ${expected}`);
  });

  test.each([
    [
      'v9',
      `UsageError: unknown model "v9". Nearest: zpci-io/v1 (posted 2021-01-19), zpci-io/v2 (inferred), zpci-io/v3 (proposed in review 2021-01-27). ${MODELS}`,
    ],
    ['v*', 'UsageError: "v*" matches N models; name one of them.'],
  ])('--model %s', async (model, expected) => {
    expect(await failure(scenario('zpci-io/v1', []), { model })).toBe(expected);
  });
});
