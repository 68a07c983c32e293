/** How the ends of one scenario differ between two states. */
import { describeReturn } from '../machine/errno.ts';
import type { CallRecord } from '../scenario/recording.ts';
import type { Behaviour, Behaviours } from './behaviour.ts';

/** As `git range-diff` has them: `!` changed, `<` some ends only on the first state, `>` only on the second. */
export type Marker = '=' | '!' | '<' | '>';

/** One respect in which ends differ, without generated values: two scenarios that share it show the same change. */
export interface Change {
  /** Whose results they are: `region_write`, `device`, `outcome`, or `together`. */
  readonly of: string;
  /** Results of only the first state, and of only the second. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** All of it in words: the same for the same change. */
  readonly text: string;
}

export interface Difference {
  readonly marker: Exclude<Marker, '='>;
  readonly changes: readonly Change[];
}

/** Null where both states have the same ends. */
export function differenceOf(a: Behaviours, b: Behaviours): Difference | null {
  const onlyA = [...a.ends.keys()].some((key) => !b.ends.has(key));
  const onlyB = [...b.ends.keys()].some((key) => !a.ends.has(key));
  if (!onlyA && !onlyB) return null;
  const changes = changesBetween(a, b);
  return {
    marker: onlyA ? (onlyB ? '!' : '<') : '>',
    // Each result is there on both sides, only not beside the same others.
    changes: changes.length > 0 ? changes : [together(onlyA, onlyB)],
  };
}

const changeOf = (of: string, before: Iterable<string>, after: Iterable<string>): Change => {
  const [first, second] = [[...new Set(before)].sort(byText), [...new Set(after)].sort(byText)];
  return {
    of,
    before: first,
    after: second,
    text: `${of}: ${changeText(first.join(', '), second.join(', '))}`,
  };
};

function changeText(before: string, after: string): string {
  if (after === '') return `no more ${before}`;
  return before === '' ? `also ${after}` : `${before} -> ${after}`;
}

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function changesBetween(a: Behaviours, b: Behaviours): Change[] {
  const ends = [[...a.ends.values()], [...b.ends.values()]] as const;
  return [
    ...callChanges(...ends),
    ...change('outcome', ...ends, ({ outcome }) => [outcome]),
    ...deviceChanges(...ends),
  ];
}

const together = (before: boolean, after: boolean): Change =>
  changeOf(
    'together',
    before ? ['a combination of results'] : [],
    after ? ['another combination of results'] : [],
  );

type Ends = readonly Behaviour[];

/** By operation: two calls of one kind that change alike are one change. */
function callChanges(a: Ends, b: Ends): Change[] {
  const slots = Math.max(...[...a, ...b].map(({ calls }) => calls.length));
  const merged = new Map<string, { before: Set<string>; after: Set<string> }>();
  for (let slot = 0; slot < slots; slot++) {
    for (const { of, before, after } of callChange(a, b, slot)) {
      const known = merged.get(of) ?? { before: new Set(), after: new Set() };
      for (const one of before) known.before.add(one);
      for (const one of after) known.after.add(one);
      merged.set(of, known);
    }
  }
  return [...merged].map(([of, { before, after }]) => changeOf(of, before, after));
}

function callChange(a: Ends, b: Ends, slot: number): Change[] {
  const op = [...a, ...b].map(({ calls }) => calls[slot]).find((call) => call != null)?.op ?? '';
  return change(op, a, b, ({ calls }) => [resultText(calls[slot])]).map(({ of, before, after }) => {
    // How many bytes it was says something only where both states have a number there.
    const both = before.some(isNumber) && after.some(isNumber);
    return both ? changeOf(of, before, after) : changeOf(of, before.map(asDone), after.map(asDone));
  });
}

const isNumber = (result: string): boolean => /^\d+$/.test(result);
const asDone = (result: string): string => (isNumber(result) ? 'done' : result);

/** Errnos and signals by name. */
function resultText(call: CallRecord | null | undefined): string {
  if (call == null) return 'not begun';
  const { ret, signal } = call;
  if (signal !== undefined) return signal;
  if (ret === undefined) return 'never returns';
  if (ret < 0) return /\((.*)\)/.exec(describeReturn(ret))?.[1] ?? String(ret);
  return String(ret);
}

/** How often each kind of access reaches the device; where that is alike, what differs of them. */
function deviceChanges(a: Ends, b: Ends): Change[] {
  const all = [...a, ...b].flatMap(({ device }) => device);
  const kinds = [...new Set(all.map(({ insn }) => String(insn)))].flatMap((kind) =>
    change(`device, ${kind}`, a, b, ({ device }) => [
      String(device.filter(({ insn }) => String(insn) === kind).length),
    ]),
  );
  if (kinds.length > 0) return kinds;
  const fields = [...new Set(all.flatMap((record) => Object.keys(record)))];
  return fields
    .filter((field) => change(field, a, b, (end) => valuesOf(end, field)).length > 0)
    .map((field) => changeOf(`device, ${field}`, ['a value'], ['another']));
}

const valuesOf = ({ device }: Behaviour, field: string): string[] =>
  device.map((record) => JSON.stringify(record[field] ?? null));

/** What of each end is seen on one side only. */
function change(of: string, a: Ends, b: Ends, seen: (end: Behaviour) => readonly string[]): Change[] {
  const [left, right] = [new Set(a.flatMap(seen)), new Set(b.flatMap(seen))];
  const before = [...left].filter((one) => !right.has(one));
  const after = [...right].filter((one) => !left.has(one));
  return before.length + after.length === 0 ? [] : [changeOf(of, before, after)];
}
