import { type Field, type Json, mainRole, type OperationSpec } from '../model/field.ts';
import type { Operation, SeriesInfo } from '../model/model.ts';
import { actorNames } from './arbitrary.ts';
import { typical } from './reduce.ts';

/** Field changes that are tried in all places at once. */
const CHANGES_MAX = 2;

/** Every single operation that is typical but for up to two fields: no changes first, then one, then two. */
export function* singles(series: SeriesInfo): Generator<Operation[]> {
  for (let changes = 0; changes <= CHANGES_MAX; changes++) {
    for (const spec of series.operations) {
      for (const op of variants(spec, actorNames(mainRole(spec))[0], changes)) yield [op];
    }
  }
}

/**
 * Every pair of operations of the given kinds that is typical but for up to two fields in all, by one actor in turn
 * and by two actors at once. Fewest changes first, then by kinds.
 */
export function* pairs(series: SeriesInfo, kinds: ReadonlySet<string>): Generator<Operation[]> {
  const specs = series.operations.filter(({ name }) => kinds.has(name));
  for (let changes = 0; changes <= CHANGES_MAX; changes++) {
    for (const first of specs) {
      for (const second of specs) {
        for (const actors of actorPairs(first, second)) {
          for (let ofFirst = 0; ofFirst <= changes; ofFirst++) {
            for (const a of variants(first, actors[0], ofFirst)) {
              for (const b of variants(second, actors[1], changes - ofFirst)) yield [a, b];
            }
          }
        }
      }
    }
  }
}

function actorPairs(first: OperationSpec, second: OperationSpec): [string, string][] {
  const [a, other] = actorNames(mainRole(first));
  const [b] = actorNames(mainRole(second));
  return mainRole(first) === mainRole(second)
    ? [
        [a, a],
        [a, other],
      ]
    : [[a, b]];
}

/** An operation with exactly so many fields away from typical, each at a listed value. */
export function* variants(spec: OperationSpec, actor: string, changes: number): Generator<Operation> {
  const base = typical(spec, actor);
  if (changes === 0) {
    yield base;
    return;
  }
  const places = [...leaves(spec.fields)];
  for (let i = 0; i < places.length; i++) {
    for (const value of others(places[i]!.field)) {
      const once = withValue(base, places[i]!.path, value);
      if (changes === 1) {
        yield once;
        continue;
      }
      for (let j = i + 1; j < places.length; j++) {
        for (const second of others(places[j]!.field)) yield withValue(once, places[j]!.path, second);
      }
    }
  }
}

type Leaf = Exclude<Field, { kind: 'record' }>;

function* leaves(
  fields: OperationSpec['fields'],
  prefix: readonly string[] = [],
): Generator<{ path: readonly string[]; field: Leaf }> {
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === 'record') yield* leaves(field.fields, [...prefix, name]);
    else yield { path: [...prefix, name], field };
  }
}

const others = (field: Leaf): readonly Json[] => field.values.slice(1);

function withValue(op: Operation, path: readonly string[], value: Json): Operation {
  const [name, ...rest] = path;
  if (rest.length === 0) return { ...op, [name!]: value };
  return { ...op, [name!]: withValue(op[name!] as Operation, rest, value) };
}
