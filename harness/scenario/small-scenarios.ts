/** All scenarios of a bound, without schedules: what `verify MODEL` explores. */
import { mainRole } from '../model/field.ts';
import type { Operation, SeriesInfo, WorldConfig } from '../model/model.ts';
import type { SmallActor, SmallWorld } from '../model/small-world.ts';
import { actorNames, isPossible } from './arbitrary.ts';
import { variants } from './smallest.ts';

/** Which scenarios: plain data, so that a worker can make the same list. */
export type Bound =
  | {
      readonly kind: 'typical';
      /** Operations a scenario has, exactly. */
      readonly ops: number;
      /** Fields of its operations and settings of its world that are away from typical, at most. */
      readonly changes: number;
    }
  | { readonly kind: 'small world'; readonly id: string };

export interface SmallScenario {
  readonly world: WorldConfig;
  readonly ops: readonly Operation[];
  /** Fields and settings away from typical; 0 where a series listed the operations itself. */
  readonly changes: number;
}

/** Every scenario of a bound once, up to exchanging actors of the same role; in a fixed order. */
export function smallScenarios(series: SeriesInfo, bound: Bound): SmallScenario[] {
  if (bound.kind === 'typical') return [...typicalScenarios(series, bound.ops, bound.changes)];
  const small = series.smallWorlds?.find(({ id }) => id === bound.id);
  return small === undefined ? [] : [...listedScenarios(small)];
}

interface Choice {
  readonly operation: Operation;
  readonly changes: number;
}

/** Two actors of each role, as everywhere where actors are made up. */
function* typicalScenarios(
  series: SeriesInfo,
  opsCount: number,
  changesMax: number,
): Generator<SmallScenario> {
  const roles = [...new Set(series.operations.map(mainRole))].map((role) => ({
    actors: actorNames(role),
    choices: choicesOf(series, role, changesMax),
  }));
  for (const { world, changes } of worlds(series, changesMax)) {
    if (!isPossible(series, world)) continue;
    for (const ops of sequences(roles, opsCount, changesMax - changes)) {
      yield {
        world,
        ops: ops.map(({ operation }) => operation),
        changes: ops.reduce((sum, one) => sum + one.changes, changes),
      };
    }
  }
}

/** The default world, and each with up to so many settings changed. */
function* worlds(series: SeriesInfo, changesMax: number): Generator<{ world: WorldConfig; changes: number }> {
  const settings = Object.entries(series.world).flatMap(([name, field]) =>
    field.kind === 'record' ? [] : [{ name, values: field.values.slice(1) }],
  );
  const extend = function* (
    world: WorldConfig,
    from: number,
    changes: number,
  ): Generator<{ world: WorldConfig; changes: number }> {
    yield { world, changes };
    if (changes === changesMax) return;
    for (let i = from; i < settings.length; i++) {
      for (const value of settings[i]!.values) {
        yield* extend({ ...world, [settings[i]!.name]: value }, i + 1, changes + 1);
      }
    }
  };
  yield* extend({}, 0, 0);
}

function choicesOf(series: SeriesInfo, role: string, changesMax: number): Choice[] {
  const specs = series.operations.filter((spec) => mainRole(spec) === role);
  const [actor] = actorNames(role);
  const choices: Choice[] = [];
  for (let changes = 0; changes <= changesMax; changes++) {
    for (const spec of specs) {
      for (const operation of variants(spec, actor, changes)) choices.push({ operation, changes });
    }
  }
  return choices;
}

interface Role {
  readonly actors: readonly [string, string];
  readonly choices: readonly Choice[];
}

/** Ways to share so many operations among the actors of all roles. */
function* sequences(roles: readonly Role[], opsCount: number, changesMax: number): Generator<Choice[]> {
  const [role, ...rest] = roles;
  if (role === undefined) {
    if (opsCount === 0) yield [];
    return;
  }
  for (let here = 0; here <= opsCount; here++) {
    for (const mine of ofRole(role, here, changesMax)) {
      const left = changesMax - mine.reduce((sum, { changes }) => sum + changes, 0);
      for (const others of sequences(rest, opsCount - here, left)) yield [...mine, ...others];
    }
  }
}

/** The same for the two actors of one role: the first has at least as many, and earlier ones where it has as many. */
function* ofRole({ actors, choices }: Role, opsCount: number, changesMax: number): Generator<Choice[]> {
  for (let second = 0; second * 2 <= opsCount; second++) {
    const first = opsCount - second;
    for (const picked of tuples(choices, opsCount, changesMax)) {
      if (first === second && comesBefore(picked.slice(first), picked.slice(0, first))) continue;
      yield picked.map((index, at) => {
        const { operation, changes } = choices[index]!;
        return { operation: { ...operation, actor: actors[at < first ? 0 : 1]! }, changes };
      });
    }
  }
}

function* tuples(choices: readonly Choice[], count: number, changesMax: number): Generator<number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let i = 0; i < choices.length; i++) {
    const { changes } = choices[i]!;
    if (changes > changesMax) continue;
    for (const rest of tuples(choices, count - 1, changesMax - changes)) yield [i, ...rest];
  }
}

/** In the order of tuples of numbers. */
function comesBefore(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}

/** Every choice for every operation of a small world. */
function* listedScenarios({ world = {}, actors }: SmallWorld): Generator<SmallScenario> {
  for (const picked of picks(actors)) {
    if (!isFirstOfItsKind(actors, picked)) continue;
    yield {
      world,
      ops: actors.flatMap(({ name, operations }, actor) =>
        operations.map((choices, at) => ({ actor: name, ...choices[picked[actor]![at]!]! })),
      ),
      changes: 0,
    };
  }
}

/** For each actor, the index chosen for each of its operations. */
function* picks(actors: readonly SmallActor[]): Generator<number[][]> {
  const [actor, ...rest] = actors;
  if (actor === undefined) {
    yield [];
    return;
  }
  for (const mine of indexes(actor.operations.map(({ length }) => length))) {
    for (const others of picks(rest)) yield [mine, ...others];
  }
}

function* indexes([length, ...rest]: readonly number[]): Generator<number[]> {
  if (length === undefined) {
    yield [];
    return;
  }
  for (let i = 0; i < length; i++) for (const others of indexes(rest)) yield [i, ...others];
}

/** Of the scenarios that differ only in which of two like actors does what, the first. */
function isFirstOfItsKind(actors: readonly SmallActor[], picked: readonly number[][]): boolean {
  return actors.every((actor, at) =>
    actors
      .slice(0, at)
      .every((earlier, before) => !areAlike(earlier, actor) || !comesBefore(picked[at]!, picked[before]!)),
  );
}

const areAlike = (a: SmallActor, b: SmallActor): boolean =>
  a.operations === b.operations && roleOf(a.name) === roleOf(b.name);

const roleOf = (actor: string): string => actor.replace(/\d+$/, '');
