import { expect, test } from 'vitest';
import { InOrder } from './in-order.ts';

test('what is finished early waits for what was begun before it', () => {
  const order = new InOrder<string, number>();
  for (const key of ['a', 'b', 'c']) order.begin(key);

  expect([...order.finish('b', 2)]).toEqual([]);
  expect([...order.finish('a', 1)]).toEqual([1, 2]);
  order.begin('d');
  expect([...order.finish('d', 4)]).toEqual([]);
  expect([...order.finish('c', 3)]).toEqual([3, 4]);
});

test('a value that means nothing is handed on as well', () => {
  const order = new InOrder<number, undefined>();
  order.begin(0);
  expect([...order.finish(0, undefined)]).toEqual([undefined]);
});
