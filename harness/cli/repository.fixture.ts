import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { Folder } from '../folder.fixture.ts';

/** A git repository for the tests of one file, which is where they run; gone after them. */
export class Repository {
  readonly path: string = new Folder().path;

  constructor() {
    const before = process.cwd();
    afterAll(() => process.chdir(before));
    process.chdir(this.path);
    this.git('init', '--quiet', '--initial-branch', 'main');
  }

  /** Nothing of whoever runs the tests: no settings, no hooks, no other repository. */
  git(...args: readonly string[]): string {
    const { PATH = '' } = process.env;
    return execFileSync('git', args, {
      cwd: this.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, HOME: this.path, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    }).trim();
  }

  write(name: string, text = name): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  remove(name: string): void {
    rmSync(join(this.path, name));
  }

  /** Commits all there is, and returns the hash. */
  commit(): string {
    this.git('add', '--all');
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
    this.git(...identity, 'commit', '--quiet', '--allow-empty', '--message', 'test');
    return this.git('rev-parse', 'HEAD');
  }
}
