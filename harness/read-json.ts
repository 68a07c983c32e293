import { readFileSync } from 'node:fs';
import { tame } from './quote.ts';
import { InvalidInput } from './scenario/validate.ts';

/** Far deeper than any file of ours; beyond it, whoever walks a value by calling itself runs out of stack. */
const DEPTH_MAX = 64;

/** @throws {@link InvalidInput} with the place where the text stops being JSON. */
export function readJson(path: string): unknown {
  // Some editors begin a file with a byte order mark, which is no part of its JSON.
  const text = read(path).replace(/^\ufeff/, '');
  if (text.trim() === '') throw new InvalidInput(`${path}: the file is empty.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidInput(
      `${path}: not valid JSON: ${tame((error as Error).message)}. It may be cut off: mend or restore it.`,
    );
  }
  if (isDeep(value)) throw new InvalidInput(`${path}: nested more than ${DEPTH_MAX} levels deep.`);
  return value;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidInput(`${path}: ${obstacle((error as NodeJS.ErrnoException).code)}.`);
  }
}

function obstacle(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'is a folder, expected a file';
    default:
      return `cannot be read (${code ?? 'unknown error'})`;
  }
}

/** Level by level, so that depth costs no stack. */
function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_MAX) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
