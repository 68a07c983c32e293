/** `diff` from end to end: on a small series of its own, and on real ones. Its parts are tested beside their files. */
import { describe, expect, test } from 'vitest';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { type DiffOptions, diff } from './diff.ts';
import { type DiffFlags, parseDiffOptions } from './diff-options.ts';
import { ExitCode } from './exit.ts';
import { keptPools } from './kept-pools.fixture.ts';
import type { Pool } from './pool.ts';
import { seriesModules } from './registry.ts';
import type { Terminal } from './terminal.ts';

const MODULES = [...seriesModules(), new URL('../campaign/dial.fixture.ts', import.meta.url).href];

const OPTIONS: Omit<DiffOptions, 'states'> = {
  opsMax: 1,
  worlds: [],
  schedulesMax: 200,
  stepsMax: 10_000,
  timeMs: null,
  jobs: 1,
  exitCode: false,
  all: false,
  json: false,
  quiet: true,
};

const poolOf = keptPools();

interface Ended {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

async function go(
  states: readonly [string, string],
  changes: Partial<DiffOptions> = {},
  terminal: CapturedTerminal & Terminal = new CapturedTerminal(),
  change: (pool: Pool) => Partial<Pool> = () => ({}),
): Promise<Ended> {
  const code = await diff({ ...OPTIONS, ...changes, states }, terminal, {
    modules: MODULES,
    makePool: async (size) => {
      const pool = await poolOf(size, MODULES);
      return { ...pool, close: async () => {}, ...change(pool) };
    },
  });
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

/** With examples; without progress, which is not the terminal's. */
const shown = { quiet: false } as const;

interface Printed {
  readonly left: number;
  readonly bound: object;
  readonly patches: readonly { readonly marker: string }[];
  readonly classes: readonly object[];
  readonly changes: readonly {
    readonly marker: string;
    readonly changes: readonly { of: string; before: string[]; after: string[] }[];
    readonly first?: { readonly patch: { readonly id: string } | null };
    readonly second?: { readonly patch: { readonly id: string } | null };
  }[];
}

async function goJson(
  states: readonly [string, string],
  changes: Partial<DiffOptions> = {},
): Promise<Printed> {
  return JSON.parse((await go(states, { ...changes, json: true })).stdout) as Printed;
}

const unwrapped = (text: string): string => text.replace(/\n {2,6}(?=\S)/g, ' ');

test('two states are compared in the vocabulary of git range-diff', async () => {
  const { code, stdout, stderr } = await go(['zpci-io/v2-min', 'zpci-io/v2'], shown);
  expect(stdout).toMatchInlineSnapshot(`
    "--- zpci-io/v2-min (inferred)
    +++ zpci-io/v2 (inferred)

    patches (= does the same in the model)
      = 1/4  s390/pci: track alignment/length strictness for zpci_dev
      = 2/4  vfio-pci/zdev: Pass the relaxed alignment flag
      = 3/4  s390/pci: Get hardware-reported max store block length
      ! 4/4  vfio-pci/zdev: Introduce the zPCI I/O vfio region -> vfio-pci/zdev:
          Introduce the zPCI I/O vfio region (v2 as inferred)
      < region-mutex : -  vfio-pci/zdev: protect the region data with a mutex of its
          own
      = qemu  QEMU: s390x/pci: use the zPCI I/O region for ISM functions

    operations (; by one actor, | by another)
      ! region_write: 511 of 1,856 scenarios
      = 11 classes without a difference: 4,584 scenarios

    1.  region_write: done -> -EINVAL
        device, pcistb, pcilg: 1 -> 0
        ! in 76 scenarios of 1 class
        v2-min: 4/4 vfio-pci/zdev: Introduce the zPCI I/O vfio region (posted
          2021-01-19)
        v2: 4/4 vfio-pci/zdev: Introduce the zPCI I/O vfio region (v2 as inferred)
          (inferred)
        user0  region_write pos=24 count=32 req={flags=2 gaddr=0x10000 len=8}
        --- zpci-io/v2-min (inferred)
        +++ zpci-io/v2 (inferred)
         finished
        -user0 region_write returned 24
        -device actor=user0 insn=pcistb pcias=0 offset=0 len=8
        +user0 region_write returned -22 (-EINVAL)
        +nothing reaches the device

    2.  region_write: -EIO -> -EINVAL
        ! in 439 scenarios of 1 class
        v2-min: 4/4 vfio-pci/zdev: Introduce the zPCI I/O vfio region (posted
          2021-01-19)
        v2: 4/4 vfio-pci/zdev: Introduce the zPCI I/O vfio region (v2 as inferred)
          (inferred)
        user0  region_write pos=32 count=32 req={flags=2 gaddr=0x10000 len=8}
        --- zpci-io/v2-min (inferred)
        +++ zpci-io/v2 (inferred)
         finished
        -user0 region_write returned -5 (-EIO)
        +user0 region_write returned -22 (-EINVAL)
         nothing reaches the device

    3.  region_write: done -> -EIO
        ! in 2 scenarios of 1 class
        v2-min: 4/4 vfio-pci/zdev: Introduce the zPCI I/O vfio region (posted
          2021-01-19)
        v2: 4/4 vfio-pci/zdev: Introduce the zPCI I/O vfio region (v2 as inferred)
          (inferred)
        user0  region_write pos=16 count=32 req={flags=1 gaddr=0x20000 len=8}
        --- zpci-io/v2-min (inferred)
        +++ zpci-io/v2 (inferred)
         finished
        -user0 region_write returned 32
        -device actor=user0 insn=pcilg pcias=0 offset=0 len=8
        +user0 region_write returned -5 (-EIO)
        +nothing reaches the device

    compared, each under all schedules
      no operation at all, up to two fields or settings at another boundary value
      every single operation, up to two fields or settings at another boundary value

    3 changes, in 1 of 12 classes: 6,440 scenarios
    "
  `);
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(stderr).toBe('');
  expect(code).toBe(ExitCode.asClaimed);
});

test('a patch of a series does what it does', async () => {
  const { changes, patches } = await goJson(['vfio-mmap/v3:1+2', 'vfio-mmap/v3']);
  expect(patches.map(({ marker }) => marker)).toEqual(['=', '=', '>']);
  const responsible = changes.map(({ first, second }) => [first!.patch, second!.patch?.id]);
  expect(changes[0]).toMatchObject({ changes: [{ of: 'region_info', before: ['3'], after: ['7'] }] });
  expect(changes.map((one) => one.changes)).toContainEqual([
    expect.objectContaining({ of: 'mmap', before: ['-EINVAL'], after: ['done'] }),
  ]);
  expect(new Set(responsible.map(String))).toEqual(new Set([',3/3']));
});

describe('a state is no different from', () => {
  test('itself', async () => {
    const { code, stdout } = await go(['dial/v1', 'dial/v1'], { exitCode: true, opsMax: 2, ...shown });
    expect(stdout).toMatchInlineSnapshot(`
      "--- dial/v1 (posted 2025-01-01)
      +++ dial/v1 (posted 2025-01-01)

      Both are the same state: nothing was compared.

      patches (= does the same in the model)
        = 1/2  dial: refuse 5
        = 2/2  dial: refuse 2
      "
    `);
    expect(code).toBe(ExitCode.asClaimed);
  });

  test('itself by another name', async () => {
    const { stdout } = await go(['vfio-mmap/v3', 'vfio-mmap/v3:1+2+3'], shown);
    expect(stdout).toMatch(/^Both are the same state: nothing was compared\.$/m);
    expect((await go(['vfio-mmap/v3', 'vfio-mmap/v3:2+1+3'])).stdout).not.toContain('same state');
  });

  test('one whose patches do nothing that can be seen', async () => {
    const { changes, classes, patches } = await goJson(['dial/pre', 'dial/v2'], { opsMax: 2 });
    expect(patches.map(({ marker }) => marker)).toEqual(['>', '>']);
    expect(changes).toEqual([]);
    expect(classes.every((one) => 'marker' in one && one.marker === '=')).toBe(true);
  });
});

describe('a change is shown', () => {
  test('with the schedules that lead to it', async () => {
    const { stdout } = await go(['dial/pre', 'dial/atomic'], { opsMax: 2, ...shown });
    expect(stdout).toMatchInlineSnapshot(`
      "--- dial/pre (posted 2025-01-01)
      +++ dial/atomic (posted 2025-01-01)

      patches (= does the same in the model)
        > - : 1/1  dial: set in one step

      operations (; by one actor, | by another)
        < set | set: 3 of 3 scenarios
        = 9 classes without a difference: 21 scenarios

      1.  together: fewer combinations of the same results
          < in 3 scenarios of 1 class
          atomic: 1/1 dial: set in one step (posted 2025-01-01)
          user0  set value=1
          user1  set value=1
          --- dial/pre (posted 2025-01-01)
          +++ dial/atomic (posted 2025-01-01), an end that both have
           finished
           user0 set returned 0
          -user1 set returned 0
          +user1 set returned 1
           nothing reaches the device
          schedule on pre: user0 2, user1 1, then by name

      compared, each under all schedules
        no operation at all, up to two fields or settings at another boundary value
        every single operation, up to two fields or settings at another boundary value
        every two operations of up to two actors, up to one field or setting at
          another boundary value

      1 change, in 1 of 10 classes: 24 scenarios
      "
    `);
  });

  test('where only the device sees it', async () => {
    const { stdout } = await go(['dial/pre', 'dial/told'], shown);
    expect(stdout).toMatch(
      /^1\. {2}device, turn: 0 -> 1\n {4}! in 3 scenarios of 1 class\n {4}told: 1\/1 dial: tell \(posted 2025-01-01\)$/m,
    );
    expect(stdout).toMatch(/^ {4}-nothing reaches the device\n {4}\+device actor=user0 insn=turn value=1$/m);
  });

  test('once in a small world, some of whose scenarios are compared', async () => {
    const { stdout } = await go(['dial/pre', 'dial/v1'], { worlds: ['two-setters'], quiet: true });
    expect(stdout).toMatch(/^ {2}= 2 classes without a difference: 2 scenarios$/m);
    expect(stdout).toContain(
      [
        'compared, each under all schedules',
        '  no operation at all, up to two fields or settings at another boundary value',
        '  every single operation, up to two fields or settings at another boundary value',
        '  1 small world, of each at most 400 scenarios, evenly picked',
        '',
      ].join('\n'),
    );
  });

  test('not with -q', async () => {
    const { stdout } = await go(['dial/pre', 'dial/v1']);
    expect(stdout).not.toMatch(/^1\. /m);
    expect(stdout).toMatch(/^ {2}! set: 2 of 3 scenarios$/m);
    expect(unwrapped(stdout)).toMatch(/^1 change, in 1 of 3 classes: 5 scenarios$/m);
  });
});

test('what has too many schedules is not compared, and said so', async () => {
  const { stdout } = await go(['dial/pre', 'dial/v1'], { opsMax: 2, schedulesMax: 1 });
  expect(unwrapped(stdout)).toMatch(/; [\d,]+ of them with more than 1 schedules, not compared\n$/);
});

test.each([
  ['dial/pre', 'dial/v1', true, ExitCode.violated],
  ['dial/pre', 'dial/v1', false, ExitCode.asClaimed],
  ['dial/pre', 'dial/pre', true, ExitCode.asClaimed],
] as const)('%s %s, --exit-code %j: %i', async (first, second, exitCode, code) => {
  expect((await go([first, second], { exitCode })).code).toBe(code);
});

describe('JSON', () => {
  test('is the same bytes however many workers there are', async () => {
    const of = (jobs: number) =>
      go(['dial/pre', 'dial/v1:1'], { jobs, json: true, opsMax: 2, worlds: ['two-setters'] });
    const [one, two] = [await of(1), await of(2)];
    expect(two).toEqual(one);
    expect(JSON.parse(one.stdout)).toMatchObject({
      format: 1,
      first: { model: 'dial/pre' },
      second: { model: 'dial/v1:1' },
      bound: { maxOps: 2, worlds: ['two-setters'], maxScenariosOfAWorld: 400, maxSchedules: 200 },
      left: 0,
    });
  });

  test('has ends and scenarios as `exec` takes them', async () => {
    const { changes } = await goJson(['dial/pre', 'dial/v1']);
    expect(changes).toMatchObject([
      {
        marker: '!',
        changes: [{ of: 'set', before: ['done'], after: ['-EINVAL'] }],
        scenarios: 2,
        first: { outcome: 'finished', calls: [{ op: 'set', ret: 0 }], only: true, patch: null },
        second: {
          calls: [{ ret: -22 }],
          patch: { id: '2/2', subject: 'dial: refuse 2' },
          scenario: { format: 1, model: 'dial/v1', ops: [{ actor: 'user0', op: 'set', value: 2 }] },
        },
      },
    ]);
  });
});

// The other two series are above.
test.each([
  ['remote-vm/pre', 'remote-vm/v4'],
  ['s2-memattr/v1', 's2-memattr/v2'],
  ['msix-mmap/pre', 'msix-mmap/rfc4'],
] as const)('%s and %s differ', async (first, second) => {
  const { stdout, stderr } = await go([first, second], { jobs: 2, worlds: [] });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^ {2}[!<>] /m);
  expect(unwrapped(stdout)).toMatch(/\n\d+ changes?, in \d+ of \d+ classes: [\d,]+ scenarios/);
});

describe('wrong usage is', () => {
  test.each([
    [
      ['zpci-io/v1', 'vfio-mmap/v3'],
      {},
      'zpci-io/v1 and vfio-mmap/v3 are of two series, whose operations differ; diff compares states of one.',
    ],
    [['zpci-io/v1', 'zpci-io/v99'], {}, /^unknown model "zpci-io\/v99"\. Nearest: /],
    [['dial/*', 'dial/v1'], {}, /matches \d+ models; name one of them/],
    [
      ['dial/pre', 'dial/v1'],
      { worlds: ['three-setters'] },
      'unknown small world "three-setters" of dial/pre; there are: two-setters.',
    ],
  ] as const)('%j %j', async (states, changes, says) => {
    const terminal = new CapturedTerminal();
    const message = typeof says === 'string' ? says : expect.stringMatching(says);
    await expect(go(states, changes, terminal)).rejects.toMatchObject({ name: 'UsageError', message });
    expect(terminal.stdout + terminal.stderr).toBe('');
  });

  const FLAGS: DiffFlags = {
    first: 'a',
    second: 'b',
    'max-ops': '2',
    world: undefined,
    'max-schedules': '200',
    'max-steps': '10000',
    time: '30s',
    jobs: '1',
    'exit-code': true,
    all: true,
    json: true,
    quiet: true,
  };

  test.each<[Partial<DiffFlags>, string]>([
    [{ 'max-ops': '4' }, '--max-ops is "4"; allowed: a whole number from 1 to 3.'],
    [{ 'max-ops': '0' }, '--max-ops is "0"; allowed: a whole number from 1 to 3.'],
    [{ time: 'soon' }, '--time is "soon"'],
  ])('%j', (flags, says) => {
    expect(() => parseDiffOptions({ ...FLAGS, ...flags })).toThrow(says);
  });

  test('nothing of this', () => {
    expect(parseDiffOptions(FLAGS)).toMatchObject({
      states: ['a', 'b'],
      opsMax: 2,
      worlds: null,
      timeMs: 30_000,
      exitCode: true,
      all: true,
    });
    expect(parseDiffOptions({ ...FLAGS, world: ['none'], time: undefined })).toMatchObject({
      worlds: [],
      timeMs: null,
    });
  });
});

describe('a diff that ends early says what it left out', () => {
  const states = ['zpci-io/v2-min', 'zpci-io/v2'] as const;

  test('by --time', async () => {
    // The clock goes a second further each time it is looked at.
    const { code, stdout } = await go(states, { ...shown, timeMs: 3_500 });
    expect(unwrapped(stdout)).toMatch(/\d scenarios; 6,\d\d\d not reached\n$/);
    expect(code).toBe(ExitCode.asClaimed);
  });

  test('also where only examples are', async () => {
    let now = 0;
    const terminal = Object.assign(new CapturedTerminal(), { now: () => now });
    const { stdout } = await go(
      ['vfio-mmap/v3:1+2', 'vfio-mmap/v3'],
      { ...shown, timeMs: 10 },
      terminal,
      (pool) => ({
        change: (job) => {
          // Over with the first.
          now = 11;
          return pool.change(job);
        },
      }),
    );
    expect(stdout).not.toMatch(/\d not reached/);
    expect(stdout.match(/^ {4}not reached: an example$/gm)).toHaveLength(3);
    expect(stdout.match(/^ {4}\+\+\+ /gm)).toHaveLength(1);
    expect(stdout).toMatch(/^4 changes, in 2 of 17 classes: 3,216 scenarios$/m);
  });

  test('by a signal', async () => {
    let send: (signal: NodeJS.Signals) => void = () => {};
    const terminal = Object.assign(new CapturedTerminal(), {
      onSignal: (handler: typeof send) => {
        send = handler;
        return () => {};
      },
    });
    let times = 0;
    const { code, stdout, stderr } = await go(states, shown, terminal, (pool) => ({
      compare: (job) => {
        if (++times === 3) send('SIGTERM');
        return pool.compare(job);
      },
    }));
    expect(stderr).toBe('SIGTERM: stopping; what was compared so far is reported.\n');
    expect(code).toBe(ExitCode.terminated);
    expect(unwrapped(stdout)).toMatch(/; 6,\d\d\d not reached\n$/);
  });
});
