/**
 * What `diff`, `gate` and `bisect` print of each series at 80 columns, within small bounds; claims are named, so that a new one
 * changes nothing here. After a meant change: `npx vitest run harness/cli/golden.test.ts -u`, and read the difference.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bisect } from './bisect.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { diff } from './diff.ts';
import { gate } from './gate.ts';
import { type GateOptions, PROFILES } from './gate-options.ts';
import { makePool, type Pool } from './pool.ts';
import { seriesModules } from './registry.ts';
import type { RunParts } from './run.ts';

let pool: Pool;
/** No stored counterexamples: they come and go. */
let corpus: string;
beforeAll(async () => {
  corpus = mkdtempSync(join(tmpdir(), 'zpci-fuzz-golden-'));
  pool = await makePool(2, seriesModules());
});
afterAll(async () => {
  await pool.close();
  rmSync(corpus, { recursive: true });
});

const LIMITS = { opsMax: 1, stepsMax: 10_000, timeMs: null, jobs: 2, json: false, quiet: false } as const;

async function printed(
  command: (terminal: CapturedTerminal, parts: RunParts) => Promise<unknown>,
): Promise<string> {
  const terminal = new CapturedTerminal();
  const makePool = async (): Promise<Pool> => ({ ...pool, close: async () => {} });
  await command(terminal, { modules: seriesModules(), makePool });
  return terminal.stdout;
}

const GATE: Omit<GateOptions, 'models' | 'properties' | 'corpus'> = {
  ...LIMITS,
  quiet: true,
  seed: 1,
  opsMax: 3,
  strategy: 'portfolio',
  schedulesMax: 200,
  runs: 50,
  shard: { index: 1, count: 1 },
  reporters: [{ name: 'text', file: null }],
  save: false,
  bail: false,
  profile: PROFILES[0]!,
  changed: null,
  all: false,
  bisecting: false,
};

const golden = (name: string): string => join(import.meta.dirname, 'golden', `${name}.txt`);

describe('diff', () => {
  test.each<[string, string, string, readonly string[]]>([
    ['zpci-io', 'v1', 'v2', []],
    ['vfio-mmap', 'v3:1+2', 'v3', []],
    ['msix-mmap', 'rfc3', 'rfc4', []],
    ['s2-memattr', 'v5', 'v7', []],
    ['remote-vm', 'v3', 'v4', ['poller']],
  ])('%s/%s %s', async (series, first, second, worlds) => {
    const states = [`${series}/${first}`, `${series}/${second}`] as const;
    const options = { ...LIMITS, states, worlds, schedulesMax: 200, exitCode: false, all: false };
    const text = await printed((terminal, parts) => diff(options, terminal, parts));
    await expect(text).toMatchFileSnapshot(golden(`diff-${series}`));
  });
});

describe('gate', () => {
  test.each<[string, readonly string[]]>([
    ['zpci-io/v1', ['zero-length-never-executes', 'request-belongs-to-caller']],
    ['vfio-mmap/v3', ['no-mmap-of-oversized-bar', 'no-deadlock']],
    ['msix-mmap/rfc4', ['mapped-page-belongs-to-its-function', 'no-deadlock']],
    ['s2-memattr/v3', ['stage2-never-normal-nc-without-flag', 'no-deadlock']],
    ['remote-vm/v2', ['status-is-visible-after-body', 'no-livelock']],
  ])('%s', async (model, properties) => {
    const options: GateOptions = { ...GATE, models: [model], properties, corpus };
    const text = await printed((terminal, parts) => gate(options, terminal, parts));
    await expect(text).toMatchFileSnapshot(golden(`gate-${model.replace('/', '-')}`));
  });
});

describe('bisect', () => {
  test.each<[string, readonly string[]]>([
    [
      'zpci-io/v1',
      ['one-instruction-per-guest-store', 'zero-length-never-executes', 'msix-table-unreachable'],
    ],
    [
      'vfio-mmap/v3',
      ['mmio-needs-its-permission', 'no-syscall-io-while-memory-disabled', 'interfaces-agree-on-mappability'],
    ],
    ['msix-mmap/rfc4', ['probe-only-keeps-resources', 'alignment-keeps-the-size', 'msix-gate-asks-own-path']],
    ['s2-memattr/v3', ['encoder-refuses-two-types', 'encoder-refuses-executable-device', 'no-deadlock']],
    ['remote-vm/v3', ['each-bind-is-unbound-once', 'no-deadlock', 'status-is-visible-after-body']],
  ])('%s', async (version, properties) => {
    const options = {
      ...LIMITS,
      version,
      properties,
      ways: 'prefixes',
      worlds: [],
      schedulesMax: 2_000,
      corpus,
      isForGit: false,
    } as const;
    const text = await printed((terminal, parts) => bisect(options, terminal, parts));
    await expect(text).toMatchFileSnapshot(golden(`bisect-${version.replace('/', '-')}`));
  });
});
