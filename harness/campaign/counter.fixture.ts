import { Mutex } from '../machine/locks.ts';
import type { Machine, StartOperation } from '../machine/machine.ts';
import { Cell } from '../machine/shared.ts';
import type { CodePath } from '../machine/step.ts';
import type { World } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Property } from '../model/property.ts';
import { defineSeries } from '../model/series.ts';
import type { Source } from '../model/source.ts';

const source: Source = { status: 'inferred', note: 'for tests' };

/** The smallest series with a race in it: actors increment a counter, and the base takes no lock for that. */
interface CounterKernel {
  readonly increment: (world: CounterWorld, amount: number) => CodePath<number>;
  readonly peek: (world: CounterWorld) => CodePath<number>;
}

class CounterWorld implements World {
  readonly counter: Cell<number>;
  readonly lock: Mutex;
  readonly start: StartOperation;
  /** Sum of the increments that returned. */
  added = 0;

  constructor(machine: Machine, kernel: CounterKernel) {
    this.counter = new Cell(machine, 'counter', 0);
    this.lock = new Mutex(machine, 'lock');
    const world = this;
    this.start = function* (_thread, call) {
      const amount = call.work.argument as number;
      if (amount === 0) return yield* kernel.peek(world);
      const ret = yield* kernel.increment(world, amount);
      world.added += amount;
      return ret;
    };
  }

  reset(): void {
    this.added = 0;
  }

  processOf(): null {
    return null;
  }

  device(): [] {
    return [];
  }
}

const base: CounterKernel = {
  *increment({ counter }, amount) {
    yield counter.read;
    const before = counter.value;
    yield counter.write;
    counter.value = before + amount;
    return before;
  },
  *peek({ counter }) {
    yield counter.read;
    return counter.value;
  },
};

const takeLock: Patch<CounterKernel> = {
  id: '1/1',
  subject: 'counter: take the lock',
  source,
  apply: (kernel) => ({
    ...kernel,
    *increment(world, amount) {
      yield world.lock.acquire;
      const before = yield* kernel.increment(world, amount);
      yield world.lock.release;
      return before;
    },
  }),
};

const noLostUpdate: Property<CounterWorld> = {
  id: 'no-lost-update',
  claim: 'the counter is the sum of all increments that returned',
  source,
  check({ machine, evidence }, report) {
    if (evidence.added === 0) return false;
    if (evidence.counter.value !== evidence.added) {
      report('update-lost', machine.steps, () => ({
        message: `The counter is ${evidence.counter.value}, the increments are ${evidence.added}.`,
        expected: [`counter ${evidence.added}`],
        actual: [`counter ${evidence.counter.value}`],
      }));
    }
    return true;
  },
};

const neverExercised: Property<CounterWorld> = {
  id: 'never-exercised',
  claim: 'whatever happens when the counter is below zero, which it never is',
  source,
  check: ({ evidence }) => evidence.counter.value < 0,
};

export const counterSeries = defineSeries<CounterKernel, CounterWorld, null, CounterWorld>({
  name: 'counter',
  title: 'A counter',
  thread: '',
  base,
  states: [
    { id: 'unlocked', source, about: 'Increments take no lock.', patches: [] },
    { id: 'locked', source, about: 'Increments take the lock.', patches: [takeLock] },
  ],
  operations: [
    { name: 'peek', role: 'user', weight: 3, about: 'reads the counter', fields: {} },
    {
      name: 'increment',
      role: 'user',
      weight: 5,
      about: 'adds to the counter',
      fields: { amount: { kind: 'integer', min: 1, max: 100, values: [1, 2, 5], about: 'how much' } },
    },
  ],
  world: {},
  features: () => new Set(),
  properties: [noLostUpdate, neverExercised],
  compile: ({ amount }) => (typeof amount === 'number' ? amount : 0),
  configure: () => null,
  createWorld: (machine, kernel) => new CounterWorld(machine, kernel),
});
