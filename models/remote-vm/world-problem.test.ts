import { expect, test } from 'vitest';
import { operationsProblem } from './world-problem.ts';

const child = (actor: string) => ({ actor, op: 'poll', cr: 'lazy' });
const fork = { actor: 'proca', op: 'fork' };

test.each([
  [[fork, child('child0')], null],
  [[fork], null],
  [[child('child0')], /nobody forks/],
  [[fork, fork, child('child1')], /child1: the one child/],
])('%j', (ops, problem) => {
  const found = operationsProblem(ops);
  if (problem === null) expect(found).toBeNull();
  else expect(found).toMatch(problem);
});
