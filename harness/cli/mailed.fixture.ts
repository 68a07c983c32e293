import { Mutex } from '../machine/locks.ts';
import type { Machine, StartOperation } from '../machine/machine.ts';
import { Cell } from '../machine/shared.ts';
import type { CodePath } from '../machine/step.ts';
import type { World } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import { defineSeries } from '../model/series.ts';
import type { Source } from '../model/source.ts';

/** A counter whose patches were mailed, each breaking or mending something. A module of its own, since workers load it. */
const posted = (date: string, patch: number): Source => ({
  status: 'posted',
  date,
  messageId: `${date}-${patch}@mailed`,
});

interface MailedKernel {
  readonly add: (world: MailedWorld, amount: number) => CodePath<number>;
  /** What is returned for this amount. */
  readonly answer: (amount: number) => number;
  /** Fact: whether all of it builds. */
  readonly builds: boolean;
}

class MailedWorld implements World {
  readonly counter: Cell<number>;
  readonly lock: Mutex;
  readonly start: StartOperation;
  added = 0;
  wrong = 0;
  odd = 0;

  constructor(machine: Machine, kernel: MailedKernel) {
    this.counter = new Cell(machine, 'counter', 0);
    this.lock = new Mutex(machine, 'counter lock');
    const world = this;
    this.start = function* (_thread, call) {
      const amount = call.work.argument as number;
      yield* kernel.add(world, amount);
      world.added += amount;
      const ret = kernel.answer(amount);
      if (ret !== 0) world.wrong++;
      if (ret === 7) world.odd++;
      return ret;
    };
  }

  reset(): void {
    this.added = 0;
    this.wrong = 0;
    this.odd = 0;
  }

  processOf(): null {
    return null;
  }

  device(): [] {
    return [];
  }
}

const base: MailedKernel = {
  builds: true,
  *add({ counter }, amount) {
    yield counter.update;
    counter.value += amount;
    return 0;
  },
  answer: (amount) => (amount === 9 ? 5 : 0),
};

const patch = (
  id: string,
  subject: string,
  source: Source,
  change: (kernel: MailedKernel) => Partial<MailedKernel> | null,
): Patch<MailedKernel> => ({
  id,
  subject,
  source,
  apply: (kernel) => {
    const changed = change(kernel);
    return changed === null ? kernel : { ...kernel, ...changed };
  },
});

/** Reads, and writes in another step: what happens between is lost. */
const twoSteps = patch('1/4', 'counter: add in two steps', posted('2025-01-01', 1), () => ({
  *add({ counter }, amount) {
    yield counter.read;
    const before = counter.value;
    yield counter.write;
    counter.value = before + amount;
    return 0;
  },
}));
const locked = patch('2/4', 'counter: do so under a lock', posted('2025-01-01', 2), ({ add }) => ({
  *add(world, amount) {
    yield world.lock.acquire;
    yield* add(world, amount);
    yield world.lock.release;
    return 0;
  },
}));
const document = patch('3/4', 'counter: document that', posted('2025-01-01', 3), () => null);
const unexported = patch('4/4', 'counter: do not export it', posted('2025-01-01', 4), () => ({
  builds: false,
}));
const otherAnswer = patch('1/1', 'counter: another answer', posted('2025-03-01', 1), () => ({
  answer: (amount) => (amount === 9 ? 7 : 0),
}));
const mended = patch('top', 'counter: always answer 0', posted('2025-04-01', 1), () => ({ answer: () => 0 }));

export const series = defineSeries<MailedKernel, MailedWorld, null, MailedWorld>({
  name: 'mailed',
  title: 'A counter that came by mail',
  thread: '2025-01-01-0@mailed',
  files: ['lib/counter.c', 'lib/counters/'],
  base,
  states: [
    { id: 'pre', source: { status: 'merged', date: 'v6.0' }, about: 'Before.', patches: [] },
    {
      id: 'v1',
      source: posted('2025-01-01', 0),
      about: 'As posted.',
      patches: [twoSteps, locked, document, unexported],
    },
    { id: 'v2', source: posted('2025-03-01', 0), about: 'Something else.', patches: [otherAnswer] },
    { id: 'top', source: mended.source, about: 'On top of pre.', patches: [], extras: [mended] },
    {
      id: 'lone',
      source: posted('2025-05-01', 0),
      about: 'On top of what has no name.',
      patches: [],
      extras: [twoSteps, otherAnswer],
    },
  ],
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
      source: { status: 'inferred' },
      check({ machine, evidence }, report) {
        if (evidence.counter.value !== evidence.added) {
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
      id: 'answers-zero',
      claim: 'what is added is answered with 0',
      source: { status: 'inferred' },
      check({ machine, evidence }, report) {
        if (evidence.wrong > 0) {
          report(evidence.odd > 0 ? 'seven' : 'five', machine.steps, () => ({
            message: 'The answer is wrong.',
            expected: ['0'],
            actual: ['another number'],
          }));
        }
        return machine.returned.length > 0;
      },
    },
  ],
  stateClaims: [
    {
      id: 'all-of-it-builds',
      claim: 'it builds',
      source: { status: 'inferred' },
      check({ builds }, report) {
        if (builds) return;
        report('does-not-build', {
          message: 'Nobody exports what it needs.',
          expected: ['builds'],
          actual: ['undefined symbol'],
          source: { status: 'inferred' },
        });
      },
    },
  ],
  compile: ({ amount }) => amount,
  configure: () => null,
  createWorld: (machine, kernel) => new MailedWorld(machine, kernel),
});
