import { describe, expect, test } from 'vitest';
import { Replay } from '../explore/replay.ts';
import { HandMade, type Path } from './hand-made.fixture.ts';
import type { Observer } from './machine.ts';
import { Cell } from './shared.ts';

/** Begins, and then yields `steps - 1` times. */
const busy = (cell: Cell<number>, steps: number): Path =>
  function* () {
    for (let i = 1; i < steps; i++) yield cell.read;
    return steps;
  };

function threads(steps: Readonly<Record<string, number>>): HandMade {
  const made = new HandMade();
  const cell = new Cell(made.machine, 'cell', 0);
  for (const [name, count] of Object.entries(steps)) made.actor(name, busy(cell, count));
  return made;
}

describe('an execution', () => {
  test('takes one step at a time in the order asked for', () => {
    const made = threads({ A: 2, B: 3 });
    expect(made.run('B A B A B')).toBe('finished');
    expect(made.schedule).toBe('B A B A B');
  });

  test('notes when each call began, returned, and what', () => {
    const made = threads({ A: 2, B: 3 });
    made.run('B A B A B');
    expect(
      made.machine.calls.map(({ work, begun, returned, ret }) => ({ name: work.name, begun, returned, ret })),
    ).toEqual([
      { name: 'B.0', begun: 0, returned: 4, ret: 3 },
      { name: 'A.0', begun: 1, returned: 3, ret: 2 },
    ]);
    expect(made.machine.returned.map((call) => call.work.name)).toEqual(['A.0', 'B.0']);
  });

  test('ends at the step limit', () => {
    const made = threads({ A: 50 });
    expect(made.run('', 10)).toBe('step-limit');
    expect(made.machine.steps).toBe(10);
  });

  test('that needs just as many steps as the limit is finished', () => {
    const made = threads({ A: 10 });
    expect(made.run('', 10)).toBe('finished');
  });

  test('without actors is finished', () => {
    expect(threads({}).run()).toBe('finished');
  });

  test('tells an observer of each step and how it went', () => {
    const made = threads({ A: 2, B: 1 });
    const heard: string[] = [];
    const observer: Observer = {
      before: (thread, step) => heard.push(`${thread.name} before ${step}`),
      after: (thread, _step, result) => heard.push(`${thread.name} ${result}`),
    };
    made.machine.observer = observer;
    made.run('A B A');
    // 0 is BEGIN; the cell is object 1, and a read of it 1 << 4 | 1.
    expect(heard).toEqual(['A before 0', 'A done', 'B before 0', 'B done', 'A before 17', 'A done']);
  });
});

describe('a schedule', () => {
  test('that names an actor which cannot run is stale, and says where, who and who could', () => {
    const made = threads({ A: 2, B: 2, C: 2 });
    const replay = new Replay(['A', 'A', 'A', 'B']);
    expect(made.run(replay)).toBe('stale');
    expect(replay.stale).toEqual({ step: 2, expected: 'A', runnable: ['B', 'C'] });
    expect(made.machine.steps).toBe(2);
  });

  test('that names an actor which does not exist is stale', () => {
    const replay = new Replay(['nobody']);
    expect(threads({ A: 1 }).run(replay)).toBe('stale');
    expect(replay.stale).toEqual({ step: 0, expected: 'nobody', runnable: ['A'] });
  });

  test('goes on by the default rule where it ends: who ran last, while it can', () => {
    const made = threads({ A: 3, B: 3 });
    made.run('B');
    expect(made.schedule).toBe('B B B A A A');
  });

  test('then the next by name, wrapping around', () => {
    const made = threads({ C: 2, A: 2, B: 2 });
    made.run('B');
    expect(made.schedule).toBe('B B C C A A');
  });

  test('that is empty starts with the first by name', () => {
    const made = threads({ C: 1, B: 1, A: 1 });
    made.run();
    expect(made.schedule).toBe('A B C');
  });
});

describe('an actor that starts actors', () => {
  test('gives them names of their own, in the order of their start', () => {
    const made = new HandMade();
    const cell = new Cell(made.machine, 'cell', 0);
    made.actor('qemu', function* () {
      made.machine.spawn('qemu', null, busy(cell, 1));
      made.machine.spawn('qemu', null, busy(cell, 1));
      yield cell.read;
      made.machine.spawn('guest', null, busy(cell, 1));
      return 0;
    });
    expect(made.run()).toBe('finished');
    expect(made.machine.threads.map((thread) => thread.name)).toEqual(['qemu', 'qemu#2', 'qemu#3', 'guest']);
  });

  test('can be interleaved with them from the next step on', () => {
    const made = new HandMade();
    const cell = new Cell(made.machine, 'cell', 0);
    made.actor('A', function* () {
      made.machine.spawn('child', null, busy(cell, 2));
      yield cell.read;
      return 0;
    });
    expect(made.run('A child A child')).toBe('finished');
  });

  test('what it started is no call of the scenario', () => {
    const made = new HandMade();
    made.actor('A', function* () {
      made.machine.spawn('child', null, function* () {
        return 0;
      });
      return 0;
    });
    made.run();
    expect(made.machine.calls.map((call) => call.work.name)).toEqual(['A.0']);
    expect(made.machine.returned.map((call) => call.work.name)).toEqual(['A.0']);
  });
});
