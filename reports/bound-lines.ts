import { type Line, span } from './page.ts';
import { wrap } from './wrap.ts';

/** What was explored: bounds in words as `verify` has them, and small worlds, which are too many to list. */
export function boundLines(bounds: readonly string[], worlds: string | null, width: number): Line[] {
  return [...bounds, ...(worlds === null ? [] : [worlds])].flatMap((text) =>
    wrap(text, width - 2, 2).map((line) => [span(`  ${line}`)]),
  );
}
