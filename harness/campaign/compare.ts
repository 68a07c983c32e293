/** Two states on the same small scenarios: which of them end otherwise, and how. */
import { byText } from '../by-text.ts';
import type { Benches } from '../machine/execute.ts';
import type { Model, Operation } from '../model/model.ts';
import type { Draft } from '../scenario/reduce.ts';
import type { Bound, SmallScenario } from '../scenario/small-scenarios.ts';
import { type BehaviourLimits, behavioursOf } from './behaviour.ts';
import { type Difference, knownDifference, type Marker } from './difference.ts';
import { scenariosOf } from './exhaust.ts';

/** Scenarios that ask for the same kinds of operation of as many actors, or that are of one small world. */
export interface ClassCount {
  readonly name: string;
  /** Scenarios by marker, and those with too many schedules to be compared. */
  readonly same: number;
  readonly changed: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly unknown: number;
  /** Of those that differ: known to end otherwise although one of the states has too many schedules. */
  readonly partly: number;
}

export interface Differing extends Difference {
  /** Name of its class. */
  readonly class: string;
  readonly draft: Draft;
  /** Its place in the bound. */
  readonly index: number;
}

export interface CompareChunk {
  readonly classes: readonly ClassCount[];
  readonly differing: readonly Differing[];
}

/** Scenarios of a small world that are compared, evenly picked. */
export const OF_A_WORLD = 400;

/** The scenarios of a bound that two states are compared on. */
export function comparedOf(model: Model, bound: Bound): readonly SmallScenario[] {
  const all = scenariosOf(model, bound);
  const stride = bound.kind === 'small world' ? strideOf(all.length) : 1;
  return all.filter((_, at) => at % stride === 0);
}

/** One that divides no number of choices: it would pass over the same choices each time. */
function strideOf(length: number): number {
  let stride = Math.max(1, Math.ceil(length / OF_A_WORLD));
  while (greatestDivisor(stride, length) > 1) stride++;
  return stride;
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Compares the scenarios `from` to `to` of those. */
export function compareChunk(
  a: Model,
  b: Model,
  bound: Bound,
  limits: BehaviourLimits,
  from: number,
  to: number,
): CompareChunk {
  const classes = new Map<string, { -readonly [K in keyof ClassCount]: ClassCount[K] }>();
  const differing: Differing[] = [];
  const benches: [Benches, Benches] = [new Map(), new Map()];
  for (const [at, { world, ops }] of comparedOf(a, bound).slice(from, to).entries()) {
    const name = bound.kind === 'small world' ? `small world ${bound.id}` : className(ops);
    const counts = classes.get(name) ?? {
      name,
      same: 0,
      changed: 0,
      onlyFirst: 0,
      onlySecond: 0,
      unknown: 0,
      partly: 0,
    };
    classes.set(name, counts);
    const draft = { world, ops };
    const first = behavioursOf(a, draft, limits, benches[0]);
    const second = behavioursOf(b, draft, limits, benches[1]);
    const difference = knownDifference(first, second);
    if (difference === undefined) {
      counts.unknown++;
      continue;
    }
    counts[COUNT[difference?.marker ?? '=']]++;
    if (!first.complete || !second.complete) counts.partly++;
    if (difference !== null) differing.push({ ...difference, class: name, draft, index: from + at });
  }
  return { classes: [...classes.values()], differing };
}

const COUNT = { '=': 'same', '!': 'changed', '<': 'onlyFirst', '>': 'onlySecond' } as const satisfies Record<
  Marker,
  keyof ClassCount
>;

/** `mmap; touch | memory_disable`: `;` by one actor, `|` by another. */
export function className(ops: readonly Operation[]): string {
  const byActor = new Map<string, string[]>();
  for (const { actor, op } of ops) byActor.set(actor, [...(byActor.get(actor) ?? []), op]);
  const parts = [...byActor.values()].map((kinds) => kinds.join('; ')).sort(byText);
  return parts.join(' | ') || 'no operation';
}
