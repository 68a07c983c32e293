import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Folder } from '../folder.fixture.ts';
import { type Watching, watchFolders } from './watch-folders.ts';

const folder = new Folder();
const at = (name: string): string => folder.at(name);

function write(name: string, text: string): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}

let hear = (_paths: readonly string[]): void => {};
let watching: Watching;

beforeAll(() => {
  write('models/a/kernel.ts', '1');
  write('elsewhere/x.ts', '1');
  mkdirSync(at('entries'));
  watching = watchFolders(
    [
      { path: at('models'), name: 'models' },
      { path: at('entries'), name: 'corpus' },
    ],
    (paths) => hear(paths),
  );
});

afterAll(() => watching.close());

/** Does something, and gives the next files that are told of. */
async function told(act: () => void): Promise<readonly string[]> {
  const next = new Promise<readonly string[]>((resolve) => {
    hear = resolve;
  });
  act();
  return next;
}

/** As most editors save: beside the file, then onto it. */
function replace(name: string, text: string): void {
  writeFileSync(at(`${name}~`), text);
  renameSync(at(`${name}~`), at(name));
}

test('a file that is written, and one that is replaced, again and again', async () => {
  expect(await told(() => write('models/a/kernel.ts', '2'))).toEqual(['models/a/kernel.ts']);
  expect(await told(() => replace('models/a/kernel.ts', '3'))).toEqual(['models/a/kernel.ts']);
  expect(await told(() => replace('models/a/kernel.ts', '4'))).toEqual(['models/a/kernel.ts']);
  expect(await told(() => write('models/a/kernel.ts', '5'))).toEqual(['models/a/kernel.ts']);
});

test('files in folders that are new, moved, and made anew', async () => {
  expect(await told(() => write('models/a/patches/v1/1.ts', '1'))).toEqual(['models/a/patches/v1/1.ts']);
  expect(await told(() => write('models/a/patches/v1/2.ts', '1'))).toEqual(['models/a/patches/v1/2.ts']);
  expect(await told(() => renameSync(at('models/a/patches'), at('models/a/moved')))).toEqual([
    'models/a/moved/v1/1.ts',
    'models/a/moved/v1/2.ts',
    'models/a/patches',
  ]);
  expect(await told(() => replace('models/a/moved/v1/2.ts', '2'))).toEqual(['models/a/moved/v1/2.ts']);
  const anew = await told(() => {
    rmSync(at('models/a/moved'), { recursive: true });
    write('models/a/moved/v1/3.ts', '1');
  });
  expect(anew).toContain('models/a/moved/v1/3.ts');
  expect(await told(() => write('models/a/moved/v1/3.ts', '2'))).toEqual(['models/a/moved/v1/3.ts']);
});

test('a file that is removed', async () => {
  write('entries/x/y.json', '{}');
  await told(() => {});
  expect(await told(() => rmSync(at('entries/x/y.json')))).toEqual(['corpus/x/y.json']);
});

test('those of one save together; not what editors keep beside a file, nor what nobody watches', async () => {
  const paths = await told(() => {
    write('models/a/.kernel.ts.swp', '1');
    write('models/a/.#kernel.ts', '1');
    write('models/a/4913', '1');
    write('models/a/kernel.ts~', '1');
    write('models/a/README.md', '1');
    write('elsewhere/x.ts', '2');
    write('models/b/world.ts', '1');
    write('models/a/kernel.ts', '6');
  });
  expect(paths).toEqual(['models/a/kernel.ts', 'models/b/world.ts']);
});

test('nothing once it is closed', async () => {
  const before = watchFolders([{ path: join(folder.path, 'elsewhere'), name: 'elsewhere' }], () => {
    throw new Error('closed');
  });
  before.close();
  write('elsewhere/x.ts', '3');
  // What is watched still is told of later than what is not would be.
  expect(await told(() => write('models/a/kernel.ts', '7'))).toEqual(['models/a/kernel.ts']);
});
