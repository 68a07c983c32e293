import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { Replay } from '../explore/replay.ts';
import type { Operation } from '../model/model.ts';
import { type Benches, compileProgram, execute, lockOrderOf } from './execute.ts';
import { HandMade, type Path } from './hand-made.fixture.ts';
import { type LockAsk, type LockOrderRecord, mergeLockOrders, NO_LOCK_ORDER } from './lock-order.ts';
import { predictDeadlocks } from './lock-order-cycles.ts';
import { type ExclusiveLock, Mutex, RwSemaphore } from './locks.ts';
import { Process } from './process.ts';
import type { Step } from './step.ts';

/** Takes these steps one after the other. */
const steps = (...list: readonly Step[]): Path =>
  function* () {
    for (const step of list) yield step;
    return 0;
  };

/** Takes the locks in order and lets go of them in the opposite one. */
const nested = (...locks: readonly (ExclusiveLock | RwSemaphore)[]): Path =>
  steps(...locks.map(({ acquire }) => acquire), ...[...locks].reverse().map(({ release }) => release));

function locks() {
  const made = new HandMade();
  const mutex = (name: string) => new Mutex(made.machine, name);
  return { made, a: mutex('a'), b: mutex('b'), c: mutex('c'), gate: mutex('gate') };
}

/** `A holds a, asks for b; B holds b, asks for a`, for each deadlock predicted after a run. */
function predicted(made: HandMade): string[] {
  return predictDeadlocks(made.machine.lockOrder.record()).map(({ threads, writers }) =>
    [
      ...threads.map(({ actor, held, asks }) => `${actor} holds ${held.lock}, asks for ${asks.lock}`),
      ...writers.map(({ actor, lock }) => `${actor} writes ${lock}`),
    ].join('; '),
  );
}

/** `x+y -> z: A B`. */
const orders = ({ asks }: LockOrderRecord): string[] =>
  asks.map(
    (ask: LockAsk) =>
      `${ask.holds.map(({ lock }) => lock).join('+')} -> ${ask.asks.lock}: ${ask.by.map(({ actor }) => actor).join(' ')}`,
  );

describe('a deadlock is predicted', () => {
  test('from two threads that ran one after the other', () => {
    const { made, a, b } = locks();
    made.actor('A', nested(a, b));
    made.actor('B', nested(b, a));
    expect(made.run()).toBe('finished');
    expect(predicted(made)).toEqual(['A holds a, asks for b; B holds b, asks for a']);
  });

  test('from three threads and three locks', () => {
    const { made, a, b, c } = locks();
    made.actor('A', nested(a, b));
    made.actor('B', nested(b, c));
    made.actor('C', nested(c, a));
    expect(made.run()).toBe('finished');
    expect(predicted(made)).toEqual(['A holds a, asks for b; B holds b, asks for c; C holds c, asks for a']);
  });

  test('from a lock taken by trylock, under which another one is waited for', () => {
    const { made, a, b } = locks();
    made.actor('A', steps(a.tryAcquire, b.acquire, b.release, a.release));
    made.actor('B', nested(b, a));
    made.run();
    expect(predicted(made)).toEqual(['A holds a, asks for b; B holds b, asks for a']);
  });

  test('from a killable request', () => {
    const { made, a, b } = locks();
    made.actor('A', steps(a.acquire, b.acquireKillable, b.release, a.release));
    made.actor('B', nested(b, a));
    made.run();
    expect(predicted(made)).toHaveLength(1);
  });

  test('where each has a gate, and not the same one', () => {
    const { made, a, b, c, gate } = locks();
    made.actor('A', nested(gate, a, b));
    made.actor('B', nested(c, b, a));
    made.run();
    expect(predicted(made)).toHaveLength(1);
  });

  test('where the gate is a semaphore that both read', () => {
    const { made, a, b } = locks();
    const gate = new RwSemaphore(made.machine, 'rwsem');
    const under = (first: Mutex, second: Mutex) =>
      steps(
        gate.acquireShared,
        first.acquire,
        second.acquire,
        second.release,
        first.release,
        gate.releaseShared,
      );
    made.actor('A', under(a, b));
    made.actor('B', under(b, a));
    made.run();
    expect(predicted(made)).toHaveLength(1);
  });

  test('where a thread lets go of an outer lock before an inner one', () => {
    const { made, a, b, gate } = locks();
    // The gate is gone when b is asked for.
    made.actor('A', steps(gate.acquire, a.acquire, gate.release, b.acquire, b.release, a.release));
    made.actor('B', nested(gate, b, a));
    made.run();
    expect(predicted(made)).toHaveLength(1);
  });
});

describe('no deadlock is predicted', () => {
  test('where all take the locks in one order', () => {
    const { made, a, b } = locks();
    made.actor('A', nested(a, b));
    made.actor('B', nested(a, b));
    made.run();
    expect(predicted(made)).toEqual([]);
    expect(orders(made.machine.lockOrder.record())).toEqual(['a -> b: A B']);
  });

  test('where a common gate keeps the threads apart', () => {
    const { made, a, b, gate } = locks();
    made.actor('A', nested(gate, a, b));
    made.actor('B', nested(gate, b, a));
    made.run();
    expect(predicted(made)).toEqual([]);
  });

  test('where one of them only tries', () => {
    const { made, a, b } = locks();
    made.actor('A', nested(a, b));
    made.actor('B', function* () {
      yield b.acquire;
      if ((yield a.tryAcquire) === 1) yield a.release;
      yield b.release;
      return 0;
    });
    made.run();
    expect(predicted(made)).toEqual([]);
  });

  test('where the same thread does both', () => {
    const { made, a, b } = locks();
    made.actor('A', nested(a, b), nested(b, a));
    made.run();
    expect(predicted(made)).toEqual([]);
  });

  test('where one thread had waited until the process of the other was gone', () => {
    const { made, a, b } = locks();
    const process = new Process(made.machine, 'the VMM');
    made.member(process, 'A', nested(a, b));
    made.actor('B', steps(process.wait, b.acquire, a.acquire, a.release, b.release));
    made.run();
    expect(predicted(made)).toEqual([]);
  });

  test('where an execution closed the cycle: a claim reports that', () => {
    const { made, a, b } = locks();
    made.actor('A', nested(a, b));
    made.actor('B', nested(b, a));
    expect(made.run('A A B B')).toBe('deadlock');
    expect(predicted(made)).toEqual([]);
    expect(made.machine.lockOrder.record().closed).toEqual([['a', 'b']]);
  });
});

describe('readers of a semaphore', () => {
  function readers(writer: boolean) {
    const made = new HandMade();
    const [a, b] = [new RwSemaphore(made.machine, 'a'), new RwSemaphore(made.machine, 'b')];
    const read = (first: RwSemaphore, second: RwSemaphore) =>
      steps(first.acquireShared, second.acquireShared, second.releaseShared, first.releaseShared);
    made.actor('A', read(a, b));
    made.actor('B', read(b, a));
    if (writer) made.actor('W', nested(a));
    return { made, b };
  }

  test('never wait for each other where nobody writes', () => {
    const { made } = readers(false);
    made.run();
    expect(predicted(made)).toEqual([]);
  });

  test('need a writer of each of the two', () => {
    const { made } = readers(true);
    made.run();
    expect(predicted(made)).toEqual([]);
    const both = readers(true);
    both.made.actor('X', nested(both.b));
    both.made.run();
    expect(predicted(both.made)).toEqual([
      'A holds a, asks for b; B holds b, asks for a; W writes a; X writes b',
    ]);
  });

  test('can deadlock on one semaphore, read twice around a writer', () => {
    const made = new HandMade();
    const a = new RwSemaphore(made.machine, 'a');
    made.actor('A', steps(a.acquireShared, a.acquireShared, a.releaseShared, a.releaseShared));
    made.actor('W', nested(a));
    made.run();
    expect(predicted(made)).toEqual(['A holds a, asks for a; W writes a']);
  });

  test('are waited for by a writer who holds what they want', () => {
    const made = new HandMade();
    const a = new RwSemaphore(made.machine, 'a');
    const b = new Mutex(made.machine, 'b');
    made.actor('A', steps(a.acquireShared, b.acquire, b.release, a.releaseShared));
    made.actor('B', nested(b, a));
    made.run();
    expect(predicted(made)).toEqual(['A holds a, asks for b; B holds b, asks for a']);
  });

  test('still hold what they read twice when they let go of it once', () => {
    const made = new HandMade();
    const a = new RwSemaphore(made.machine, 'a');
    const b = new Mutex(made.machine, 'b');
    made.actor(
      'A',
      steps(a.acquireShared, a.acquireShared, a.releaseShared, b.acquire, b.release, a.releaseShared),
    );
    made.run();
    expect(orders(made.machine.lockOrder.record())).toEqual(['a -> a: A', 'a -> b: A']);
  });
});

describe('what was held', () => {
  test('is told apart for more locks than there are bits, and for locks of one name', () => {
    const made = new HandMade();
    const many = Array.from({ length: 40 }, (_, at) => new Mutex(made.machine, `m${at + 10}`));
    const twins = [new Mutex(made.machine, 'twin'), new Mutex(made.machine, 'twin')];
    made.actor('A', nested(many[38]!, many[39]!), nested(many[39]!, twins[1]!), nested(twins[1]!, many[0]!));
    made.actor('B', nested(many[39]!, many[38]!), nested(many[0]!, many[39]!));
    made.run();
    expect(orders(made.machine.lockOrder.record())).toEqual([
      'twin -> m10: A',
      'm49 -> m48: B',
      'm10 -> m49: B',
      'm48 -> m49: A',
      'm49 -> twin: A',
    ]);
    // Not m10, m49, twin: A would have to hold two of them at once.
    expect(predicted(made)).toEqual(['A holds m48, asks for m49; B holds m49, asks for m48']);
  });
});

describe('records', () => {
  const use = (lock: string) => ({ lock, shared: false });
  const by = (actor: string, operation = 'op') => ({ actor, operation, process: null, after: null });
  const ask = (holds: readonly string[], asks: string, ...askers: ReturnType<typeof by>[]): LockAsk => ({
    holds: holds.map(use),
    asks: use(asks),
    by: askers,
  });

  test('merge to the same, whatever their order and cut', () => {
    const all = [
      { locks: ['b'], asks: [ask(['b', 'g'], 'a', by('B'))], closed: [['x', 'y']] },
      { locks: ['a'], asks: [ask(['g', 'b'], 'a', by('A', 'z'))], closed: [] },
      { locks: ['a', 'g'], asks: [ask(['b', 'g'], 'a', by('A', 'y')), ask(['a'], 'b', by('A'))], closed: [] },
    ];
    const whole = mergeLockOrders(all);
    expect(whole).toEqual({
      locks: ['a', 'b', 'g'],
      asks: [ask(['b', 'g'], 'a', by('A', 'y'), by('B')), ask(['a'], 'b', by('A'))],
      closed: [['x', 'y']],
    });
    expect(mergeLockOrders([...all].reverse())).toEqual(whole);
    expect(mergeLockOrders([all[1]!, mergeLockOrders([all[2]!, all[0]!])])).toEqual(whole);
    expect(mergeLockOrders([])).toEqual(NO_LOCK_ORDER);
    expect(structuredClone(whole)).toEqual(whole);
  });

  test('are those of all executions on the benches of a search', () => {
    const model = zpciIo.model('mainline+mutant-blocking-reset')!;
    const benches: Benches = new Map();
    const buffer = new Uint8Array(1000);
    // Each alone: the power-off and the close of the killed VMM never meet.
    for (const op of ['power_off', 'kill']) {
      const ops: Operation[] = [{ actor: op === 'kill' ? 'admin1' : 'admin', op }];
      for (const instruments of [undefined, {}]) {
        const program = compileProgram(model, {}, ops, benches);
        expect(execute(program, new Replay([]), 1000, buffer, instruments).outcome).toBe('finished');
      }
    }
    const record = lockOrderOf(benches);
    expect(record.closed).toEqual([]);
    expect(predictDeadlocks(record)).toMatchObject([
      {
        locks: ['dev->mutex', 'zdev->state_lock'],
        threads: [
          { actor: 'exit', held: { lock: 'dev->mutex' }, asks: { lock: 'zdev->state_lock' } },
          { actor: 'admin', held: { lock: 'zdev->state_lock' }, asks: { lock: 'dev->mutex' } },
        ],
      },
    ]);
  });
});
