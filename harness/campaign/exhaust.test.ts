import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { BruteForce } from '../explore/brute-force.fixture.ts';
import { byDefault } from '../explore/default-rule.ts';
import { compileProgram, execute } from '../machine/execute.ts';
import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';
import type { Model, World } from '../model/model.ts';
import type { Property } from '../model/property.ts';
import { record } from '../scenario/recording.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { counterSeries } from './counter.fixture.ts';
import {
  type ExhaustChunk,
  type ExhaustOptions,
  exhaustChunk,
  isShorter,
  type ShortestScenario,
  scenariosOf,
} from './exhaust.ts';
import {
  describeBound,
  type ExploredBound,
  mergeFoundOf,
  mergeVerify,
  type VerifyResult,
} from './exhausted.ts';

const unlocked = counterSeries.model('unlocked')!;
const locked = counterSeries.model('locked')!;
const v2 = zpciIo.model('v2')!;
const v1hp = zpciIo.model('v1+hp')!;

const optionsFor = (model: Model, changes: Partial<ExhaustOptions> = {}): ExhaustOptions => ({
  stepsMax: 2_000,
  schedulesMax: 2_000,
  preemptionsMax: null,
  properties: model.properties.map(({ id }) => id),
  ...changes,
});

const typical = (ops: number, changes: number): Bound => ({ kind: 'typical', ops, changes });

/** A bound in chunks of one size. */
function explore(
  model: Model,
  bound: Bound,
  options: ExhaustOptions = optionsFor(model),
  size = 1_000_000,
  known: readonly string[] = [],
): ExploredBound {
  const of = scenariosOf(model, bound).length;
  const chunks: ExhaustChunk[] = [];
  for (let from = 0; from < of; from += size) {
    chunks.push(exhaustChunk(model, bound, options, from, Math.min(of, from + size), known));
  }
  return { bound, of, chunks };
}

/** One bound after the other, as `verify MODEL` does. */
function verified(
  model: Model,
  bounds: readonly Bound[],
  options: ExhaustOptions = optionsFor(model),
  size = 1_000_000,
): VerifyResult {
  const explored: ExploredBound[] = [];
  for (const bound of bounds) {
    const known = explored.flatMap(({ chunks }) =>
      mergeFoundOf(chunks).map(({ property, kind }) => `${property} ${kind}`),
    );
    explored.push(explore(model, bound, options, size, known));
  }
  return mergeVerify(model, options, explored, null);
}

/** Without the operations that are named as examples: each chunk has its own. */
const orders = ({ locks, asks, closed }: VerifyResult['lockOrder']) => ({
  locks,
  closed,
  asks: asks.map(({ holds, asks: asked }) => ({ holds, asked })),
});

const found = (result: VerifyResult, property: string) =>
  result.violations.filter((one) => one.property === property);

describe('chunks', () => {
  test.each<{ name: string; model: Model; bounds: readonly Bound[]; claims: number }>([
    { name: 'a counter', model: unlocked, bounds: [typical(1, 2), typical(2, 2), typical(3, 1)], claims: 2 },
    { name: 'a series', model: v2, bounds: [typical(1, 1), typical(2, 0)], claims: 35 },
    {
      name: 'a small world',
      model: v1hp,
      bounds: [typical(1, 0), { kind: 'small world', id: 'unplug-guest' }],
      claims: 35,
    },
  ])('of any size come to the same: $name', ({ model, bounds, claims }) => {
    const whole = verified(model, bounds);
    expect(whole.exhaustive).toBe(true);
    expect(whole.verdicts).toHaveLength(claims);
    expect(whole.violations.length).toBeGreaterThan(0);
    for (const size of [3, 10, 64]) {
      const { lockOrder, ...rest } = verified(model, bounds, optionsFor(model), size);
      expect({ ...rest, lockOrder: orders(lockOrder) }).toEqual({
        ...whole,
        lockOrder: orders(whole.lockOrder),
      });
    }
  });

  test('are plain data, and the same whatever was explored before', () => {
    const bound = typical(2, 0);
    const chunk = exhaustChunk(v2, bound, optionsFor(v2), 20, 60, []);
    exhaustChunk(v2, bound, optionsFor(v2), 0, 20, []);
    expect(exhaustChunk(v2, bound, optionsFor(v2), 20, 60, [])).toEqual(chunk);
    expect(structuredClone(chunk)).toEqual(chunk);
  });

  test('count what they ran', () => {
    const [chunk] = explore(unlocked, typical(2, 0)).chunks;
    // Of peek and increment: four sequences of one actor, three pairs of two.
    expect(chunk).toMatchObject({
      scenarios: 7,
      pruned: 0,
      stepLimits: 0,
      livelocks: 0,
      incomplete: 0,
      deadlocks: 0,
      counted: 7,
    });
    // Alone: 1 each. Together: peek and peek 1 of 6, peek and increment 2 of 10, increment and increment 4 of 20.
    expect(chunk).toMatchObject({ schedules: 4 + 1 + 2 + 4, unreduced: String(4 + 6 + 10 + 20), largest: 4 });
    // Steps of 4 sequences alone, then of each schedule.
    expect(chunk!.steps).toBe(4 + 5 + 5 + 6 + 1 * 4 + 2 * 5 + 4 * 6);
    // An increment is in three sequences of one actor, and in both others.
    expect(chunk!.exercised).toEqual([3 + 2 + 4, 0]);
  });

  test('count each broken claim once for each schedule and sequence, whatever it reports in one', () => {
    const twice: Property<World> = {
      ...unlocked.properties[0]!,
      id: 'twice',
      check({ machine }, report) {
        if (machine.calls.length < 2) return false;
        for (let i = 0; i < 2; i++) report('again', 0, () => ({ message: '', expected: [], actual: [] }));
        return true;
      },
    };
    const model: Model = { ...unlocked, properties: [twice] };
    const [chunk] = explore(model, typical(2, 0)).chunks;
    expect(chunk!.found).toMatchObject([{ schedules: 11, scenarios: 7 }]);
    expect(chunk!.exercised).toEqual([11]);
  });
});

/** Every way in which the counter ends is a way to break this claim: many failures, each with its own shortest. */
const anyEnd: Property<World> = {
  id: 'any-end',
  claim: 'the counter has no value',
  source: { status: 'inferred', note: 'for tests' },
  check({ evidence, machine }, report) {
    const { counter } = evidence as unknown as { counter: { value: number } };
    const returned = machine.returned.map(({ ret }) => ret).join();
    report(`counter-${counter.value}-returned-${returned}`, machine.steps, () => ({
      message: '',
      expected: [],
      actual: [],
    }));
    return true;
  },
};
const manyFailures: Model = { ...unlocked, properties: [anyEnd, ...unlocked.properties] };

/** Runs what another strategy says and counts context switches that the default rule would not make. */
class Counted implements Strategy {
  switches = 0;
  readonly #inner = new BruteForce();
  #last: Thread | null = null;

  next(): boolean {
    return this.#inner.next();
  }

  begin(): void {
    this.switches = 0;
    this.#last = null;
    this.#inner.begin();
  }

  pick(runnable: readonly Thread[], count: number, step: number): Thread {
    const picked = this.#inner.pick(runnable, count, step);
    if (step > 0 && picked !== byDefault(runnable, count, this.#last)) this.switches++;
    this.#last = picked;
    return picked;
  }
}

type Least = Pick<ShortestScenario, 'switches' | 'changes' | 'index'>;

/** For each failure, the least of all schedules of all scenarios of a bound, found by running them. */
function byBruteForce(model: Model, bound: Bound): Map<string, Least> {
  const least = new Map<string, Least>();
  const buffer = new Uint8Array(2_000);
  for (const [index, { world, ops, changes }] of scenariosOf(model, bound).entries()) {
    const program = compileProgram(model, world, ops);
    const all = new Counted();
    while (all.next()) {
      const run = execute(program, all, 2_000, buffer);
      for (const { id, check } of model.properties) {
        check({ machine: run.machine, outcome: run.outcome, evidence: run.world }, (kind) => {
          const one = { switches: all.switches, changes, index };
          const known = least.get(`${id} ${kind}`);
          const shorter = (a: Least, b: Least) =>
            a.switches - b.switches || a.changes - b.changes || a.index - b.index;
          if (known === undefined || shorter(one, known) < 0) least.set(`${id} ${kind}`, one);
        });
      }
    }
  }
  return least;
}

describe('the shortest scenario of a failure', () => {
  test.each([
    { bound: typical(2, 2), failures: 15 },
    { bound: typical(3, 1), failures: 35 },
    { bound: typical(4, 0), failures: 20 },
  ])('is the one that trying all schedules of all scenarios finds: $bound', ({ bound, failures }) => {
    const least = byBruteForce(manyFailures, bound);
    const shortest = new Map<string, Least>();
    for (const one of mergeFoundOf(explore(manyFailures, bound, undefined, 9).chunks)) {
      const { switches, changes, index, exact } = one.shortest!;
      expect(exact).toBe(true);
      shortest.set(`${one.property} ${one.kind}`, { switches, changes, index });
    }
    expect(shortest).toEqual(least);
    expect(least.size).toBeGreaterThan(failures);
    expect(new Set([...least.values()].map(({ switches }) => switches)).size).toBeGreaterThan(1);
  });

  test('breaks the claim when it is executed', () => {
    const { violations } = verified(v1hp, [typical(1, 1), typical(2, 0)]);
    expect(violations.length).toBeGreaterThan(10);
    for (const { property, kind, shortest } of violations) {
      const shown = record(v1hp, shortest!.scenario, 2_000).violations;
      expect(shown.map((one) => `${one.property} ${one.kind}`)).toContain(`${property} ${kind}`);
    }
  });

  test('is one of the fewest operations, whatever larger bounds have', () => {
    const bounds = [typical(1, 2), typical(2, 1), typical(3, 0)];
    const [lost] = found(verified(unlocked, bounds), 'no-lost-update');
    expect(lost!.shortest!.scenario).toEqual({
      format: 1,
      model: 'counter/unlocked',
      ops: [
        { actor: 'user0', op: 'increment', amount: 1 },
        { actor: 'user1', op: 'increment', amount: 1 },
      ],
      schedule: ['user0', 'user0', 'user1'],
    });
    expect(lost!.shortest).toMatchObject({ switches: 1, changes: 0, exact: true });
    expect(lost!.isShortest).toBe(true);
    // Those of the larger bounds are counted all the same.
    const smaller = found(verified(unlocked, bounds.slice(0, 2)), 'no-lost-update')[0]!;
    expect(lost!.scenarios).toBeGreaterThan(smaller.scenarios);
    expect(lost!.schedules).toBeGreaterThan(smaller.schedules);
  });

  test('is not looked for again where one with fewer operations is known', () => {
    const options = optionsFor(unlocked);
    const { chunks } = explore(unlocked, typical(3, 0), options, 100, ['no-lost-update update-lost']);
    expect(mergeFoundOf(chunks)).toMatchObject([{ kind: 'update-lost', shortest: null }]);
  });

  const one: ShortestScenario = {
    scenario: { format: 1, model: 'counter/unlocked', ops: [] },
    switches: 1,
    exact: true,
    changes: 1,
    index: 5,
  };
  test.each([
    ['fewer context switches', { switches: 0, changes: 2, index: 9 }, true],
    ['more context switches', { switches: 2, changes: 0, index: 0 }, false],
    ['as many and more usual values', { changes: 0, index: 9 }, true],
    ['as many and less usual values', { changes: 2, index: 0 }, false],
    ['an earlier place', { index: 4 }, true],
    ['a later place', { index: 6 }, false],
    ['nothing different', {}, false],
  ])('has %s', (_what, changes, expected) => {
    expect(isShorter({ ...one, ...changes }, one)).toBe(expected);
  });
});

describe('the shortest of all is claimed', () => {
  const breaking = explore(unlocked, typical(2, 0));
  const merged = (...explored: readonly ExploredBound[]) =>
    mergeVerify(unlocked, optionsFor(unlocked), explored, null).violations.map(
      ({ isShortest }) => isShortest,
    );

  test('where its bound and all before it were explored to the end', () => {
    expect(merged(explore(unlocked, typical(1, 2)), breaking)).toEqual([true]);
  });

  test('not where its bound has something left', () => {
    const { of, bound } = breaking;
    const part = exhaustChunk(unlocked, bound, optionsFor(unlocked), 0, of - 1, []);
    expect(part.found).toEqual([]);
    const rest = exhaustChunk(unlocked, bound, optionsFor(unlocked), of - 1, of, []);
    expect(merged({ bound, of, chunks: [rest] })).toEqual([false]);
    expect(merged({ bound, of, chunks: [part, rest] })).toEqual([true]);
  });

  test('not where a bound of fewer operations was given up', () => {
    const given = explore(unlocked, typical(2, 0), optionsFor(unlocked, { schedulesMax: 1 }));
    expect(given.chunks[0]).toMatchObject({ incomplete: 2, found: [] });
    expect(merged(given, explore(unlocked, typical(3, 0)))).toEqual([false]);
    expect(merged({ ...given, chunks: [] }, explore(unlocked, typical(3, 0)))).toEqual([false]);
  });

  test('not in a small world, whose operations nobody chose to be few', () => {
    const result = verified(v1hp, [{ kind: 'small world', id: 'unplug-guest' }]);
    expect(result.violations.length).toBeGreaterThan(0);
    for (const { isShortest, shortest } of result.violations) {
      expect(isShortest).toBe(false);
      expect(shortest).not.toBeNull();
    }
  });
});

describe('too many schedules', () => {
  const few = optionsFor(unlocked, { schedulesMax: 2 });

  test('are not a proof, and what was explored of them is reported', () => {
    const result = verified(unlocked, [typical(2, 0)], few);
    expect(result.exhaustive).toBe(false);
    expect(result.bounds).toMatchObject([
      { scenarios: 7, of: 7, incomplete: 1, complete: false, counted: 6 },
    ]);
    expect(result.bounds[0]!.schedules).toBe(4 + 1 + 2 + 2);
  });

  test('are as many as there are where that is the limit', () => {
    expect(verified(unlocked, [typical(2, 0)], optionsFor(unlocked, { schedulesMax: 4 })).exhaustive).toBe(
      true,
    );
    expect(verified(unlocked, [typical(2, 0)], optionsFor(unlocked, { schedulesMax: 3 })).exhaustive).toBe(
      false,
    );
  });

  test('in some sequences end a chunk', () => {
    const of = scenariosOf(unlocked, typical(3, 0)).length;
    const chunk = exhaustChunk(unlocked, typical(3, 0), few, 0, of, [], 2);
    expect(chunk.incomplete).toBe(2);
    expect(chunk.scenarios).toBeLessThan(of);
    const scenarios = scenariosOf(unlocked, typical(3, 0)).slice(0, chunk.scenarios);
    const all = exhaustChunk(unlocked, typical(3, 0), few, 0, scenarios.length, [], 1_000);
    expect(all).toEqual(chunk);
  });
});

describe('preemptions', () => {
  test('that are bounded leave schedules out, and violations with them', () => {
    const none = verified(unlocked, [typical(2, 0)], optionsFor(unlocked, { preemptionsMax: 0 }));
    expect(none.violations).toEqual([]);
    // Each in both orders, and 1 for each sequence of one actor.
    expect(none.bounds).toMatchObject([{ schedules: 4 + 3 * 2, counted: 0, unreduced: '0', complete: true }]);
    const one = verified(unlocked, [typical(2, 0)], optionsFor(unlocked, { preemptionsMax: 1 }));
    expect(found(one, 'no-lost-update')).toMatchObject([{ kind: 'update-lost', scenarios: 1 }]);
  });
});

describe('verdicts', () => {
  test('are those of all bounds together, in the order of the claims', () => {
    const { verdicts, exhaustive } = verified(locked, [typical(0, 0), typical(1, 2), typical(2, 2)]);
    expect(exhaustive).toBe(true);
    const exercised = [typical(1, 2), typical(2, 2)]
      .flatMap((bound) => explore(locked, bound).chunks)
      .reduce((sum, chunk) => sum + chunk.exercised[0]!, 0);
    expect(verdicts).toMatchObject([
      { property: 'no-lost-update', verdict: 'holds', exercised, kinds: [] },
      {
        property: 'never-exercised',
        verdict: 'inconclusive',
        exercised: 0,
        reason: 'never exercised: its precondition did not happen',
      },
    ]);
  });

  test('say of a broken claim under how many schedules it breaks', () => {
    const result = verified(unlocked, [typical(2, 0)]);
    // One schedule of each order of the two writes: both actors read before either writes.
    expect(result.verdicts[0]).toMatchObject({
      verdict: 'violated',
      kinds: [{ kind: 'update-lost', executions: 2 }],
    });
    expect(result.violations).toMatchObject([{ schedules: 2, scenarios: 1 }]);
  });

  test('are of the claims that were asked for', () => {
    const options = optionsFor(unlocked, { properties: ['never-exercised'] });
    const result = verified(unlocked, [typical(2, 0)], options);
    expect(result.violations).toEqual([]);
    expect(result.verdicts.map(({ property }) => property)).toEqual(['never-exercised']);
  });
});

describe('executions that were cut off', () => {
  test('are no proof, and leave a claim of liveness open', () => {
    const lively: Model = {
      ...locked,
      properties: locked.properties.map((property) => ({ ...property, liveness: true as const })),
    };
    const options = optionsFor(lively, { stepsMax: 7 });
    const result = verified(lively, [typical(1, 0), typical(2, 0)], options);
    expect(result.exhaustive).toBe(false);
    expect(result.bounds).toMatchObject([
      { complete: true, stepLimits: 0 },
      { complete: false, of: 7, scenarios: 7 },
    ]);
    const { stepLimits } = result.bounds[1]!;
    expect(stepLimits).toBeGreaterThan(0);
    expect(result.verdicts[0]).toMatchObject({
      verdict: 'inconclusive',
      reason: `${stepLimits} executions reached the step limit of 7`,
    });
  });
});

describe('what stopped it', () => {
  const whole = explore(locked, typical(1, 0));
  const merged = (stopped: VerifyResult['stopped'], ...explored: readonly ExploredBound[]) =>
    mergeVerify(locked, optionsFor(locked), explored, stopped);

  test('is told, and that is no proof even where all that was begun was ended', () => {
    expect(merged(null, whole)).toMatchObject({ exhaustive: true, stopped: null });
    expect(merged('time', whole)).toMatchObject({ exhaustive: false, stopped: 'time' });
    expect(merged('interrupt', whole)).toMatchObject({ exhaustive: false, stopped: 'interrupt' });
  });

  test('leaves out the rest of a bound', () => {
    const { bounds } = merged('time', { ...whole, chunks: [] });
    expect(bounds).toMatchObject([
      { scenarios: 0, of: 2, complete: false, schedules: 0, unreduced: '0', largest: 0 },
    ]);
  });
});

test.each([
  [typical(0, 0), 'no operation at all, all fields and settings at their typical values'],
  [typical(1, 2), 'every single operation, up to two fields or settings at another boundary value'],
  [
    typical(2, 1),
    'every two operations of up to two actors, up to one field or setting at another boundary value',
  ],
  [
    typical(3, 0),
    'every three operations of up to three actors, at most two of a role, all fields and settings at their typical values',
  ],
])('a bound in words: %j', (bound, words) => {
  expect(describeBound(zpciIo, bound)).toBe(words);
});

test('a small world in words is what its series says of it', () => {
  const [small] = zpciIo.smallWorlds!;
  expect(describeBound(zpciIo, { kind: 'small world', id: small!.id })).toBe(small!.about);
});
