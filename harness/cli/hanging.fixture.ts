import type { Machine, StartOperation } from '../machine/machine.ts';
import { Cell } from '../machine/shared.ts';
import type { CodePath } from '../machine/step.ts';
import type { World } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Property } from '../model/property.ts';
import { defineSeries } from '../model/series.ts';
import type { Source } from '../model/source.ts';

/** A counter whose states each hang in another way. A module of its own, since workers load it. */
const source: Source = { status: 'inferred', note: 'for tests' };

interface HangingKernel {
  readonly increment: (world: HangingWorld, amount: number) => CodePath<number>;
}

class HangingWorld implements World {
  readonly counter: Cell<number>;
  readonly machine: Machine;
  readonly start: StartOperation;
  added = 0;

  constructor(machine: Machine, kernel: HangingKernel) {
    this.machine = machine;
    this.counter = new Cell(machine, 'counter', 0);
    const world = this;
    this.start = function* (_thread, call) {
      const amount = call.work.argument as number;
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

function hang(): never {
  for (;;);
}

/** Increments without a lock, and hangs where asked to, between its read and its write. */
const hangingIf = (
  id: string,
  isHanging: (world: HangingWorld, amount: number, before: number) => boolean,
): Patch<HangingKernel> => ({
  id,
  subject: `hang: ${id}`,
  source,
  apply: (kernel) => ({
    ...kernel,
    *increment(world, amount) {
      const { counter } = world;
      yield counter.read;
      const before = counter.value;
      yield counter.write;
      if (isHanging(world, amount, before)) hang();
      counter.value = before + amount;
      return before;
    },
  }),
});

/** The counterexample that a lost update shrinks to. */
const isSmallest = ({ machine: { threads } }: HangingWorld): boolean =>
  threads.length === 2 && threads.every(({ work }) => work.length === 1 && work[0]!.argument === 1);

const noLostUpdate: Property<HangingWorld> = {
  id: 'no-lost-update',
  claim: 'the counter is the sum of all increments that returned',
  source,
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
};

const neverJudged: Property<HangingWorld> = {
  id: 'never-judged',
  claim: 'whatever is there once the counter is above 12',
  source,
  requires: ['judge'],
  check: ({ evidence }) => evidence.counter.value > 12 && hang(),
};

const base = hangingIf('base', () => false).apply({} as HangingKernel);

export const series = defineSeries<HangingKernel, HangingWorld, null, HangingWorld>({
  name: 'hanging',
  title: 'A counter that hangs',
  thread: '',
  base,
  states: [
    { id: 'sound', source, about: 'Never hangs.', patches: [] },
    {
      id: 'race',
      source,
      about: 'Hangs where five are lost.',
      patches: [hangingIf('race', ({ counter }, amount, before) => amount === 5 && counter.value !== before)],
    },
    {
      id: 'rare',
      source,
      about: 'Hangs at amounts that are hardly ever asked for.',
      patches: [hangingIf('rare', (_, amount) => amount > 97)],
    },
    { id: 'always', source, about: 'Hangs.', patches: [hangingIf('always', () => true)] },
    { id: 'smallest', source, about: 'Hangs when shrunk.', patches: [hangingIf('smallest', isSmallest)] },
    { id: 'claim', source, about: 'Hangs when judged.', patches: [hangingIf('claim', () => false)] },
  ],
  operations: [
    {
      name: 'increment',
      role: 'user',
      weight: 1,
      about: 'adds to the counter',
      fields: { amount: { kind: 'integer', min: 1, max: 100, values: [1, 2, 5], about: 'how much' } },
    },
  ],
  world: {},
  features: ({ increment }) => new Set(increment === base.increment ? [] : ['judge']),
  properties: [noLostUpdate, neverJudged],
  compile: ({ amount }) => amount,
  configure: () => null,
  createWorld: (machine, kernel) => new HangingWorld(machine, kernel),
});
