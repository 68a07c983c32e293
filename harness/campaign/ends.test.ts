import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { BruteForce } from '../explore/brute-force.fixture.ts';
import { byDefault } from '../explore/default-rule.ts';
import { compileProgram, execute } from '../machine/execute.ts';
import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';
import type { Model, Operation, World } from '../model/model.ts';
import type { Property } from '../model/property.ts';
import { workloads } from '../scenario/arbitrary.ts';
import { callRecords, record } from '../scenario/recording.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { SWITCHES_MAX } from '../scenario/schedule-search.ts';
import { counterSeries } from './counter.fixture.ts';
import { ENDS_MAX, type Ends, endsOf } from './ends.ts';

const unlocked = counterSeries.model('unlocked')!;
const locked = counterSeries.model('locked')!;
const v1 = zpciIo.model('v1')!;

type Options = Parameters<typeof endsOf>[2];

const ends = (
  model: Model,
  ops: readonly Operation[],
  options: Partial<Options> = {},
  rest: Partial<Scenario> = {},
): Ends =>
  endsOf(
    model,
    { format: 1, model: model.id, ops, ...rest },
    {
      stepsMax: 2_000,
      schedulesMax: 20_000,
      preemptionsMax: null,
      properties: model.properties.map(({ id }) => id),
      ...options,
    },
  );

const add = (actor: string, amount = 1): Operation => ({ actor, op: 'increment', amount });
const peek = (actor: string): Operation => ({ actor, op: 'peek' });

/** `2x finished: user0=0 user1=0`. */
const shown = ({ ends: all }: Ends): string[] =>
  all.map(
    ({ schedules, outcome, calls }) =>
      `${schedules}x ${outcome}: ${calls.map(({ actor, ret }) => `${actor}=${ret ?? '?'}`).join(' ')}`,
  );

describe('the ends of some operations', () => {
  test('are told apart by what returned what, and in which order; sorted', () => {
    expect(shown(ends(unlocked, [add('user0'), add('user1', 5)]))).toEqual([
      '1x finished: user0=0 user1=0',
      '1x finished: user0=0 user1=1',
      '1x finished: user1=0 user0=0',
      '1x finished: user1=0 user0=5',
    ]);
    expect(shown(ends(locked, [add('user0'), add('user1', 5)]))).toEqual([
      '1x finished: user0=0 user1=1',
      '1x finished: user1=0 user0=5',
    ]);
  });

  test('are the same however a file lists the operations of different actors', () => {
    const all = ends(unlocked, [add('user0'), peek('user0'), add('user1')]);
    expect(ends(unlocked, [add('user1'), add('user0'), peek('user0')]).ends).toEqual(all.ends);
    expect(ends(unlocked, [add('user0'), add('user1'), peek('user0')]).ends).toEqual(all.ends);
    expect(ends(unlocked, [peek('user0'), add('user0'), add('user1')]).ends).not.toEqual(all.ends);
  });

  test('are the same whatever the schedule of the scenario is, stale ones included', () => {
    const ops = [add('user0'), add('user1')];
    expect(ends(unlocked, ops, {}, { schedule: ['user1', 'nobody'] })).toEqual(ends(unlocked, ops));
  });

  test('of one actor are one', () => {
    const { ends: all, explored } = ends(unlocked, [add('user0'), peek('user0'), add('user0')]);
    expect(all).toMatchObject([
      {
        outcome: 'finished',
        calls: [
          { actor: 'user0', op: 'increment', ret: 0 },
          { actor: 'user0', op: 'peek', ret: 1 },
          { actor: 'user0', op: 'increment', ret: 1 },
        ],
        device: [],
        schedules: 1,
      },
    ]);
    expect(explored).toMatchObject({ schedules: 1, complete: true, unreduced: 1n });
  });

  test('have calls that never return without ret, and what reached the device', () => {
    const [end, ...others] = ends(zpciIo.model('v1+hp')!, [{ actor: 'admin', op: 'power_off' }]).ends;
    expect(others).toEqual([]);
    expect(end).toMatchObject({ outcome: 'deadlock', device: [] });
    expect(end!.calls.map((call) => [call.actor, 'ret' in call])).toEqual(
      end!.calls.map(({ actor, ret }) => [actor, ret !== undefined]),
    );
    expect(end!.calls).toContainEqual({ actor: 'admin', op: 'power_off' });
  });

  test('add up to the schedules that were explored', () => {
    const all = ends(unlocked, [add('user0'), add('user1'), peek('user2')]);
    expect(all.ends.reduce((sum, { schedules }) => sum + schedules, 0)).toBe(all.explored.schedules);
    expect(all.explored).toMatchObject({ complete: true, unreduced: 560n });
  });
});

/** Everything that running all schedules comes to. */
function byBruteForce(model: Model, { world, ops }: Pick<Scenario, 'world' | 'ops'>, limit: number) {
  const program = compileProgram(model, world ?? {}, ops);
  const buffer = new Uint8Array(2_000);
  const all = new BruteForce();
  const found = new Set<string>();
  const broken = new Set<string>();
  let schedules = 0;
  while (all.next()) {
    if (++schedules > limit) return null;
    const run = execute(program, all, 2_000, buffer);
    const { machine, outcome } = run;
    const calls = callRecords(machine.returned, machine.calls);
    found.add(JSON.stringify({ outcome, calls, device: run.world.device() }));
    for (const { id, check } of model.properties) {
      check({ machine, outcome, evidence: run.world }, (kind) => broken.add(`${id} ${kind}`));
    }
  }
  const sorted = (set: ReadonlySet<string>) => [...set].sort((a, b) => (a < b ? -1 : 1));
  return { ends: sorted(found), broken: sorted(broken), schedules: BigInt(schedules) };
}

describe.each(['v1', 'v1+hp', 'v2', 'v3'])('on %s, of generated operations', (state) => {
  const model = zpciIo.model(state)!;

  test('the ends, the violations and the number of schedules are those of all schedules', () => {
    let compared = 0;
    for (const { world, ops } of fc.sample(workloads(zpciIo, 3), { numRuns: 50, seed: 11 })) {
      const expected = byBruteForce(model, { world, ops }, 1_000);
      if (expected === null) continue;
      const all = ends(model, ops, {}, { world });
      const found = all.ends.map(({ outcome, calls, device }) => JSON.stringify({ outcome, calls, device }));
      expect(found).toEqual(expected.ends);
      const broken = all.violations.map(({ property, kind }) => `${property} ${kind}`);
      expect(broken.sort((a, b) => (a < b ? -1 : 1))).toEqual(expected.broken);
      expect(all.explored.unreduced).toBe(expected.schedules);
      if (expected.schedules > 1n) compared++;
    }
    expect(compared).toBeGreaterThan(5);
  });
});

describe('a violation', () => {
  const ops = [add('user0'), peek('user0'), add('user1')];

  test('comes with the schedule of the fewest context switches', () => {
    const { violations } = ends(unlocked, ops);
    expect(violations).toEqual([
      {
        property: 'no-lost-update',
        kind: 'update-lost',
        schedules: expect.any(Number),
        scenario: {
          format: 1,
          model: 'counter/unlocked',
          ops,
          schedule: ['user0', 'user0', 'user1'],
        },
        switches: 1,
        isShortest: true,
      },
    ]);
  });

  test('is counted in schedules, however often one of them reports it', () => {
    const { violations, verdicts, explored } = ends(unlocked, ops);
    expect(violations[0]!.schedules).toBeLessThan(explored.schedules);
    expect(verdicts).toMatchObject([
      {
        property: 'no-lost-update',
        verdict: 'violated',
        exercised: explored.schedules,
        kinds: [{ kind: 'update-lost', executions: violations[0]!.schedules }],
      },
      { property: 'never-exercised', verdict: 'inconclusive', exercised: 0 },
    ]);
  });

  test('breaks its claim when its scenario is executed, in the world of the file', () => {
    const world = { maxstbl: 128 };
    const submission = (actor: string, req: object): Operation =>
      ({ actor, op: 'region_write', pos: 16, count: 32, req }) as Operation;
    const writers = [
      submission('user0', { flags: 1, gaddr: '0x10000', offset: 0, len: 8, pcias: 0 }),
      submission('user1', { flags: 2, gaddr: '0x11008', offset: 8, len: 64, pcias: 0 }),
    ];
    const { violations, explored } = ends(v1, writers, {}, { world });
    expect(explored).toMatchObject({ schedules: 290, unreduced: 27_569_181_690n, complete: true });
    expect(violations.map(({ property }) => property)).toContain('request-belongs-to-caller');
    for (const { property, kind, scenario } of violations) {
      expect(scenario.world).toEqual(world);
      const broken = record(v1, scenario, 2_000).violations;
      expect(broken.map((one) => `${one.property} ${one.kind}`)).toContain(`${property} ${kind}`);
    }
  });

  test('is looked for among the claims that were asked for', () => {
    const { violations, verdicts } = ends(unlocked, ops, { properties: ['never-exercised'] });
    expect(violations).toEqual([]);
    expect(verdicts.map(({ property }) => property)).toEqual(['never-exercised']);
  });
});

/** Broken where an actor's three increments are each lost to one of another: no few context switches do that. */
const allLost: Property<World> = {
  id: 'all-lost',
  claim: 'not every increment returns what was there before any',
  source: { status: 'inferred', note: 'for tests' },
  check({ machine }, report) {
    const values = machine.returned.map(({ thread, ret }) => `${thread.name}=${ret}`).join(' ');
    if (values === 'user0=0 user1=0 user0=1 user1=1 user0=2 user1=2') {
      report('lost', machine.steps, () => ({ message: '', expected: [], actual: [] }));
    }
    return true;
  },
};

test('a violation that needs more context switches than are searched has the schedule it was found with', () => {
  const model: Model = { ...unlocked, properties: [allLost] };
  const ops = [0, 1, 2].flatMap(() => [add('user0'), add('user1')]);
  const { violations, explored } = ends(model, ops);
  expect(explored.complete).toBe(true);
  expect(violations).toMatchObject([{ property: 'all-lost', kind: 'lost', isShortest: false }]);
  const [{ scenario, switches }] = violations as [Ends['violations'][number]];
  expect(switches).toBeGreaterThan(SWITCHES_MAX);
  expect(record(model, scenario, 2_000).violations).toMatchObject([{ property: 'all-lost', kind: 'lost' }]);
});

describe('an exploration that does not come to its end', () => {
  const ops = [add('user0'), add('user1'), peek('user2')];

  test('at its limit of schedules has the ends that it came to', () => {
    const whole = ends(unlocked, ops);
    const part = ends(unlocked, ops, { schedulesMax: 3 });
    expect(part.explored).toMatchObject({ complete: false, schedules: 3, unreduced: null });
    expect(shown(whole).map((text) => text.replace(/^\d+x/, ''))).toEqual(
      expect.arrayContaining(shown(part).map((text) => text.replace(/^\d+x/, ''))),
    );
    const limit = whole.explored.schedules + whole.explored.pruned;
    expect(ends(unlocked, ops, { schedulesMax: limit }).explored.complete).toBe(true);
    expect(ends(unlocked, ops, { schedulesMax: limit - 1 }).explored.complete).toBe(false);
  });

  test('at the step limit says so', () => {
    const { explored, ends: all, verdicts } = ends(unlocked, ops, { stepsMax: 4 });
    expect(explored).toMatchObject({ complete: false, unreduced: null });
    expect(explored.stepLimits).toBe(explored.schedules);
    for (const { outcome } of all) expect(outcome).toBe('step-limit');
    // What was seen was seen: the limit leaves only claims of liveness open.
    expect(verdicts[0]).toMatchObject({ property: 'no-lost-update', verdict: 'holds' });
  });

  test('where it is told to stop says so, and has begun nothing more', () => {
    const { explored, ends: all, verdicts } = ends(unlocked, ops, { stop: () => true });
    expect(explored).toMatchObject({ complete: false, schedules: 0 });
    expect(all).toEqual([]);
    for (const { verdict } of verdicts) expect(verdict).toBe('inconclusive');
  });
});

describe('with at most so many preemptions', () => {
  /** Takes the turn from a thread at most so often. */
  class Counted implements Strategy {
    preemptions = 0;
    readonly all = new BruteForce();
    #last: Thread | null = null;

    begin(): void {
      this.preemptions = 0;
      this.#last = null;
      this.all.begin();
    }

    pick(runnable: readonly Thread[], count: number, step: number): Thread {
      const picked = this.all.pick(runnable, count, step);
      const usual = byDefault(runnable, count, this.#last);
      if (usual === this.#last && picked !== usual) this.preemptions++;
      this.#last = picked;
      return picked;
    }
  }

  test.each([0, 1, 2])('%i: the ends are those of exactly such schedules', (preemptionsMax) => {
    const ops = [add('user0'), peek('user0'), add('user1', 5)];
    const program = compileProgram(unlocked, {}, ops);
    const buffer = new Uint8Array(2_000);
    const strategy = new Counted();
    const counts = new Map<string, number>();
    while (strategy.all.next()) {
      const { machine, outcome } = execute(program, strategy, 2_000, buffer);
      if (strategy.preemptions > preemptionsMax) continue;
      const end = JSON.stringify([outcome, callRecords(machine.returned, machine.calls)]);
      counts.set(end, (counts.get(end) ?? 0) + 1);
    }
    const { ends: all, explored } = ends(unlocked, ops, { preemptionsMax });
    expect(new Map(all.map((end) => [JSON.stringify([end.outcome, end.calls]), end.schedules]))).toEqual(
      counts,
    );
    expect(explored).toMatchObject({ complete: true, unreduced: null, pruned: 0 });
  });
});

test('end where there are more than anybody can use', () => {
  const ops = Array.from({ length: 10 }, (_, at) => add(`user${at}`, 1 + at));
  const { explored, ends: all, tooMany } = ends(locked, ops, { schedulesMax: 1_000_000 });
  expect(tooMany).toBe(true);
  expect(all.length).toBeGreaterThan(ENDS_MAX);
  expect(all.length).toBeLessThan(2 * ENDS_MAX);
  expect(explored).toMatchObject({ complete: false, stopped: true });
});
