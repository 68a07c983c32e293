/**
 * What `diff` and `bisect` print of each series at 80 columns, within small bounds; claims are named, so that a new one
 * changes nothing here. After a meant change: `npx vitest run harness/cli/golden.test.ts -u`, and read the difference.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bisect } from './bisect.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { diff } from './diff.ts';
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
