import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Folder } from '../folder.fixture.ts';
import { UsageError } from './exit.ts';
import { changedSince, commitSeed } from './git.ts';
import { Repository } from './repository.fixture.ts';

const repository = new Repository();
const elsewhere = new Folder();

for (const name of ['README.md', 'models/one/world.ts', 'models/two/world.ts', 'properties/one/claim.ts']) {
  repository.write(name, `${name}, which is long enough to be recognized\n`.repeat(8));
}
repository.write('.gitignore', 'dist\n');
const FIRST = repository.commit();
repository.git('tag', 'first');

beforeEach(() => {
  process.chdir(repository.path);
  repository.git('reset', '--quiet', '--hard', FIRST);
  repository.git('clean', '--quiet', '-dfx');
});
afterEach(() => process.chdir(repository.path));

/** All of them, those that git knows first. */
function pathsSince(ref: string): string[] {
  const { tracked, untracked } = changedSince(ref);
  return [...tracked, ...untracked];
}

describe('files that differ from a commit are', () => {
  test('none at first', () => expect(pathsSince('first')).toEqual([]));

  test('those of commits since', () => {
    repository.write('models/one/world.ts');
    repository.commit();
    repository.write('models/two/kernel.ts');
    repository.commit();
    expect(pathsSince('first')).toEqual(['models/one/world.ts', 'models/two/kernel.ts']);
    expect(pathsSince('HEAD~1')).toEqual(['models/two/kernel.ts']);
    expect(pathsSince('HEAD')).toEqual([]);
  });

  test('those that are not committed yet, staged or not', () => {
    repository.write('models/one/world.ts');
    repository.write('models/two/world.ts');
    repository.git('add', 'models/two/world.ts');
    expect(pathsSince('HEAD')).toEqual(['models/one/world.ts', 'models/two/world.ts']);
  });

  test('those that git does not know yet, but not those that it is to ignore', () => {
    repository.write('models/one/new.ts');
    repository.write('dist/models/one/new.js');
    expect(pathsSince('HEAD')).toEqual(['models/one/new.ts']);
  });

  test('told apart by whether git knows them, links among them', () => {
    repository.write('models/one/new.ts');
    repository.write('models/one/world.ts');
    symlinkSync('models', join(repository.path, 'node_modules'));
    expect(changedSince('HEAD')).toEqual({
      tracked: ['models/one/world.ts'],
      untracked: ['models/one/new.ts', 'node_modules'],
    });
  });

  test('those that are gone', () => {
    repository.remove('properties/one/claim.ts');
    expect(pathsSince('HEAD')).toEqual(['properties/one/claim.ts']);
    repository.commit();
    expect(pathsSince('first')).toEqual(['properties/one/claim.ts']);
  });

  test('both names of one that was moved, from one series to the other', () => {
    repository.git('mv', 'models/one/world.ts', 'models/two/moved.ts');
    repository.commit();
    expect(pathsSince('first')).toEqual(['models/one/world.ts', 'models/two/moved.ts']);
  });

  test('named from the root of the repository, wherever one is in it and whatever is configured', () => {
    repository.write('models/one/world.ts');
    repository.write('models/two/new.ts');
    repository.git('config', 'diff.relative', 'true');
    process.chdir(join(repository.path, 'models/two'));
    const changed = pathsSince('HEAD');
    repository.git('config', '--unset', 'diff.relative');
    expect(changed).toEqual(['models/one/world.ts', 'models/two/new.ts']);
  });

  test('named as they are, however odd', () => {
    repository.write('models/one/ä "b"\n.ts');
    expect(pathsSince('HEAD')).toEqual(['models/one/ä "b"\n.ts']);
    repository.commit();
    expect(pathsSince('first')).toEqual(['models/one/ä "b"\n.ts']);
  });

  test('those of the commit, where a file is named like it', () => {
    repository.write('first', 'no commit');
    expect(pathsSince('first')).toEqual(['first']);
  });
});

describe('a commit may be named', () => {
  test.each([
    ['first'],
    ['main'],
    [FIRST],
    [FIRST.slice(0, 8)],
    ['HEAD^{tree}~0', false],
    ['main..HEAD', false],
  ])('%s', (ref, isCommit = true) => {
    if (isCommit) expect(pathsSince(ref as string)).toEqual([]);
    else expect(() => changedSince(ref as string)).toThrow(UsageError);
  });
});

describe('what is refused, in words:', () => {
  const failure = (ask: () => unknown): string => {
    try {
      ask();
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    return 'nothing';
  };

  test.each([['nope'], ['README.md'], ['HEAD:README.md'], ['first nope'], ['']])(
    'no such commit: %j',
    (ref) => {
      expect(failure(() => changedSince(ref))).toBe(
        `--changed is ${JSON.stringify(ref)}: there is no such commit. A shallow clone may lack it.`,
      );
    },
  );

  test.each([['-'], ['--output=stolen'], ['--'], ['-p']])('what could be a flag of git: %s', (ref) => {
    expect(failure(() => changedSince(ref))).toBe(
      `--changed is ${JSON.stringify(ref)}; it takes a commit, as in --changed main.`,
    );
    expect(pathsSince('HEAD')).toEqual([]);
  });

  test('no repository', () => {
    process.chdir(elsewhere.path);
    expect(failure(() => changedSince('main'))).toMatch(
      /^--changed main asks git, and that failed: not a git repository[^\n]*\.$/,
    );
    expect(failure(commitSeed)).toMatch(
      /^--seed commit asks git, and that failed: not a git repository[^\n]*\.$/,
    );
  });

  test('a repository without commits', () => {
    const empty = elsewhere.at('empty');
    mkdirSync(empty);
    process.chdir(empty);
    repository.git('init', '--quiet', empty);
    expect(failure(commitSeed)).toMatch(/^--seed commit asks git, and that failed: [^\n]+\.$/);
    expect(failure(() => changedSince('HEAD'))).toMatch(/there is no such commit/);
  });

  test('no git', () => {
    const { PATH } = process.env;
    process.env.PATH = elsewhere.path;
    try {
      expect(failure(commitSeed)).toBe('--seed commit asks git, and that failed: git is not installed.');
    } finally {
      process.env.PATH = PATH;
    }
  });
});

test('the seed of a commit is the beginning of its hash', () => {
  expect(commitSeed()).toBe(Number(`0x${FIRST.slice(0, 8)}`));
  repository.write('models/one/world.ts');
  expect(commitSeed()).toBe(Number(`0x${FIRST.slice(0, 8)}`));
  const second = repository.commit();
  expect(second.slice(0, 8)).not.toBe(FIRST.slice(0, 8));
  expect(commitSeed()).toBe(Number(`0x${second.slice(0, 8)}`));
});
