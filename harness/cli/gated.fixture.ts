import type { Machine, StartOperation } from '../machine/machine.ts';
import { Cell } from '../machine/shared.ts';
import type { CodePath } from '../machine/step.ts';
import type { Expectation } from '../model/expectation.ts';
import type { World } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Property } from '../model/property.ts';
import { defineSeries } from '../model/series.ts';
import type { Source } from '../model/source.ts';

/** A counter whose states are as expected, or not, each in another way. A module of its own, since workers load it. */
const posted = (date: string): Source => ({ status: 'posted', date, messageId: `${date}@gated` });
const inferred: Source = { status: 'inferred', note: 'for tests' };
const mutant: Source = { status: 'mutant' };

interface GatedKernel {
  readonly increment: (world: GatedWorld, amount: number) => CodePath<number>;
  /** Fact: whether the tree has what the second patch needs. */
  readonly exported: boolean;
}

class GatedWorld implements World {
  readonly counter: Cell<number>;
  readonly start: StartOperation;
  added = 0;
  /** Returned values below zero. */
  negative = 0;

  constructor(machine: Machine, kernel: GatedKernel) {
    this.counter = new Cell(machine, 'counter', 0);
    const world = this;
    this.start = function* (_thread, call) {
      const amount = call.work.argument as number;
      const ret = yield* kernel.increment(world, amount);
      world.added += amount;
      if (ret < 0) world.negative++;
      return ret;
    };
  }

  reset(): void {
    this.added = 0;
    this.negative = 0;
  }

  processOf(): null {
    return null;
  }

  device(): [] {
    return [];
  }
}

const patch = (
  id: string,
  change: (kernel: GatedKernel) => Partial<GatedKernel>,
  source: Source = inferred,
): Patch<GatedKernel> => ({
  id,
  subject: `gated: ${id}`,
  source,
  apply: (kernel) => ({ ...kernel, ...change(kernel) }),
});

/** Reads, and writes in another step: what happens between is lost. */
const base: GatedKernel = {
  exported: true,
  *increment({ counter }, amount) {
    yield counter.read;
    const before = counter.value;
    yield counter.write;
    counter.value = before + amount;
    return before;
  },
};

const atomic = patch('1/2', () => ({
  *increment({ counter }, amount) {
    yield counter.update;
    const before = counter.value;
    counter.value = before + amount;
    return before;
  },
}));
const unexported = patch('2/2', () => ({ exported: false }));
const twoSteps = patch('two-steps', () => ({ increment: base.increment }));
/** One call is enough, if it is the right one. */
const negativeAt = (amounts: readonly number[]) =>
  patch('negative', ({ increment }) => ({
    *increment(world, amount) {
      const before = yield* increment(world, amount);
      return amounts.includes(amount) ? -before - 1 : before;
    },
  }));

const noLostUpdate: Property<GatedWorld> = {
  id: 'no-lost-update',
  claim: 'the counter is the sum of all increments that returned',
  source: inferred,
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

const neverNegative: Property<GatedWorld> = {
  id: 'never-returns-negative',
  claim: 'what is returned was in the counter, which is never below zero',
  source: inferred,
  check({ machine, evidence }, report) {
    if (evidence.negative > 0) {
      report('negative-return', machine.steps, () => ({
        message: 'A negative value is returned.',
        expected: ['0 or more'],
        actual: ['below 0'],
      }));
    }
    return evidence.added > 0;
  },
};

/** As if its report had been lost in a change: it is exercised, and never says anything. */
const blind: Property<GatedWorld> = {
  id: 'blind',
  claim: 'whatever it was that was judged before somebody broke the judge',
  source: inferred,
  check: ({ evidence }) => evidence.added > 0,
};

const reviewed = { status: 'proposed in review', date: '2025-06-01', messageId: 'review@gated' } as const;

const expectations: readonly Expectation[] = [
  {
    property: 'no-lost-update',
    states: ['pre', 'v1+hp', 'pre+mutant-again'],
    verdict: 'violated',
    reason: 'Two steps lose what happens between them.',
    source: reviewed,
  },
  {
    property: 'no-lost-update',
    states: ['v1:2'],
    verdict: 'violated',
    reason: 'The second patch alone does not mend it.',
    source: reviewed,
  },
  {
    property: 'second-patch-links',
    states: ['v1:2', 'v1', 'v1+hp'],
    verdict: 'violated',
    reason: 'It needs what the first patch does not export.',
    source: reviewed,
  },
  {
    property: 'blind',
    states: ['blinded'],
    verdict: 'violated',
    reason: 'Whoever can see sees that it is broken.',
    source: reviewed,
  },
  {
    property: 'no-lost-update',
    states: ['dated'],
    verdict: 'violated',
    reason: 'To be mended soon.',
    source: reviewed,
    expires: '2026-01-01',
  },
];

export const series = defineSeries<GatedKernel, GatedWorld, null, GatedWorld>({
  name: 'gated',
  title: 'A counter that is looked after',
  thread: '',
  base,
  states: [
    {
      id: 'pre',
      aliases: ['base'],
      source: { status: 'merged', date: 'v6.0' },
      about: 'Before.',
      patches: [],
    },
    { id: 'v1', source: posted('2025-01-01'), about: 'As posted.', patches: [atomic, unexported] },
    {
      id: 'v1+hp',
      source: inferred,
      about: 'With a patch.',
      patches: [atomic, unexported],
      extras: [twoSteps],
    },
    {
      id: 'broken',
      source: posted('2025-02-01'),
      about: 'Returns nonsense now and then.',
      patches: [atomic, negativeAt([1, 2, 5])],
    },
    { id: 'blinded', source: posted('2025-03-01'), about: 'Fine.', patches: [atomic] },
    { id: 'dated', source: posted('2025-04-01'), about: 'Two steps again.', patches: [twoSteps] },
    { id: 'pre+mutant-again', source: mutant, about: 'Two steps, too.', patches: [], extras: [twoSteps] },
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
  features: ({ increment }) => new Set(increment === base.increment ? [] : ['changed']),
  properties: [noLostUpdate, neverNegative, { ...blind, requires: ['changed'] }],
  stateClaims: [
    {
      id: 'second-patch-links',
      claim: 'what the second patch calls is exported',
      source: inferred,
      check({ exported }, report) {
        if (exported) return;
        report('does-not-link', {
          message: 'The second patch needs what nobody exports.',
          expected: ['links'],
          actual: ['undefined symbol'],
          source: inferred,
        });
      },
    },
  ],
  expectations,
  compile: ({ amount }) => amount,
  configure: () => null,
  createWorld: (machine, kernel) => new GatedWorld(machine, kernel),
});
