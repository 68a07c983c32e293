import { expect, test } from 'vitest';
import type { RecordedStep } from '../harness/machine/recorder.ts';
import { heldLocks } from './held-locks.ts';

/** `A: lock x`, a step a line. */
const stepsOf = (...lines: readonly string[]): RecordedStep[] =>
  lines.map((line) => {
    const [actor, text] = line.split(': ');
    return { actor: actor!, function: 'f', text: text!, returns: null };
  });

const shown = (...lines: readonly string[]): string[] =>
  heldLocks(stepsOf(...lines)).map(
    ({ actor, lock, shared, from, to, depth }) =>
      `${actor} ${lock}${shared ? ' shared' : ''} ${from}-${to} depth ${depth}`,
  );

test('a lock is held from the step that takes it to the one that releases it', () => {
  expect(shown('A: lock x', 'B: lock y', 'A: write x', 'A: unlock x', 'B: unlock y')).toEqual([
    'A x 0-3 depth 0',
    'B y 1-4 depth 0',
  ]);
});

test('one that nobody releases is held to the end', () => {
  expect(shown('A: lock x', 'A: lock y for read', 'A: read z')).toEqual([
    'A x 0-3 depth 0',
    'A y shared 1-3 depth 1',
  ]);
});

test.each(['A: lock x (queued)', 'A: trylock x (failed)', 'A: lock x for read (interrupted)', 'A: read x'])(
  '`%s` takes nothing',
  (line) => expect(shown(line)).toEqual([]),
);

test('what was waited for in a queue is held from when it was got', () => {
  expect(shown('A: lock x (queued)', 'A: lock x', 'A: unlock x', 'A: trylock x', 'B: unlock x')).toEqual([
    'A x 1-2 depth 0',
    'A x 3-5 depth 0',
  ]);
});
