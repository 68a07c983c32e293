import { describe, expect, test } from 'vitest';
import { EINTR } from './errno.ts';
import { EventFd, RefCount } from './events.ts';
import { HandMade, type Path } from './hand-made.fixture.ts';
import { Mutex, RwSemaphore } from './locks.ts';
import type { Machine } from './machine.ts';
import { Process } from './process.ts';
import { Cell, type SharedObject } from './shared.ts';
import { Access, stepOf } from './step.ts';

/** Takes the locks in order and lets go of them in the opposite one. */
const nested = (...mutexes: readonly Mutex[]): Path =>
  function* () {
    for (const mutex of mutexes) yield mutex.acquire;
    for (const mutex of [...mutexes].reverse()) yield mutex.release;
    return 0;
  };

/** Never ends, never blocks. */
const spinning = (cell: Cell<number>): Path =>
  function* () {
    for (;;) yield cell.read;
  };

/** `A waits for lock b of B, holds a` and so on. */
function described({ deadlock }: Machine): string[] {
  return (deadlock?.stuck ?? []).map(({ thread, edge, awaits, on, holds }) => {
    const others = on.map((other) => other.name).join('+');
    const held = holds.length === 0 ? '' : `, holds ${holds.join('+')}`;
    return `${thread.name} waits for ${edge} ${awaits} of ${others === '' ? 'nobody' : others}${held}`;
  });
}

describe('two locks in opposite order', () => {
  function abba() {
    const made = new HandMade();
    const a = new Mutex(made.machine, 'a');
    const b = new Mutex(made.machine, 'b');
    made.actor('A', nested(a, b));
    made.actor('B', nested(b, a));
    return made;
  }

  test('deadlock, with who holds and waits for what, at the step that closed the cycle', () => {
    const made = abba();
    expect(made.run('A A B B')).toBe('deadlock');
    expect(described(made.machine)).toEqual([
      'A waits for lock b of B, holds a',
      'B waits for lock a of A, holds b',
    ]);
    // Step 3: B took b, and so came to stand before a.
    expect(made.machine.deadlock!.step).toBe(3);
  });

  test('finish where one has both before the other starts', () => {
    const made = abba();
    expect(made.run('A A A B')).toBe('finished');
    expect(made.machine.deadlock).toBeNull();
  });

  test('are found while a third thread still runs, whatever ends the execution', () => {
    const made = abba();
    made.actor('C', spinning(new Cell(made.machine, 'cell', 0)));
    expect(made.run('C A A B B', 40)).toBe('deadlock');
    expect(made.machine.steps).toBe(40);
    expect(made.machine.deadlock!.step).toBe(4);
    expect(described(made.machine)).toHaveLength(2);
  });

  test('keep the step of the cycle when others get stuck behind it later', () => {
    const made = new HandMade();
    const a = new Mutex(made.machine, 'a');
    const b = new Mutex(made.machine, 'b');
    made.actor('A', nested(a, b));
    made.actor('B', nested(b, a));
    made.actor('C', nested(a));
    expect(made.run('A A B B C')).toBe('deadlock');
    expect(made.machine.deadlock!.step).toBe(3);
    expect(described(made.machine)).toEqual([
      'A waits for lock b of B, holds a',
      'B waits for lock a of A, holds b',
      'C waits for lock a of A',
    ]);
  });
});

describe('partial deadlocks', () => {
  test('behind a lock that its owner took with it when it ended', () => {
    const made = new HandMade();
    const mutex = new Mutex(made.machine, 'mutex');
    made.actor('A', function* () {
      yield mutex.acquire;
      return 0;
    });
    made.actor('B', nested(mutex));
    made.actor('C', spinning(new Cell(made.machine, 'cell', 0)));
    expect(made.run('A A B', 20)).toBe('deadlock');
    expect(made.machine.deadlock!.step).toBe(2);
    expect(described(made.machine)).toEqual(['B waits for lock mutex of nobody']);
  });

  test('a reader that wants to write waits for itself, however many other readers still run', () => {
    const made = new HandMade();
    const semaphore = new RwSemaphore(made.machine, 'semaphore');
    const cell = new Cell(made.machine, 'cell', 0);
    made.actor('A', function* () {
      yield semaphore.acquireShared;
      yield semaphore.acquire;
      return 0;
    });
    made.actor('B', function* (thread) {
      yield semaphore.acquireShared;
      return yield* spinning(cell)(thread);
    });
    expect(made.run('A A B B A', 20)).toBe('deadlock');
    expect(made.machine.deadlock!.step).toBe(4);
    expect(described(made.machine)).toEqual(['A waits for lock semaphore of A+B, holds semaphore']);
  });

  test('a wait whose last waker ended without waking is found when that one ends', () => {
    const made = new HandMade();
    const event = new EventFd(made.machine, 'eventfd', { event: 'the answer', wakers: () => [guest] });
    made.actor('W', function* () {
      yield event.wait;
      return 0;
    });
    const guest = made.actor('G', function* () {
      return 0;
    });
    made.actor('C', spinning(new Cell(made.machine, 'cell', 0)));
    expect(made.run('W G C', 20)).toBe('deadlock');
    expect(made.machine.deadlock!.step).toBe(1);
    expect(described(made.machine)).toEqual(['W waits for event the answer of nobody']);
  });

  test('a wait whose last waker was killed is found at the kill', () => {
    const made = new HandMade();
    const process = new Process(made.machine, 'the VMM');
    const event = new EventFd(made.machine, 'eventfd', { event: 'the answer', wakers: () => [guest] });
    made.actor('W', function* () {
      yield event.wait;
      return 0;
    });
    const guest = made.member(process, 'G', function* () {
      yield event.signal;
      return 0;
    });
    made.actor('K', function* (thread) {
      yield process.kill;
      return yield* spinning(new Cell(made.machine, 'cell', 0))(thread);
    });
    expect(made.run('W K K', 20)).toBe('deadlock');
    expect(made.machine.deadlock!.step).toBe(2);
  });
});

describe('waits for events', () => {
  test('that nobody can cause are a deadlock at once', () => {
    const made = new HandMade();
    const event = new EventFd(made.machine, 'eventfd', { event: 'the answer', wakers: () => [] });
    made.actor('W', function* () {
      yield event.wait;
      return 0;
    });
    expect(made.run()).toBe('deadlock');
    expect(made.machine.deadlock!.step).toBe(0);
    expect(described(made.machine)).toEqual(['W waits for event the answer of nobody']);
  });

  test('that another thread may yet cause are none', () => {
    const made = new HandMade();
    const event = new EventFd(made.machine, 'eventfd', { event: 'the answer', wakers: () => [signaller] });
    made.actor('W', function* () {
      yield event.wait;
      return 0;
    });
    const signaller = made.actor('S', function* () {
      yield event.signal;
      return 0;
    });
    expect(made.run('W S S W')).toBe('finished');
    expect(made.machine.deadlock).toBeNull();
  });

  test('one of two wakers that still runs is enough', () => {
    const made = new HandMade();
    const never = new EventFd(made.machine, 'never', { event: 'never', wakers: () => [] });
    const event = new EventFd(made.machine, 'eventfd', {
      event: 'the answer',
      wakers: () => [stuck, signaller],
    });
    made.actor('W', function* () {
      yield event.wait;
      return 0;
    });
    const stuck = made.actor('X', function* () {
      yield never.wait;
      return 0;
    });
    const signaller = made.actor('S', function* () {
      yield event.signal;
      return 0;
    });
    expect(made.run('X W S S W')).toBe('deadlock');
    expect(described(made.machine)).toEqual(['X waits for event never of nobody']);
  });

  test('close a cycle with a lock: the only waker wants the lock that the waiter holds', () => {
    const made = new HandMade();
    const mutex = new Mutex(made.machine, 'zdev->lock');
    const refs = new RefCount(made.machine, 'vfio device', 1, {
      event: 'last reference dropped',
      wakers: () => [user],
    });
    made.actor('admin', function* () {
      yield mutex.acquire;
      yield refs.wait;
      yield mutex.release;
      return 0;
    });
    const user = made.actor('user', function* () {
      yield mutex.acquire;
      yield mutex.release;
      yield refs.update;
      refs.count--;
      return 0;
    });
    expect(made.run('admin admin user')).toBe('deadlock');
    expect(described(made.machine)).toEqual([
      'admin waits for event last reference dropped of user, holds zdev->lock',
      'user waits for lock zdev->lock of admin',
    ]);
    expect(made.machine.deadlock!.stuck.map(({ edge }) => edge)).toEqual(['event', 'lock']);
  });

  test('say when waiting for ever is what the kernel promises', () => {
    const run = (byDesign: boolean) => {
      const made = new HandMade();
      const event = new EventFd(made.machine, 'eventfd', {
        event: 'the answer',
        wakers: () => [],
        unboundedByDesign: () => byDesign,
      });
      made.actor('W', function* () {
        yield event.wait;
        return 0;
      });
      made.run();
      return made.machine.deadlock!.stuck.map((stuck) => stuck.byDesign);
    };
    expect(run(true)).toEqual([true]);
    expect(run(false)).toEqual([false]);
  });
});

describe('killable waits', () => {
  /** B of a process waits killably for what A holds for ever. */
  function heldForEver(others: (made: HandMade, process: Process) => void) {
    const made = new HandMade();
    const process = new Process(made.machine, 'the VMM');
    const mutex = new Mutex(made.machine, 'mutex');
    let result: number | null = null;
    made.actor('A', function* () {
      yield mutex.acquire;
      return null;
    });
    made.member(process, 'B', function* () {
      result = yield mutex.acquireKillable;
      return result;
    });
    others(made, process);
    return { made, result: () => result };
  }

  test('are not stuck while a killer may come', () => {
    const { made, result } = heldForEver((world, process) => {
      world.actor('K', function* () {
        yield process.kill;
        return 0;
      });
    });
    expect(made.run('A A B K K B')).toBe('finished');
    expect(made.machine.deadlock).toBeNull();
    expect(result()).toBe(-EINTR);
  });

  test('are stuck once nobody is left to kill', () => {
    const { made } = heldForEver(() => {});
    expect(made.run('A A B')).toBe('deadlock');
    expect(made.machine.deadlock!.stuck.map(({ thread, killable }) => [thread.name, killable])).toEqual([
      ['B', true],
    ]);
  });

  test('do not hope for a thread of the same process to kill it', () => {
    const { made } = heldForEver((world, process) => {
      world.member(process, 'C', spinning(new Cell(world.machine, 'cell', 0)));
    });
    expect(made.run('A A B', 20)).toBe('deadlock');
    expect(made.machine.deadlock!.step).toBe(2);
  });
});

describe('broken contracts', () => {
  test('a step that its object does not know is refused', () => {
    const refused = (use: (machine: Machine) => { object: SharedObject; access: Access }) => {
      const made = new HandMade();
      const { object, access } = use(made.machine);
      made.actor('A', function* () {
        yield stepOf(object.id, access);
        return 0;
      });
      return () => made.run();
    };
    const cause = { event: 'event', wakers: () => [] };
    expect(
      refused((machine) => ({ object: new EventFd(machine, 'event', cause), access: Access.release })),
    ).toThrow(`event cannot be used with access ${Access.release}`);
    expect(refused((machine) => ({ object: new Mutex(machine, 'mutex'), access: Access.signal }))).toThrow(
      `mutex cannot be used with access ${Access.signal}`,
    );
    expect(
      refused((machine) => ({ object: new RwSemaphore(machine, 'semaphore'), access: Access.signal })),
    ).toThrow(`semaphore cannot be used with access ${Access.signal}`);
  });
});
