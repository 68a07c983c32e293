import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { widestLine } from '../../reports/recordings.fixture.ts';
import type { WatchedClaim, WatchedState } from '../../reports/watch.ts';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode, UsageError } from './exit.ts';
import type { Looker } from './looker.ts';
import { startLooker } from './looker.ts';
import { watch } from './watch.ts';
import { watchFolders } from './watch-folders.ts';
import type { WatchOptions } from './watch-options.ts';
import type { LookRequest, LookSaid, SentError } from './watch-protocol.ts';

const folder = new Folder();
const ROOT = folder.at('checkout');
for (const path of ['models/one', 'models/two', 'properties', 'harness', 'corpus'])
  mkdirSync(join(ROOT, path), { recursive: true });
for (const name of ['one', 'two']) writeFileSync(join(ROOT, 'models', name, 'series.ts'), '');

const OPTIONS: WatchOptions = { models: [], properties: [], corpus: join(ROOT, 'corpus'), jobs: 1 };

/** A terminal that is sent a signal. */
class Signalled extends CapturedTerminal {
  send: (signal: NodeJS.Signals) => void = () => {};
  override readonly onSignal = (handler?: (signal: NodeJS.Signals) => void): (() => void) => {
    this.send = handler ?? this.send;
    return () => {};
  };
}

const claim = (
  property: string,
  found: WatchedClaim['found'],
  changes: Partial<WatchedClaim> = {},
): WatchedClaim => ({
  property,
  found,
  reason: '',
  kinds: found === 'violated' ? ['lost'] : [],
  expected: 'holds',
  problem: found === 'violated' ? 'unexpected-violation' : null,
  ...changes,
});

const stateOf = (
  model: string,
  claims: readonly WatchedClaim[],
  changes: Partial<WatchedState> = {},
): WatchedState => ({
  model,
  label: 'posted 2025-01-01',
  claims,
  entries: [{ path: `corpus/${model}/x.json`, fate: 'reproduced' }],
  executions: 1200,
  hangs: [],
  ...changes,
});

const said = (state: WatchedState): LookSaid[] => [
  { kind: 'state', state },
  { kind: 'series', name: state.model.split('/')[0]!, states: [state.model], broken: [] },
];

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A watch of which a test says what is saved and what comes of each look. */
class Watched {
  readonly terminal = new Signalled();
  readonly requests: LookRequest[] = [];
  started = 0;
  closed = 0;
  save: (paths: readonly string[]) => void = () => {};
  readonly ended: Promise<ExitCode>;
  #say: (said: LookSaid) => void = () => {};
  #end: (error: SentError | null) => void = () => {};

  constructor(options: Partial<WatchOptions> = {}) {
    this.ended = watch({ ...OPTIONS, ...options }, this.terminal, {
      root: ROOT,
      watchFolders: (_folders, onSaved) => {
        this.save = onSaved;
        return { close: () => {} };
      },
      startLooker: (): Looker => {
        this.started++;
        return {
          look: (request, hear) => {
            this.requests.push(request);
            this.#say = hear;
            return new Promise((resolve) => {
              this.#end = resolve;
            });
          },
          close: () => {
            this.closed++;
          },
        };
      },
    });
  }

  async look(says: readonly LookSaid[], error: SentError | null = null): Promise<string> {
    // A save is looked at in its turn.
    await tick();
    for (const one of says) this.#say(one);
    this.#end(error);
    return this.printed();
  }

  /** What was printed since it was asked for last. */
  async printed(): Promise<string> {
    await tick();
    const { stdout } = this.terminal;
    this.terminal.stdout = '';
    return stdout;
  }

  async end(): Promise<ExitCode> {
    this.terminal.send('SIGINT');
    return this.ended;
  }
}

const ONE = stateOf('one/v1', [
  claim('counts', 'holds'),
  claim('ends', 'violated', { expected: 'violated', problem: null }),
]);
const TWO = stateOf('two/v1', [claim('counts', 'holds')]);

async function begun(): Promise<Watched> {
  const watched = new Watched();
  await watched.look([...said(ONE), ...said(TWO)]);
  return watched;
}

describe('watch', () => {
  test('begins with all series, and says what they come to', async () => {
    const watched = new Watched();
    const printed = await watched.look([...said(ONE), ...said(TWO)]);
    expect(watched.requests).toMatchObject([{ names: ['one', 'two'], before: {} }]);
    expect(printed).toBe(
      'one: as expected, 2 verdicts on 1 state, 1 stored entry, 1,200 executions\n' +
        'two: as expected, 1 verdict on 1 state, 1 stored entry, 1,200 executions\n',
    );
    expect(await watched.end()).toBe(ExitCode.interrupted);
    expect(watched.closed).toBe(watched.started);
  });

  test('begins with what is not as expected', async () => {
    const watched = new Watched();
    const printed = await watched.look(
      said(stateOf('one/v1', [claim('counts', 'violated'), claim('ends', 'holds')])),
    );
    expect(printed).toBe(
      'one/v1 (posted 2025-01-01)\n  counts is violated: lost; expected to hold\none: 1 not as expected, 2 verdicts on 1 state, 1 stored entry, 1,200 executions\n',
    );
    await watched.end();
  });

  test('looks at the series of a file, knowing what was violated before', async () => {
    const watched = await begun();
    watched.save(['models/two/kernel.ts']);
    expect(await watched.printed()).toBe('\nmodels/two/kernel.ts changed: looking at two\n');
    expect(await watched.look(said(TWO))).toBe(
      'two: nothing changed, 1 verdict on 1 state, 1 stored entry, 1,200 executions\n',
    );
    expect(watched.requests[1]).toMatchObject({
      names: ['two'],
      before: { 'one/v1': ['ends lost'], 'two/v1': [] },
    });
    await watched.end();
  });

  test('says what changed, with the counterexample, and what changed back', async () => {
    const watched = await begun();
    watched.save(['models/two/kernel.ts', 'models/two/world.ts']);
    const worse = stateOf(
      'two/v1',
      [claim('counts', 'violated'), claim('new', 'inconclusive', { reason: 'never exercised' })],
      {
        entries: [
          { path: 'corpus/two/v1/x.json', fate: 'does not reproduce: its claim holds there' },
          { path: 'corpus/two/v1/y.json', fate: 'reproduced' },
        ],
      },
    );
    const [state, series] = said(worse);
    const printed = await watched.look([
      state!,
      { kind: 'counterexample', text: 'THE COUNTEREXAMPLE' },
      series!,
    ]);
    expect(printed).toBe(`
models/two/kernel.ts and 1 more file changed: looking at two
two/v1 (posted 2025-01-01)
  counts is violated: lost; expected to hold (before: holds)
  new claim: new is inconclusive: never exercised; expected to hold
  corpus/two/v1/x.json: does not reproduce: its claim holds there
  new entry corpus/two/v1/y.json: reproduced

THE COUNTEREXAMPLE
two: 4 changes, 2 not as expected, 2 verdicts on 1 state, 2 stored entries,
  1,200 executions
`);
    watched.save(['models/two/kernel.ts']);
    expect(await watched.look(said(TWO))).toBe(`
models/two/kernel.ts changed: looking at two
two/v1 (posted 2025-01-01)
  counts holds, as expected (before: violated)
  new is not judged any more
  corpus/two/v1/x.json: reproduced
  corpus/two/v1/y.json is removed
two: 4 changes, 1 verdict on 1 state, 1 stored entry, 1,200 executions
`);
    await watched.end();
  });

  test('says that a claim is violated in a new way, and that a state is gone', async () => {
    const watched = await begun();
    watched.save(['models/one/kernel.ts']);
    const other = stateOf('one/v1', [
      claim('counts', 'holds'),
      claim('ends', 'violated', { kinds: ['stuck'], expected: 'violated', problem: null }),
    ]);
    expect(await watched.look(said(other))).toContain(
      '  ends is violated in a new way: stuck\n  ends is no longer violated by lost\n',
    );
    watched.save(['models/one/states.ts']);
    expect(
      await watched.look([{ kind: 'series', name: 'one', states: ['one/v2'], broken: ['one/v2'] }]),
    ).toContain('one/v1 is no state any more\none: 1 state not looked at, 1 change,');
    await watched.end();
  });

  test('does nothing for what no verdict depends on', async () => {
    const watched = await begun();
    watched.save(['models/one/kernel.test.ts', 'harness/bench/main.ts', 'harness/a.fixture.ts']);
    expect(await watched.printed()).toBe('');
    expect(watched.requests).toHaveLength(1);
    await watched.end();
  });

  test('takes another process where the harness changed, and looks at all', async () => {
    const watched = await begun();
    const { started } = watched;
    watched.save(['models/one/kernel.ts']);
    expect(watched.started).toBe(started);
    await watched.look(said(ONE));
    watched.save(['harness/machine/machine.ts']);
    // One after the look, and another since that one has loaded what changed.
    expect(watched.started).toBe(started + 2);
    expect(await watched.look([...said(ONE), ...said(TWO)])).toContain('changed: looking at one, two\n');
    await watched.end();
  });

  test('leaves a look where a newer save comes, and looks first at what was saved last', async () => {
    const watched = new Watched();
    watched.save(['models/two/kernel.ts']);
    await watched.printed();
    expect(watched.requests.map(({ names }) => names)).toEqual([
      ['one', 'two'],
      ['two', 'one'],
    ]);
    expect(await watched.look([...said(TWO), ...said(ONE)])).toContain('two: as expected');
    await watched.end();
  });

  test('says where sources do not load, and goes on', async () => {
    const watched = await begun();
    watched.save(['models/two/kernel.ts']);
    const message = `Transform failed with 1 error:\n${ROOT}/models/two/kernel.ts:3:5: ERROR: Expected ";"`;
    expect(await watched.look([], { name: 'Error', message, stack: '' })).toBe(
      '\nmodels/two/kernel.ts changed: looking at two\nmodels/two/kernel.ts:3:5: Expected ";"\n  Nothing was looked at; the next save is tried again.\n',
    );
    watched.save(['models/two/kernel.ts']);
    expect(await watched.look(said(TWO))).toContain('two: nothing changed');
    await watched.end();
  });

  test('says which state throws', async () => {
    const watched = await begun();
    watched.save(['models/two/kernel.ts']);
    const error = {
      name: 'TypeError',
      message: 'no\u001b[2J',
      stack: `at x (${ROOT}/models/two/kernel.ts:3:5)`,
    };
    const printed = await watched.look([
      { kind: 'broken', state: 'two/v1 (posted 2025-01-01)', error },
      { kind: 'series', name: 'two', states: ['two/v1'], broken: ['two/v1'] },
    ]);
    expect(printed).toContain('models/two/kernel.ts:3:5: TypeError: no');
    expect(printed).not.toContain('\u001b');
    expect(printed).toContain(
      'two/v1 (posted 2025-01-01) was not looked at, nor was what fails in the same\n',
    );
    expect(printed).toContain('two: 1 state not looked at, 0 verdicts on 0 states, ');
    expect(widestLine(printed)).toBeLessThanOrEqual(80);
    await watched.end();
  });

  test('takes no notice of a series of which no state is selected', async () => {
    const watched = new Watched({ models: ['one/v1'] });
    await watched.look([...said(ONE), { kind: 'series', name: 'two', states: [], broken: [] }]);
    watched.save(['models/two/kernel.ts']);
    expect(await watched.printed()).toBe('');
    await watched.end();
  });

  test('ends with 143 for SIGTERM, in the midst of a look', async () => {
    const watched = new Watched();
    watched.terminal.send('SIGTERM');
    expect(await watched.ended).toBe(ExitCode.terminated);
    expect(watched.closed).toBe(watched.started);
  });
});

describe('watch refuses', () => {
  test('a misspelled name', async () => {
    const watched = new Watched();
    const refused = expect(watched.ended).rejects.toThrow(new UsageError('unknown model "v0".'));
    await watched.look([], { name: 'UsageError', message: 'unknown model "v0".', stack: '' });
    await refused;
  });

  test('to run without sources, or without a corpus', async () => {
    const parts = { root: null, watchFolders, startLooker };
    const terminal = new CapturedTerminal();
    await expect(watch(OPTIONS, terminal, parts)).rejects.toThrow(/installed package, .* in a checkout/);
    const corpus = folder.at('nowhere');
    await expect(watch({ ...OPTIONS, corpus }, terminal, { ...parts, root: ROOT })).rejects.toThrow(
      /--corpus is /,
    );
    expect(terminal.stdout).toBe('');
  });
});

test('a save in a real checkout shows within moments', async () => {
  const root = folder.at('tiny');
  const here = join(import.meta.dirname, '..', '..');
  const isNeeded = (path: string): boolean =>
    !/\.test\.ts$|\/bench(?:\/|$)|\/explorer(?:\/|$)|\/golden(?:\/|$)/.test(path.slice(here.length));
  for (const name of ['harness', 'reports', 'package.json', 'tsconfig.json'])
    cpSync(join(here, name), join(root, name), { recursive: true, filter: isNeeded });
  symlinkSync(join(here, 'node_modules'), join(root, 'node_modules'));
  for (const name of ['properties', 'corpus', 'models/gated'])
    mkdirSync(join(root, name), { recursive: true });
  const series = join(root, 'models', 'gated', 'series.ts');
  const source = readFileSync(join(here, 'harness', 'cli', 'gated.fixture.ts'), 'utf8').replaceAll(
    "'../",
    "'../../harness/",
  );
  writeFileSync(series, source);

  const terminal = new Signalled();
  let changed = (): void => {};
  const until = async (text: string): Promise<void> => {
    while (!terminal.stdout.includes(text)) {
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
  };
  const print = (text: string): void => {
    terminal.stdout += text;
    changed();
  };
  const seen = Object.assign(terminal, { print });
  const options = { ...OPTIONS, models: ['gated/v1'], corpus: join(root, 'corpus') };
  const ended = watch(options, seen, { root, watchFolders, startLooker });
  await until('gated: as expected');
  const inTwoSteps = source.replace(
    /yield counter\.update;\n(.*)\n/,
    'yield counter.read;\n$1\n    yield counter.write;\n',
  );
  writeFileSync(series, inTwoSteps);
  await until('gated: 1 change,');
  writeFileSync(series, `${source}\nconst x = = 1;\n`);
  await until('Nothing was looked at');
  terminal.send('SIGINT');
  expect(await ended).toBe(ExitCode.interrupted);
  expect(terminal.stdout).toContain(
    '  no-lost-update is violated: update-lost; expected to hold (before: holds)\n',
  );
  expect(terminal.stdout).toContain('gated/v1 (posted 2025-01-01) breaks no-lost-update: update-lost\n');
  expect(terminal.stdout).toMatch(/^models\/gated\/series\.ts:\d+:\d+: Unexpected "="$/m);
});
