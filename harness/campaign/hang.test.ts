import { expect, test } from 'vitest';
import { type Hang, mergeHangs } from './hang.ts';

const hang = (run: number, changes: Partial<Hang> = {}): Hang => ({
  during: 'step',
  actor: 'user0',
  operation: 'increment',
  function: 'increment',
  claim: null,
  step: 3,
  times: 1,
  foundWith: { run, sequence: 0, shrinking: null },
  world: {},
  ops: [],
  schedule: [],
  ...changes,
});

test('hangs at one place are one, shown as it was first found', () => {
  const later = hang(3, { actor: 'user1', step: 9, times: 2 });
  expect(mergeHangs([later, hang(1)])).toEqual([hang(1, { times: 3 })]);
  expect(mergeHangs([hang(1), later])).toEqual([hang(1, { times: 3 })]);
});

test('hangs at different places stay apart, in the order of the work', () => {
  const shrinking = { run: 0, sequence: 0, shrinking: { property: 'p', kind: 'k' } };
  const hangs = [
    hang(2),
    hang(5, { function: null }),
    hang(7, { during: 'claim', claim: 'p' }),
    hang(0, { operation: 'peek', foundWith: shrinking }),
  ];
  expect(mergeHangs([...hangs].reverse())).toEqual(hangs);
});
