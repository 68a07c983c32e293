/** The gate where only what differs from a commit is to be looked at, from end to end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { GateJson } from '../../reports/gate-json.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { gate } from './gate.ts';
import { PROFILES, parseGateOptions } from './gate-options.ts';
import { makePool } from './pool.ts';
import { Repository } from './repository.fixture.ts';

const repository = new Repository();
const BROKEN = 'models/gated/patches/broken/negative.ts';
const BLIND = 'properties/gated/blind.ts';
for (const name of ['README.md', 'models/gated/world.ts', BROKEN, BLIND]) repository.write(name);
const first = repository.commit();

const modules = [new URL('./gated.fixture.ts', import.meta.url).href];
const pool = makePool(1, modules);
afterAll(async () => (await pool).close());

beforeEach(() => {
  repository.git('reset', '--quiet', '--hard', first);
  repository.git('clean', '--quiet', '-dfx');
});

async function go(
  model: readonly string[],
  flags: { readonly json?: boolean; readonly reporter?: string[] },
) {
  const terminal = new CapturedTerminal();
  const options = parseGateOptions(
    {
      model: [...model],
      property: [],
      runs: '20',
      time: undefined,
      seed: undefined,
      'max-ops': '4',
      'max-steps': '1000',
      'max-schedules': '2000',
      strategy: 'portfolio',
      jobs: '1',
      shard: '1/1',
      reporter: [],
      corpus: join(repository.path, 'corpus'),
      save: false,
      bail: false,
      json: false,
      quiet: true,
      profile: PROFILES[0]!.name,
      changed: 'HEAD',
      all: false,
      'exit-style': 'plain',
      ...flags,
    },
    {},
  );
  const opened = async () => ({ ...(await pool), close: async () => {} });
  const code = await gate(options, terminal, { modules, makePool: opened });
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const unwrapped = (text: string): string => text.replace(/\s+/g, ' ');

describe('where nothing has changed that a verdict depends on, the gate', () => {
  const NOTHING = 'nothing to do: since HEAD, no file has changed that a verdict on these models depends on';

  test('says so and ends with 0', async () => {
    repository.write('README.md', 'other');
    const { code, stdout, stderr } = await go([], {});
    expect(unwrapped(stdout)).toContain(NOTHING);
    expect(stderr).toBe('');
    expect(code).toBe(ExitCode.asClaimed);
  });

  test('prints a document as well, which is ok', async () => {
    const { code, stdout } = await go([], { json: true });
    const printed = JSON.parse(stdout) as GateJson;
    expect(printed).toMatchObject({
      format: 1,
      ok: true,
      complete: true,
      left: 0,
      changed: { since: 'HEAD', series: [] },
      models: [],
    });
    expect(code).toBe(ExitCode.asClaimed);
    const file = join(repository.path, 'gate.json');
    const both = await go([], { reporter: ['text', `json=${file}`] });
    expect(unwrapped(both.stdout)).toContain(NOTHING);
    expect(readFileSync(file, 'utf8')).toBe(stdout);
  });
});

describe('where something has changed, the gate', () => {
  test('says what, in a line', async () => {
    repository.write('models/gated/world.ts', 'other');
    repository.write('corpus/gated/v1/x/notes.json');
    const { code, stdout } = await go(['gated/v1'], {});
    expect(stdout).toContain(
      'looked at since they differ from HEAD\n  gated: models/gated/world.ts and 1 more file changed\n',
    );
    expect(code).toBe(ExitCode.asClaimed);
    const { stdout: json } = await go(['gated/v1'], { json: true });
    expect((JSON.parse(json) as GateJson).changed).toEqual({
      since: 'HEAD',
      series: [{ name: 'gated', own: ['models/gated/world.ts', 'corpus/gated/v1/x/notes.json'], shared: [] }],
    });
  });

  test('names it where a model is broken', async () => {
    repository.write('models/gated/world.ts', 'other');
    repository.write(BROKEN, 'other');
    const { code, stdout } = await go(['gated/broken'], {});
    expect(code).toBe(ExitCode.violated);
    expect(unwrapped(stdout)).toContain(
      'gated/broken (posted 2025-02-01): never-returns-negative is violated, and was expected to hold',
    );
    expect(unwrapped(stdout)).toContain(`Changed since HEAD: ${BROKEN}, models/gated/world.ts.`);
  });

  test('names it where a claim is broken', async () => {
    repository.write('harness/machine/machine.ts');
    repository.write('models/gated/world.ts', 'other');
    repository.write(BLIND, 'other');
    const { code, stdout } = await go(['gated/blinded'], {});
    expect(code).toBe(ExitCode.violated);
    expect(unwrapped(stdout)).toContain(
      'gated/blinded (posted 2025-03-01): blind was expected to be violated, and was not found to be',
    );
    expect(unwrapped(stdout)).toContain(
      `Changed since HEAD: ${BLIND}, models/gated/world.ts, harness/machine/machine.ts.`,
    );
  });
});
