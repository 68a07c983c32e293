import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for the tests of one file, gone after them. */
export class Folder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'zpci-fuzz-test-'));

  constructor() {
    afterAll(() => rmSync(this.path, { recursive: true, force: true }));
  }

  /** The path of something in it, whether it is there or not. */
  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  /** Writes a file, as JSON unless it is text, and returns its path. */
  write(name: string, content: unknown): string {
    const path = this.at(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }
}
