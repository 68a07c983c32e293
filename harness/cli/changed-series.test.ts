import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { counterSeries } from '../campaign/counter.fixture.ts';
import { nursery } from '../model/nursery.fixture.ts';
import type { Series } from '../model/series.ts';
import { changedSeries } from './changed-series.ts';
import { series as gated } from './gated.fixture.ts';
import { changedSince } from './git.ts';
import { Repository } from './repository.fixture.ts';

const ALL: readonly Series[] = [counterSeries, nursery, gated];
const EVERY = ['counter', 'nursery', 'gated'];

describe('files that change', () => {
  const changed = (tracked: readonly string[], untracked: readonly string[] = []): string[] =>
    changedSeries(ALL, { tracked, untracked }).map(({ series }) => series.name);

  const SOURCES: readonly [string, readonly string[]][] = [
    ['models/nursery/world.ts', ['nursery']],
    ['models/nursery/patches/v1/1-ball.ts', ['nursery']],
    ['models/nursery/expectations.ts', ['nursery']],
    ['properties/counter/no-lost-update.ts', ['counter']],
    ['corpus/gated/v1+hp/no-lost-update/0123456789abcdef.json', ['gated']],
    // What all series share, and what nobody has heard of.
    ['harness/machine/machine.ts', EVERY],
    ['properties/general/no-deadlock.ts', EVERY],
    ['models/unknown/world.ts', EVERY],
    ['models/nursery.ts', EVERY],
    ['harness/cli/reports/x.ts', EVERY],
    // What changes no verdict.
    ['models/nursery/world.test.ts', []],
    ['models/nursery/in-order.fixture.ts', []],
    ['models/nursery/README.md', []],
    ['models/nursery/notes/thread.md', []],
    ['corpus/README.md', []],
    ['corpus/entry.schema.json', []],
    ['README.md', []],
    ['CHANGELOG.md', []],
    ['docs/design.md', []],
    ['docs/picture.svg', []],
    ['LICENSE', []],
    ['.gitignore', []],
    ['biome.json', []],
    ['vitest.config.ts', []],
    ['reports/gate.ts', []],
    ['harness/bench/search.ts', []],
    ['harness/machine/machine.test.ts', []],
    ['.ci/run', []],
  ];

  test.each(SOURCES)('%s: %j, whether git knows it or not', (path, names) => {
    expect(changed([path])).toEqual(names);
    expect(changed([], [path])).toEqual(names);
  });

  test.each(['package.json', 'package-lock.json', 'tsconfig.json', 'nursery/models/counter/world.ts'])(
    '%s: all, unless git does not know it: it may be anything',
    (path) => {
      expect(changed([path])).toEqual(EVERY);
      expect(changed([], [path])).toEqual([]);
    },
  );

  test('none of them, nothing', () => expect(changed([])).toEqual([]));

  test('several, in the order of the series and each once', () => {
    expect(
      changed(['models/gated/a.ts', 'README.md', 'models/counter/b.ts', 'corpus/counter/unlocked/c.json']),
    ).toEqual(['counter', 'gated']);
    expect(changed(['models/gated/a.ts', 'harness/corpus.ts'])).toEqual(EVERY);
  });

  test('are named as the reason: those of a series, and what all share', () => {
    const tracked = ['models/gated/a.ts', 'README.md', 'harness/corpus.ts'];
    expect(changedSeries(ALL, { tracked, untracked: ['corpus/gated/v1/x/y.json'] })).toEqual([
      { series: counterSeries, own: [], shared: ['harness/corpus.ts'] },
      { series: nursery, own: [], shared: ['harness/corpus.ts'] },
      {
        series: gated,
        own: ['models/gated/a.ts', 'corpus/gated/v1/x/y.json'],
        shared: ['harness/corpus.ts'],
      },
    ]);
  });
});

describe('in a repository, what differs from a commit is', () => {
  const repository = new Repository();
  for (const name of ['README.md', 'models/nursery/world.ts', 'models/gated/world.ts'])
    repository.write(name);
  const first = repository.commit();
  const changed = (ref: string): string[] =>
    changedSeries(ALL, changedSince(ref)).map(({ series }) => series.name);

  beforeEach(() => {
    repository.git('reset', '--quiet', '--hard', first);
    repository.git('clean', '--quiet', '-dfx');
  });

  test('nothing where nothing differs', () => expect(changed('HEAD')).toEqual([]));

  test('nothing where only words and tests differ', () => {
    repository.write('README.md', 'other');
    repository.write('models/gated/README.md');
    repository.write('models/gated/world.test.ts');
    expect(changed('HEAD')).toEqual([]);
  });

  test('nothing where a link to other node_modules is not known to git', () => {
    symlinkSync('models', join(repository.path, 'node_modules'));
    repository.write('notes.txt');
    expect(changed('HEAD')).toEqual([]);
  });

  test('the series of a file that differs', () => {
    repository.write('models/nursery/world.ts', 'other');
    expect(changed('HEAD')).toEqual(['nursery']);
    repository.commit();
    expect(changed('HEAD')).toEqual([]);
    expect(changed('HEAD~1')).toEqual(['nursery']);
  });

  test('the series of a new file', () => {
    repository.write('corpus/nursery/v1/x.json');
    expect(changed('HEAD')).toEqual(['nursery']);
  });

  test('both series of a file that was moved', () => {
    repository.git('mv', 'models/gated/world.ts', 'models/nursery/moved.ts');
    expect(changed('HEAD')).toEqual(['nursery', 'gated']);
  });

  test('all series where what they share differs', () => {
    repository.write('harness/machine/machine.ts');
    expect(changed('HEAD')).toEqual(EVERY);
  });
});
