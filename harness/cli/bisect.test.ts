/** `bisect` from end to end: on a small series of its own, and on real ones. Its parts are tested beside their files. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type BisectOptions, bisect } from './bisect.ts';
import { type BisectFlags, parseBisectOptions } from './bisect-options.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { keptPools } from './kept-pools.fixture.ts';
import type { Pool } from './pool.ts';
import { seriesModules } from './registry.ts';
import type { Terminal } from './terminal.ts';

const MODULES = [...seriesModules(), new URL('../campaign/dial.fixture.ts', import.meta.url).href];
const CORPUS = join(import.meta.dirname, '..', '..', 'corpus');

const OPTIONS: Omit<BisectOptions, 'version'> = {
  ways: 'prefixes',
  properties: [],
  opsMax: 1,
  worlds: [],
  schedulesMax: 2_000,
  stepsMax: 10_000,
  timeMs: null,
  jobs: 2,
  corpus: CORPUS,
  isForGit: false,
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
  version: string,
  changes: Partial<BisectOptions> = {},
  terminal: CapturedTerminal & Terminal = new CapturedTerminal(),
  change: (pool: Pool) => Partial<Pool> = () => ({}),
): Promise<Ended> {
  const code = await bisect({ ...OPTIONS, ...changes, version }, terminal, {
    modules: MODULES,
    makePool: async (size) => {
      const pool = await poolOf(size, MODULES);
      return { ...pool, close: async () => {}, ...change(pool) };
    },
  });
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

interface Printed {
  readonly states: readonly {
    readonly state: string;
    readonly problem: string | null;
    readonly verdicts: Readonly<Record<string, string>>;
  }[];
  readonly brokenBetween: readonly { readonly state: string; readonly property: string }[];
  readonly turns: readonly { readonly property: string; readonly to: string; readonly state: string }[];
}

async function goJson(version: string, changes: Partial<BisectOptions> = {}) {
  const { code, stdout } = await go(version, { ...changes, json: true });
  return { code, printed: JSON.parse(stdout) as Printed };
}

const unwrapped = (text: string): string => text.replace(/\n {2,6}(?=\S)/g, ' ');
const widest = (text: string): number => Math.max(...text.split('\n').map(({ length }) => length));

describe('the prefixes of a real version', () => {
  test('against every claim', async () => {
    const { code, stdout, stderr } = await go('vfio-mmap/v3');
    expect(stdout).toMatchInlineSnapshot(`
      "bisect vfio-mmap/v3 (posted 2024-05-29)

      No state on the way breaks a claim that both the first and the last state keep.

      patches
         1 s390/pci: Fix s390_mmio_read/write syscall page fault handling
         2 vfio/pci: Tolerate oversized BARs by disallowing mmap
         3 vfio/pci: Enable PCI resource mmap() on s390 and remove VFIO_PCI_MMAP

      states
         0 v3:0
         1 v3:1
         2 v3:1+2
         3 v3

                                               0   1   2   3
        no-syscall-io-while-memory-disabled    ?   ?   ?   x
        mmio-needs-its-permission              x   ?   ?   ?
        advertised-bar-can-be-mapped           x   x   x   x
        vma-flags-change-under-write-lock      x   x   x   x
        successful-write-is-stored             x   x   x   x
        interfaces-agree-on-mappability        =   =   x   x
        zap-finds-every-mapping                x   x   x   x
        every-prefix-builds                    =   =   x   x

      16 other claims not broken on any state
      x broken, = proved within the bound, . not found to be broken, ? inconclusive

      broken before the first patch
        mmio-needs-its-permission
        advertised-bar-can-be-mapped
        vma-flags-change-under-write-lock
        successful-write-is-stored
        zap-finds-every-mapping

      first bad
        no-syscall-io-while-memory-disabled: at v3 at the latest, inconclusive at
            v3:0, v3:1, v3:1+2
        interfaces-agree-on-mappability: 2/3 "vfio/pci: Tolerate oversized BARs by
            disallowing mmap"
        every-prefix-builds: 2/3 "vfio/pci: Tolerate oversized BARs by disallowing
            mmap"

      not known whether still broken
        mmio-needs-its-permission: broken at v3:0, inconclusive at v3:1, v3:1+2, v3

      explored, each under all schedules up to 2,000
        no operation at all, up to two fields or settings at another boundary value
        every single operation, up to two fields or settings at another boundary value

      4 states of vfio-mmap, 77 stored counterexamples tried on each beside it
      "
    `);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
    expect(stderr).toBe('');
    expect(code).toBe(ExitCode.asClaimed);
  });

  test('of which only one between breaks a claim: exit code 1, and that is the headline', async () => {
    const { code, stdout } = await go('s2-memattr/v3', { properties: ['encoder-refuses-two-types'] });
    expect(stdout).toMatchInlineSnapshot(`
      "bisect s2-memattr/v3 (posted 2023-12-08)

      encoder-refuses-two-types is broken only on the way: at v3:1, neither before the
        patches nor on v3.

      patches
         1 kvm: arm64: introduce new flag for non-cacheable IO memory
         2 kvm: arm64: set io memory s2 pte as normalnc for vfio pci devices

      states
         0 v3:0
         1 v3:1
         2 v3

                                               0   1   2
        encoder-refuses-two-types                  x   =

      x broken, = proved within the bound, . not found to be broken, ? inconclusive,
        blank: does not apply

      first bad
        encoder-refuses-two-types: 1/2 "kvm: arm64: introduce new flag for
            non-cacheable IO memory"

      first good
        encoder-refuses-two-types: 2/2 "kvm: arm64: set io memory s2 pte as normalnc
            for vfio pci devices"

      explored, each under all schedules up to 2,000
        no operation at all, up to two fields or settings at another boundary value
        every single operation, up to two fields or settings at another boundary value

      3 states of s2-memattr, 5 stored counterexamples tried on each beside it
      "
    `);
    expect(code).toBe(ExitCode.violated);
  });
});

describe('all', () => {
  test('subsets of a real version', async () => {
    const { code, printed } = await goJson('vfio-mmap/v3', { ways: 'subsets' });
    expect(printed.states.map(({ state }) => state)).toEqual([
      'v3:0',
      'v3:1',
      'v3:2',
      'v3:3',
      'v3:1+2',
      'v3:1+3',
      'v3:2+3',
      'v3',
    ]);
    expect(printed.brokenBetween).toEqual([
      { state: 'v3:3', property: 'first-access-to-a-lazily-mapped-bar-succeeds', known: false },
      { state: 'v3:3', property: 'no-mmap-of-oversized-bar', known: true },
      { state: 'v3:1+3', property: 'no-mmap-of-oversized-bar', known: true },
      { state: 'v3:2+3', property: 'first-access-to-a-lazily-mapped-bar-succeeds', known: false },
    ]);
    expect(printed.turns.map(({ property, to, state }) => `${to} ${state} ${property}`)).toEqual(
      expect.arrayContaining([
        'bad v3:3 no-mmap-of-oversized-bar',
        'bad v3:2 interfaces-agree-on-mappability',
      ]),
    );
    expect(code).toBe(ExitCode.violated);
  });

  test('subsets, of which not all build', async () => {
    const { printed } = await goJson('dial/pair', { ways: 'subsets' });
    expect(printed.states).toMatchObject([
      { state: 'pair:0', problem: null },
      { state: 'pair:1', problem: null },
      { state: 'pair:2', problem: expect.stringContaining('does not build: patch needs-2/2') },
      { state: 'pair', problem: null },
    ]);
    const { stdout } = await go('dial/pair', { ways: 'subsets' });
    expect(stdout).toMatch(/^ {3}2 pair:2: does not build$/m);
    expect(unwrapped(stdout)).toMatch(/^3 states of dial, 1 that do not build$/m);
  });

  test('orders', async () => {
    const { code, printed } = await goJson('dial/v2', { ways: 'orders' });
    expect(printed.states.map(({ state, verdicts }) => [state, verdicts['keeps-to-the-dial']])).toEqual([
      ['v2:0', 'violated'],
      ['v2:1', 'proved'],
      ['v2:2', 'violated'],
      ['v2', 'violated'],
      ['v2:2+1', 'proved'],
    ]);
    expect(code).toBe(ExitCode.asClaimed);
  });
});

describe('a version of patches', () => {
  test('of which one breaks what the next mends', async () => {
    const { code, printed } = await goJson('dial/between');
    expect(printed).toMatchObject({
      format: 1,
      model: 'dial/between',
      ways: 'prefixes',
      bound: { maxOps: 1, worlds: 0, maxSchedules: 2_000, corpus: 0 },
      left: 0,
      cutShort: null,
      patches: [{ id: '1/2' }, { id: '2/2' }, { id: '3/3' }],
      brokenBetween: [{ state: 'between:1+2', property: 'keeps-to-the-dial' }],
      turns: [
        { property: 'keeps-to-the-dial', to: 'bad', state: 'between:1+2', patch: '2/2', exact: true },
        { property: 'keeps-to-the-dial', to: 'good', state: 'between', patch: '3/3', exact: true },
      ],
    });
    expect(code).toBe(ExitCode.violated);
    const { stdout } = await go('dial/between');
    expect(unwrapped(stdout)).toContain(
      'keeps-to-the-dial is broken only on the way: at between:1+2, neither before the patches nor on between.',
    );
  });

  test('that mend what was broken before', async () => {
    const { code, stdout } = await go('dial/v1');
    expect(stdout).toMatch(/^broken before the first patch\n {2}keeps-to-the-dial$/m);
    expect(stdout).toMatch(/^first good\n {2}keeps-to-the-dial: 1\/2 "dial: refuse 5"$/m);
    expect(stdout).not.toContain('first bad');
    expect(code).toBe(ExitCode.asClaimed);
  });

  test('is the same bytes with more workers', async () => {
    const of = (jobs: number) => go('dial/between', { jobs, json: true, opsMax: 2, worlds: null });
    expect(await of(1)).toEqual(await of(2));
  });
});

describe('small worlds', () => {
  test('are those of each state, of which the one before the patches may have none', async () => {
    const { code, stdout } = await go('dial/told', { worlds: ['told-only'] });
    expect(unwrapped(stdout)).toMatch(
      /^explored, each under all schedules up to 2,000 .* 1 small world\n\n2 states of dial$/m,
    );
    expect(code).toBe(ExitCode.asClaimed);
  });

  test('that no state has are refused before anything is explored', async () => {
    const terminal = new CapturedTerminal();
    await expect(go('dial/v1', { worlds: ['told-only'] }, terminal)).rejects.toMatchObject({
      name: 'UsageError',
      message: 'unknown small world "told-only" of dial/v1; there are: two-setters.',
    });
    expect(terminal.stdout + terminal.stderr).toBe('');
  });
});

describe('wrong usage is', () => {
  test.each<[string, Partial<BisectOptions>, RegExp]>([
    [
      'zpci-io/v1+hp',
      {},
      /^"zpci-io\/v1\+hp" is no version with numbered patches to go through; bisect takes one of zpci-io\/rfc, zpci-io\/v1, /,
    ],
    ['vfio-mmap/v3:1+2', {}, /^"vfio-mmap\/v3:1\+2" is no version/],
    [
      'remote-vm/v2',
      { ways: 'subsets' },
      /^--subsets of remote-vm\/v2 would be 65536 states, and at most 130 /,
    ],
    ['dial/many', { ways: 'orders' }, /^--orders of dial\/many would be \d+ states/],
    ['dial/v9', {}, /^unknown model "dial\/v9"/],
    [
      'dial/v1',
      { properties: ['keeps-to-dial'] },
      /^unknown property "keeps-to-dial"\. Nearest: keeps-to-the-dial/,
    ],
  ])('%s %j', async (version, changes, says) => {
    await expect(go(version, changes)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(says),
    });
  });

  const FLAGS: BisectFlags = {
    series: 'v1',
    subsets: false,
    orders: false,
    property: [],
    'max-ops': '2',
    world: ['none'],
    'max-schedules': '2000',
    'max-steps': '10000',
    time: '2m',
    jobs: '1',
    corpus: 'corpus',
    'exit-style': 'plain',
    json: false,
    quiet: false,
  };

  test.each<[Partial<BisectFlags>, string]>([
    [{ subsets: true, orders: true }, '--orders has all that --subsets has; give one of them.'],
    [{ 'max-ops': '5' }, '--max-ops is "5"; allowed: a whole number from 1 to 3.'],
    [{ time: '-1s' }, '--time is "-1s"'],
  ])('%j', (flags, says) => {
    expect(() => parseBisectOptions({ ...FLAGS, ...flags })).toThrow(says);
  });

  test.each([
    [{}, 'prefixes'],
    [{ subsets: true }, 'subsets'],
    [{ orders: true }, 'orders'],
    [{ 'exit-style': 'bisect' as const }, 'prefixes'],
  ])('nothing of this: %j', (flags, ways) => {
    expect(parseBisectOptions({ ...FLAGS, ...flags })).toMatchObject({
      ways,
      worlds: [],
      timeMs: 120_000,
      isForGit: 'exit-style' in flags,
    });
  });
});

describe('for git bisect run', () => {
  const isForGit = true;

  test('what can be said is said as ever', async () => {
    expect((await go('s2-memattr/v3', { properties: ['encoder-refuses-two-types'], isForGit })).code).toBe(
      ExitCode.violated,
    );
    expect((await go('dial/v1', { isForGit })).code).toBe(ExitCode.asClaimed);
  });

  test('what was asked for and is inconclusive on the way cannot be said', async () => {
    const asked = { properties: ['no-syscall-io-while-memory-disabled'], ways: 'prefixes' } as const;
    // The last state breaks it, so that it is not broken on the way only.
    expect((await go('vfio-mmap/v3', { ...asked, isForGit })).code).toBe(ExitCode.asClaimed);
    const lazily = { properties: ['first-access-to-a-lazily-mapped-bar-succeeds'] };
    expect((await go('vfio-mmap/v3', { ...lazily, isForGit })).code).toBe(ExitCode.cannotSay);
    expect((await go('vfio-mmap/v3', lazily)).code).toBe(ExitCode.asClaimed);
  });

  test('nor what ended early', async () => {
    expect((await go('vfio-mmap/v3', { timeMs: 1_500, isForGit })).code).toBe(ExitCode.cannotSay);
  });
});

describe('a bisection that ends early', () => {
  const timed = (at: number) => {
    let now = 0;
    const terminal = Object.assign(new CapturedTerminal(), { now: () => now });
    let times = 0;
    const change = (pool: Pool): Partial<Pool> => ({
      exhaust: async (job) => {
        if (++times === at) now = 11;
        return pool.exhaust(job);
      },
    });
    return [terminal, change] as const;
  };
  const slow = { timeMs: 10, jobs: 1, opsMax: 1 } as const;

  test('within a state says so, and nothing about what is broken only on the way', async () => {
    // Two bounds a state.
    const { code, stdout } = await go('dial/between', slow, ...timed(5));
    expect(stdout).toMatch(/^Ended early: not known whether a state on the way breaks a claim/m);
    expect(unwrapped(stdout)).toMatch(/; ended early within between:1\+2; 1 state not looked at\n$/);
    expect(code).toBe(ExitCode.asClaimed);
  });

  test('between two states as well', async () => {
    const { code, stdout } = await go('dial/between', slow, ...timed(6));
    // The third breaks it, and is not the last.
    expect(stdout).toMatch(/^first bad\n {2}keeps-to-the-dial: 2\/2 /m);
    expect(stdout).toMatch(/^Ended early: not known /m);
    expect(unwrapped(stdout)).toMatch(/\n3 states of dial; 1 state not looked at\n$/);
    expect(code).toBe(ExitCode.asClaimed);
  });

  test('takes no state that it came to for the last', async () => {
    const { code, printed } = await goJson('dial/swings');
    expect(printed.brokenBetween).toEqual([]);
    expect(code).toBe(ExitCode.asClaimed);
    // What it saw: kept, broken, kept.
    const early = await go('dial/swings', { ...slow, json: true }, ...timed(6));
    expect(JSON.parse(early.stdout)).toMatchObject({ states: [{}, {}, {}], left: 1, brokenBetween: [] });
    expect(early.code).toBe(ExitCode.asClaimed);
  });

  test('by a signal ends with its exit code', async () => {
    let send: (signal: NodeJS.Signals) => void = () => {};
    const terminal = Object.assign(new CapturedTerminal(), {
      onSignal: (handler: typeof send) => {
        send = handler;
        return () => {};
      },
    });
    const { code, stdout, stderr } = await go('dial/between', { jobs: 1 }, terminal, (pool) => ({
      exhaust: (job) => {
        send('SIGINT');
        return pool.exhaust(job);
      },
    }));
    expect(stderr).toBe('SIGINT: stopping; what was looked at so far is reported.\n');
    expect(unwrapped(stdout)).toMatch(/; ended early within between:0; 3 states not looked at\n$/);
    expect(code).toBe(ExitCode.interrupted);
  });
});
