import { Mutex } from '../machine/locks.ts';
import type { Machine, StartOperation } from '../machine/machine.ts';
import { Cell } from '../machine/shared.ts';
import type { CodePath } from '../machine/step.ts';
import type { World } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import { defineSeries } from '../model/series.ts';
import type { Source } from '../model/source.ts';

/** A counter under a lock, with claims that see some of its weaknesses. A module of its own, since workers load it. */
const source: Source = { status: 'posted', date: '2025-01-01', messageId: 'v1@weakened' };

interface WeakKernel {
  /** Fact: whether it keeps a log. */
  readonly logs: boolean;
  /** Facts that nothing to weaken is in: one that no code looks at, and one that neither it nor its base has. */
  readonly spare: boolean;
  readonly future: boolean;
  readonly counter_add: (world: WeakWorld, amount: number) => CodePath<number>;
  readonly counter_check: (amount: number) => number;
  readonly counter_log: (world: WeakWorld) => CodePath<void>;
}

class WeakWorld implements World {
  readonly lock: Mutex;
  readonly counter: Cell<number>;
  readonly log: Cell<number>;
  readonly logLock: Mutex;
  readonly kernel: WeakKernel;
  readonly start: StartOperation;
  added = 0;
  /** Amounts too large that were taken. */
  overflows = 0;

  constructor(machine: Machine, kernel: WeakKernel) {
    this.lock = new Mutex(machine, 'counter lock');
    this.counter = new Cell(machine, 'counter', 0);
    this.log = new Cell(machine, 'log', 0);
    this.logLock = new Mutex(machine, 'log lock');
    this.kernel = kernel;
    const world = this;
    this.start = function* (_thread, call) {
      const amount = call.work.argument as number;
      const ret = yield* kernel.counter_add(world, amount);
      if (ret === 0) world.added += amount;
      if (ret === 0 && amount > 5) world.overflows++;
      return ret;
    };
  }

  reset(): void {
    this.added = 0;
    this.overflows = 0;
  }

  processOf(): null {
    return null;
  }

  device(): [] {
    return [];
  }
}

const base: WeakKernel = {
  logs: true,
  spare: true,
  future: false,
  *counter_add({ counter }, amount) {
    yield counter.read;
    const before = counter.value;
    yield counter.write;
    counter.value = before + amount;
    return 0;
  },
  counter_check: (amount) => (amount > 5 ? -22 : 0),
  *counter_log({ kernel, log, logLock }) {
    if (!kernel.logs || kernel.future) return;
    yield logLock.acquire;
    yield log.update;
    log.value++;
    yield logLock.release;
  },
};

const locked: Patch<WeakKernel> = {
  id: '1/1',
  subject: 'counter: lock it, and look at what is added',
  source,
  apply: (kernel) => ({
    ...kernel,
    *counter_add(world, amount) {
      const { counter, lock } = world;
      const ret = world.kernel.counter_check(amount);
      if (ret < 0) return ret;
      yield lock.acquire;
      yield counter.read;
      const before = counter.value;
      yield counter.write;
      counter.value = before + amount;
      yield* world.kernel.counter_log(world);
      yield lock.release;
      return 0;
    },
  }),
};

export const series = defineSeries<WeakKernel, WeakWorld, null, WeakWorld>({
  name: 'weakened',
  title: 'A counter that is weakened',
  thread: '',
  base,
  states: [{ id: 'v1', source, about: 'As posted.', patches: [locked] }],
  operations: [
    {
      name: 'add',
      role: 'user',
      weight: 1,
      about: 'adds to the counter',
      fields: { amount: { kind: 'integer', min: 1, max: 9, values: [1, 9], about: 'how much' } },
    },
  ],
  world: {},
  features: () => new Set(),
  properties: [
    {
      id: 'no-lost-update',
      claim: 'the counter is the sum of all that was added',
      source,
      check({ machine, evidence }, report) {
        if (machine.threads.every(({ path }) => path === null) && evidence.counter.value !== evidence.added) {
          report('update-lost', machine.steps, () => ({
            message: 'An update is lost.',
            expected: [`counter ${evidence.added}`],
            actual: [`counter ${evidence.counter.value}`],
          }));
        }
        return evidence.added > 0;
      },
    },
    {
      id: 'no-overflow',
      claim: 'nothing above 5 is added',
      source,
      check({ machine, evidence }, report) {
        if (evidence.overflows > 0) {
          report('overflow', machine.steps, () => ({
            message: 'Too much was added.',
            expected: ['-22'],
            actual: ['0'],
          }));
        }
        return machine.returned.length > 0;
      },
    },
  ],
  survivors: [
    { mutations: ['drop-call(counter_log)'], reason: 'No claim is about the log.' },
    { mutations: ['drop-lock(counter_add, counter lock)'], reason: 'Once upon a time nothing saw it.' },
  ],
  compile: ({ amount }) => amount,
  configure: () => null,
  createWorld: (machine, kernel) => new WeakWorld(machine, kernel),
});
