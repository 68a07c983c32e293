import { expect, test } from 'vitest';
import type { TracedPlace } from '../campaign/trace.ts';
import { Machine } from '../machine/machine.ts';
import { LastWords } from './last-words.ts';

const place: TracedPlace = {
  during: 'step',
  actor: 'user1',
  operation: 'peek',
  function: null,
  claim: null,
  step: 2,
  world: { lang: 'für alle' },
  ops: [{ actor: 'user1', op: 'peek' }],
};

test('the last words are those that were written last, with the schedule up to there', () => {
  const machine = new Machine(new Uint8Array([0, 1, 1, 0, 1, 0]));
  machine.addActor('user0', null, []);
  machine.addActor('user1', null, []);
  const words = LastWords.ofSteps(6);
  expect(words.read()).toBeNull();
  const writer = new LastWords(words.memory);
  machine.steps = 5;
  writer.write({ ...place, step: 5 }, machine);
  // Another execution, of which the first steps are the same or not.
  machine.schedule.set([1, 0, 1]);
  machine.steps = 0;
  writer.write({ ...place, step: 0 }, machine);
  machine.steps = 2;
  writer.write({ ...place, step: 1 }, machine);
  writer.write(place, machine);
  expect(words.read()).toEqual({ ...place, schedule: ['user1', 'user0', 'user1'] });
  writer.write({ ...place, during: 'preparation', step: null }, null);
  expect(words.read()).toEqual({ ...place, during: 'preparation', step: null, schedule: [] });
});
