import type { Scenario } from '../../harness/scenario/scenario.ts';
import { widthOf } from '../wrap.ts';

/**
 * A scenario file in few lines, for a text that has no file beside it: a line for each field and for each operation,
 * broken between values where it gets longer than `width`. Only a single string can be wider.
 */
export function scenarioJson(scenario: Scenario, width: number): string[] {
  const lines: string[] = [];
  // One value or bracket a line: what follows only puts them together again.
  for (const spaced of escaped(JSON.stringify(scenario, null, 1)).split('\n')) {
    const token = spaced.trimStart();
    const depth = spaced.length - token.length;
    const line = lines.at(-1) ?? '';
    const begins = depth <= 1 || (depth === 2 && token.startsWith('{'));
    const isEnd = /^[\]}]/.test(token) && depth > 0;
    if (!isEnd && begins) lines.push(' '.repeat(depth) + token);
    else if (widthOf(line) + 1 + widthOf(token) <= width) lines[lines.length - 1] = `${line} ${token}`;
    else lines.push(`  ${token}`);
  }
  return lines;
}

/** What moves a cursor or reorders a line, as JSON writes it where it cannot be read. */
const escaped = (json: string): string =>
  json.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
