import { describe, expect, test } from 'vitest';
import { Thread } from '../machine/thread.ts';
import { byDefault } from './default-rule.ts';

const [a, b, c] = ['a', 'b', 'c'].map((name, id) => new Thread(id, name, null, [])) as [
  Thread,
  Thread,
  Thread,
];

describe('who runs where a schedule does not say', () => {
  test.each([
    { last: null, runnable: [c, b, a], next: a, why: 'at first the first by name' },
    { last: b, runnable: [a, b, c], next: b, why: 'who ran last goes on' },
    { last: a, runnable: [c, b], next: b, why: 'else the next by name' },
    { last: b, runnable: [a, c], next: c, why: 'not the first, but the next' },
    { last: c, runnable: [b, a], next: a, why: 'wrapping around' },
  ])('$why', ({ last, runnable, next }) => {
    expect(byDefault(runnable, runnable.length, last)).toBe(next);
  });

  test('entries beyond the count are leftovers of earlier steps', () => {
    expect(byDefault([c, a], 1, a)).toBe(c);
  });
});
