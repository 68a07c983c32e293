import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import type { Json } from '../model/field.ts';
import { mainRole } from '../model/field.ts';
import type { Operation, SeriesInfo, WorldConfig } from '../model/model.ts';
import type { OperationBody, SmallWorld } from '../model/small-world.ts';
import { actorNames } from './arbitrary.ts';
import { roleOf } from './reduce.ts';
import { type Bound, type SmallScenario, smallScenarios } from './small-scenarios.ts';
import { validateScenario } from './validate.ts';

const about = '';
const choices: readonly OperationBody[] = [{ op: 'look' }, { op: 'put', n: 1 }, { op: 'put', n: 2 }];
const twice = [choices, choices];

const smallWorlds: readonly SmallWorld[] = [
  {
    id: 'alike',
    about,
    actors: [
      { name: 'user0', operations: twice },
      { name: 'user1', operations: twice },
    ],
  },
  {
    id: 'three-alike',
    about,
    world: { slow: true },
    actors: ['user0', 'user1', 'user2'].map((name) => ({ name, operations: twice })),
  },
  {
    id: 'of-other-choices',
    about,
    actors: [
      { name: 'user0', operations: [choices] },
      { name: 'user1', operations: [choices.slice(1)] },
    ],
  },
  {
    id: 'of-other-roles',
    about,
    actors: [
      { name: 'user0', operations: [choices] },
      { name: 'admin', operations: [choices] },
    ],
  },
  { id: 'idle', about, actors: [{ name: 'user0', operations: [] }] },
  { id: 'without-choice', about, actors: [{ name: 'user0', operations: [choices, []] }] },
];

/** Two roles; one operation without a field, one with two fields, one below a record; two settings and a record. */
const tiny: SeriesInfo = {
  name: 'tiny',
  title: 'Tiny',
  thread: '',
  smallWorlds,
  operations: [
    { name: 'look', role: 'user', weight: 1, about, fields: {} },
    {
      name: 'put',
      role: 'user',
      weight: 1,
      about,
      fields: {
        n: { kind: 'integer', min: 0, max: 9, values: [1, 2, 5], about },
        deep: {
          kind: 'record',
          about,
          fields: { how: { kind: 'choice', values: ['soft', 'hard'], about } },
        },
      },
    },
    { name: 'stop', role: 'admin', weight: 1, about, fields: {} },
  ],
  world: {
    slow: { kind: 'choice', values: [false, true], about },
    size: { kind: 'u64', values: [7, 0, '0x10'], about },
    record: { kind: 'record', about, fields: { x: { kind: 'choice', values: [1, 2].map(String), about } } },
  },
};

/** `user0 put n=2 | user1 look`. */
const shown = ({ world, ops }: SmallScenario): string =>
  [
    ...Object.entries(world).map(([name, value]) => `${name}=${value}`),
    ...ops.map(({ actor, op, n, deep }) => {
      const how = (deep as { how?: string } | undefined)?.how;
      return [actor, op, ...(n === undefined ? [] : [n]), ...(how === undefined ? [] : [how])].join(' ');
    }),
  ].join(', ');

const typical = (ops: number, changes: number, series: SeriesInfo = tiny): SmallScenario[] =>
  smallScenarios(series, { kind: 'typical', ops, changes });
const ofWorld = (id: string, series: SeriesInfo = tiny): SmallScenario[] =>
  smallScenarios(series, { kind: 'small world', id });

/**
 * The same text for scenarios that differ only in how operations of different actors are listed and in which of two
 * actors of a role does what, and for no others.
 */
function upToSymmetry({ world, ops }: Pick<SmallScenario, 'world' | 'ops'>): string {
  const perActor = new Map<string, string[]>();
  for (const { actor, ...body } of ops) {
    perActor.set(actor, [...(perActor.get(actor) ?? []), JSON.stringify(body)]);
  }
  const actors = [...perActor].map(([actor, done]) => `${roleOf(actor)}: ${done.join()}`);
  return JSON.stringify([Object.entries(world), actors.sort((a, b) => (a < b ? -1 : 1))]);
}

/** Every choice of one of each, in order. */
function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((one) => list.map((next) => [...one, next])), [[]]);
}

interface Counted<T> {
  readonly value: T;
  readonly changes: number;
}

/** Every operation of the tiny series by any of its actors, with how many of its fields are away from typical. */
const everyOperation: readonly Counted<Operation>[] = tiny.operations.flatMap((spec) =>
  actorNames(mainRole(spec)).flatMap((actor): Counted<Operation>[] =>
    spec.name === 'put'
      ? product<Json>([
          [1, 2, 5],
          ['soft', 'hard'],
        ]).map(([n, how]) => ({
          value: { actor, op: spec.name, n: n!, deep: { how: how! } },
          changes: Number(n !== 1) + Number(how !== 'soft'),
        }))
      : [{ value: { actor, op: spec.name }, changes: 0 }],
  ),
);

const everyWorld: readonly Counted<WorldConfig>[] = product<Json>([
  [false, true],
  [7, 0, '0x10'],
]).map(([slow, size]) => ({
  value: { ...(slow === false ? {} : { slow: slow! }), ...(size === 7 ? {} : { size: size! }) },
  changes: Number(slow !== false) + Number(size !== 7),
}));

/** All lists of operations by all actors in all worlds, whatever is the same as another. */
function byBruteForce(opsCount: number, changesMax: number): Counted<Pick<SmallScenario, 'world' | 'ops'>>[] {
  const lists = product(Array.from({ length: opsCount }, () => everyOperation));
  return everyWorld
    .flatMap((world) =>
      lists.map((ops) => ({
        value: { world: world.value, ops: ops.map(({ value }) => value) },
        changes: ops.reduce((sum, { changes }) => sum + changes, world.changes),
      })),
    )
    .filter(({ changes }) => changes <= changesMax);
}

describe('typical scenarios', () => {
  test('of no operation are its worlds, the default first', () => {
    expect(typical(0, 2).map(shown)).toEqual([
      '',
      'slow=true',
      'slow=true, size=0',
      'slow=true, size=0x10',
      'size=0',
      'size=0x10',
    ]);
    expect(typical(0, 0)).toEqual([{ world: {}, ops: [], changes: 0 }]);
  });

  test('of one operation are by the first actor of its role', () => {
    expect(typical(1, 0).map(shown)).toEqual(['admin stop', 'user0 look', 'user0 put 1 soft']);
    expect(typical(1, 1).map(shown)).toEqual([
      'admin stop',
      'user0 look',
      'user0 put 1 soft',
      'user0 put 2 soft',
      'user0 put 5 soft',
      'user0 put 1 hard',
      'slow=true, admin stop',
      'slow=true, user0 look',
      'slow=true, user0 put 1 soft',
      'size=0, admin stop',
      'size=0, user0 look',
      'size=0, user0 put 1 soft',
      'size=0x10, admin stop',
      'size=0x10, user0 look',
      'size=0x10, user0 put 1 soft',
    ]);
  });

  test('of two operations are by one actor in turn and by two at once', () => {
    expect(
      typical(2, 0)
        .map(shown)
        .sort((a, b) => (a < b ? -1 : 1)),
    ).toEqual([
      'admin stop, admin stop',
      'admin stop, admin1 stop',
      'user0 look, admin stop',
      'user0 look, user0 look',
      'user0 look, user0 put 1 soft',
      'user0 look, user1 look',
      'user0 look, user1 put 1 soft',
      'user0 put 1 soft, admin stop',
      'user0 put 1 soft, user0 look',
      'user0 put 1 soft, user0 put 1 soft',
      'user0 put 1 soft, user1 put 1 soft',
    ]);
  });

  test.each([
    { ops: 0, changes: 0, count: 1 },
    { ops: 0, changes: 1, count: 4 },
    { ops: 0, changes: 2, count: 6 },
    { ops: 1, changes: 0, count: 3 },
    { ops: 1, changes: 1, count: 15 },
    { ops: 1, changes: 2, count: 32 },
    { ops: 2, changes: 0, count: 11 },
    { ops: 2, changes: 1, count: 65 },
    { ops: 2, changes: 2, count: 179 },
    { ops: 3, changes: 0, count: 29 },
    { ops: 3, changes: 1, count: 212 },
    { ops: 4, changes: 0, count: 79 },
  ])('of $ops operations with up to $changes changes: all there are, $count, each once', (row) => {
    const listed = typical(row.ops, row.changes);
    const keys = listed.map(upToSymmetry);
    expect(new Set(keys).size).toBe(listed.length);
    const all = byBruteForce(row.ops, row.changes).map(({ value }) => upToSymmetry(value));
    expect(new Set(keys)).toEqual(new Set(all));
    expect(listed).toHaveLength(row.count);
  });

  test('say how far they are from typical', () => {
    const away = new Map(byBruteForce(2, 2).map(({ value, changes }) => [upToSymmetry(value), changes]));
    for (const scenario of typical(2, 2)) expect(scenario.changes).toBe(away.get(upToSymmetry(scenario)));
  });

  test('name actors without a gap, each with the operations it does in turn', () => {
    for (const { ops } of typical(4, 0)) {
      const actors = [...new Set(ops.map(({ actor }) => actor))];
      for (const role of new Set(actors.map(roleOf))) {
        const [first, second] = actorNames(role);
        expect(actors).toContain(first);
        const done = (name: string) => ops.filter(({ actor }) => actor === name).length;
        expect(done(first)).toBeGreaterThanOrEqual(done(second));
      }
    }
  });
});

describe('scenarios of a small world', () => {
  test('are each choice for each operation', () => {
    expect(ofWorld('of-other-choices').map(shown)).toEqual([
      'user0 look, user1 put 1',
      'user0 look, user1 put 2',
      'user0 put 1, user1 put 1',
      'user0 put 1, user1 put 2',
      'user0 put 2, user1 put 1',
      'user0 put 2, user1 put 2',
    ]);
  });

  test('have its world, and count as typical', () => {
    const worlds = ofWorld('three-alike').map(({ world, changes }) => ({ world, changes }));
    expect(new Set(worlds.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ world: { slow: true }, changes: 0 })]),
    );
    expect(ofWorld('alike')[0]!.world).toEqual({});
  });

  test.each([
    // Of 9 sequences: pairs and triples without order.
    { id: 'alike', count: 45, of: 81 },
    { id: 'three-alike', count: 165, of: 729 },
    { id: 'of-other-choices', count: 6, of: 6 },
    { id: 'of-other-roles', count: 9, of: 9 },
    { id: 'idle', count: 1, of: 1 },
    { id: 'without-choice', count: 0, of: 0 },
  ])('$id are $count of $of, each once up to exchanging like actors', ({ id, count, of }) => {
    const { actors, world = {} } = smallWorlds.find((small) => small.id === id)!;
    const places = actors.flatMap(({ name, operations }) =>
      operations.map((bodies) => bodies.map((body): Operation => ({ actor: name, ...body }))),
    );
    const all = product(places);
    expect(all).toHaveLength(of);
    const alike = new Set(actors.map(({ operations }) => operations)).size === 1;
    const key = (one: Pick<SmallScenario, 'world' | 'ops'>) =>
      alike ? upToSymmetry(one) : JSON.stringify([one.world, one.ops]);
    const keys = ofWorld(id).map(key);
    expect(keys).toHaveLength(count);
    expect(new Set(keys).size).toBe(count);
    expect(new Set(keys)).toEqual(new Set(all.map((ops) => key({ world, ops }))));
  });

  test('that a series has not are none', () => {
    expect(ofWorld('nonsense')).toEqual([]);
    const { smallWorlds: _, ...without } = tiny;
    expect(ofWorld('alike', without)).toEqual([]);
  });
});

describe('of a real series', () => {
  const bounds: readonly Bound[] = [
    { kind: 'typical', ops: 0, changes: 2 },
    { kind: 'typical', ops: 1, changes: 2 },
    { kind: 'typical', ops: 2, changes: 1 },
    { kind: 'typical', ops: 3, changes: 0 },
    ...(zpciIo.smallWorlds ?? []).map(({ id }): Bound => ({ kind: 'small world', id })),
  ];

  test('every scenario is one that a file may hold, and none is there twice', () => {
    const count = (bound: Bound): number => {
      const scenarios = smallScenarios(zpciIo, bound);
      expect(new Set(scenarios.map(upToSymmetry)).size).toBe(scenarios.length);
      scenarios.forEach(({ world, ops }, at) => {
        // All worlds, and every seventh of what is in the default one.
        if (Object.keys(world).length === 0 && at % 7 > 0) return;
        validateScenario(zpciIo, { format: 1, model: 'zpci-io/v1', world, ops }, JSON.stringify(bound));
      });
      return scenarios.length;
    };
    expect(bounds.map(count)).toEqual([87, 6353, 5860, 1006, 19_306, 19_306, 105, 105, 15]);
  });

  test('a state has the small worlds whose features it has', () => {
    const of = (state: string) => zpciIo.model(state)!.smallWorlds;
    expect(of('v1')).toEqual(['two-writers', 'unplug-requests', 'unplug-guest']);
    expect(of('v1+hp')).toEqual(['two-writers', 'unplug-requests', 'unplug-guest']);
    expect(of('v3')).toEqual(['two-bar-writers', 'unplug-bar', 'unplug-guest']);
    expect(of('pre')).toEqual(['unplug-guest']);
  });
});
