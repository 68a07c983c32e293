#!/usr/bin/env node
/**
 * The command. Runs what `npm ci` built into dist/; in a checkout whose sources are newer than that, runs the sources
 * through tsx instead, so that nobody ever tests yesterday's model.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const built = join(root, 'dist', 'harness', 'cli', 'main.js');
const source = join(root, 'harness', 'cli', 'main.ts');

/** Newest modification below a folder, in milliseconds. */
function newest(folder) {
  let latest = 0;
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    if (item.isDirectory()) latest = Math.max(latest, newest(path));
    else if (/\.(?:ts|tsx|css|html)$/.test(item.name) && !item.name.endsWith('.test.ts'))
      latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}

const folders = ['harness', 'models', 'properties', 'reports'].map((name) => join(root, name));
const fresh =
  existsSync(built) && (!existsSync(source) || Math.max(...folders.map(newest)) <= statSync(built).mtimeMs);

if (fresh) {
  await import(built);
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source);
}
