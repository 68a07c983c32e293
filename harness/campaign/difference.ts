/** How the ends of one scenario differ between two states. */
import { byText } from '../by-text.ts';
import { describeReturn } from '../machine/errno.ts';
import type { Json } from '../model/field.ts';
import type { CallRecord } from '../scenario/recording.ts';
import type { Behaviour, Behaviours } from './behaviour.ts';

/** As `git range-diff` has them: `!` changed, `<` some ends only on the first state, `>` only on the second. */
export type Marker = '=' | '!' | '<' | '>';

/** What of an end is compared. */
export type Aspect =
  | { readonly kind: 'call'; readonly op: string }
  | { readonly kind: 'outcome' }
  /** How much of one kind reaches the device. */
  | { readonly kind: 'device'; readonly word: string }
  /** A field of what does, or of what operations of one kind hand to user space. */
  | { readonly kind: 'field'; readonly at: 'device' | 'seen'; readonly word: string; readonly field: string }
  | { readonly kind: 'together' };

/** One respect in which ends differ. */
export interface Change {
  readonly aspect: Aspect;
  /** Whose results they are: `region_write`, `device, pcistb`, `outcome`, or `together`. */
  readonly of: string;
  /** Results of only the first state, and of only the second. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** All results of the first state and all of the second: `done or -EIO -> done`. */
  readonly effect: string;
  readonly text: string;
  /**
   * What it consists of, without generated values. It says nothing new where of each list something was seen before:
   * `done or -EIO -> -EINVAL` after `done -> -EINVAL` and `-EIO -> -EINVAL`.
   */
  readonly parts: readonly (readonly string[])[];
}

export interface Difference {
  readonly marker: Exclude<Marker, '='>;
  readonly changes: readonly Change[];
}

/**
 * What is known to differ; undefined where that is nothing, since one state has too many schedules. Where the other's
 * ends are all known, an end that it lacks is a difference whatever else there is.
 */
export function knownDifference(a: Behaviours, b: Behaviours): Difference | null | undefined {
  if (!a.complete && !b.complete) return undefined;
  const difference = differenceOf(filled(a, b), filled(b, a));
  return difference === null && !(a.complete && b.complete) ? undefined : difference;
}

/** Nothing is known to be missing of what was not explored to the end. */
export function filled(own: Behaviours, other: Behaviours): Behaviours {
  return own.complete ? own : { ends: new Map([...other.ends, ...own.ends]), complete: false };
}

/** Null where both states have the same ends. */
export function differenceOf(a: Behaviours, b: Behaviours): Difference | null {
  const onlyA = [...a.ends.keys()].some((key) => !b.ends.has(key));
  const onlyB = [...b.ends.keys()].some((key) => !a.ends.has(key));
  if (!onlyA && !onlyB) return null;
  const changes = changesBetween([...a.ends.values()], [...b.ends.values()]);
  return {
    marker: onlyA ? (onlyB ? '!' : '<') : '>',
    // Each result is there on both sides, only not beside the same others.
    changes: changes.length > 0 ? changes : [together(onlyA, onlyB)],
  };
}

/** The same for the same change. */
export const changeKey = ({ parts }: Change): string => [...new Set(parts.flat())].join('\n');

/** Whether an end shows what only its state has of a change. Where it has nothing of its own, any does. */
export function shows({ aspect }: Change, own: readonly string[], end: Behaviour, isOwn: boolean): boolean {
  if (own.length === 0) return true;
  if (aspect.kind === 'together') return isOwn;
  return resultsOf(aspect, end).some((one) => own.includes(one) || own.includes(asDone(one)));
}

type Ends = readonly Behaviour[];

function changesBetween(a: Ends, b: Ends): Change[] {
  const calls = callChanges(a, b);
  return unique([
    ...calls,
    ...compared({ kind: 'outcome' }, a, b),
    ...deviceChanges(a, b),
    ...seenChanges(a, b),
  ]);
}

/** Two calls of one kind that change alike are one change. */
function unique(changes: readonly Change[]): Change[] {
  const texts = new Set<string>();
  return changes.filter(({ text }) => !texts.has(text) && texts.add(text));
}

const together = (before: boolean, after: boolean): Change => {
  const effect = `${before ? (after ? 'other' : 'fewer') : 'more'} combinations of the same results`;
  return {
    aspect: { kind: 'together' },
    of: 'together',
    before: before ? ['a combination of results'] : [],
    after: after ? ['a combination of results'] : [],
    effect,
    text: `together: ${effect}`,
    parts: [...(before ? [['together: fewer']] : []), ...(after ? [['together: more']] : [])],
  };
};

/** By operation of the scenario: what one call of a kind loses is not what another gains. */
function callChanges(a: Ends, b: Ends): Change[] {
  const slots = Math.max(...[...a, ...b].map(({ calls }) => calls.length));
  return Array.from({ length: slots }, (_, slot) => {
    const op = [...a, ...b].map(({ calls }) => calls[slot]).find((call) => call != null)?.op ?? '';
    const of = ({ calls }: Behaviour): string[] => [resultText(calls[slot])];
    return compared({ kind: 'call', op }, a, b, of);
  }).flat();
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

interface Kinds {
  readonly [field: string]: Json;
}

/** What a record is called: its first field that is a word, besides who caused it. */
function wordOf({ actor: _, ...record }: Kinds): string {
  const isWord = (value: Json): value is string => typeof value === 'string' && /^[a-z_]\w*$/i.test(value);
  return Object.values(record).find(isWord) ?? 'access';
}

/** How much of each kind reaches the device; of what comes as often on both sides, what differs of it. */
function deviceChanges(a: Ends, b: Ends): Change[] {
  const words = [...new Set([...a, ...b].flatMap(({ device }) => device.map(wordOf)))];
  return words.flatMap((word) => {
    const counts = compared({ kind: 'device', word }, a, b);
    return counts.length > 0 ? counts : fieldChanges('device', word, a, b);
  });
}

/** What operations hand to user space, where they hand something on both sides: otherwise they return otherwise, too. */
function seenChanges(a: Ends, b: Ends): Change[] {
  const wordsOf = (ends: Ends) => new Set(ends.flatMap(({ seen }) => seen.map(({ op }) => op)));
  const [first, second] = [wordsOf(a), wordsOf(b)];
  return [...first].filter((op) => second.has(op)).flatMap((op) => fieldChanges('seen', op, a, b));
}

/** By place among what one actor causes: what one record loses is not what another gains. */
function fieldChanges(at: 'device' | 'seen', word: string, a: Ends, b: Ends): Change[] {
  const records = [...a, ...b].flatMap((end) => recordsOf(at, word, end));
  const fields = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const actors = [...new Set(records.map(({ actor }) => actor))];
  const places = Math.max(0, ...[...a, ...b].map((end) => recordsOf(at, word, end).length));
  return fields.flatMap((field) =>
    actors.flatMap((actor) =>
      Array.from({ length: places }, (_, place) =>
        compared({ kind: 'field', at, word, field }, a, b, (end) => {
          const own = recordsOf(at, word, end).filter((record) => record.actor === actor);
          return own.slice(place, place + 1).map((record) => valueText(record[field] ?? null));
        }),
      ).flat(),
    ),
  );
}

const recordsOf = (at: 'device' | 'seen', word: string, { device, seen }: Behaviour): readonly Kinds[] =>
  at === 'device' ? device.filter((one) => wordOf(one) === word) : seen.filter(({ op }) => op === word);

function resultsOf(aspect: Exclude<Aspect, { kind: 'together' }>, end: Behaviour): string[] {
  switch (aspect.kind) {
    case 'call':
      return end.calls.filter((call) => call?.op === aspect.op).map(resultText);
    case 'outcome':
      return [end.outcome];
    case 'device':
      return [String(recordsOf('device', aspect.word, end).length)];
    case 'field':
      return recordsOf(aspect.at, aspect.word, end).map((record) => valueText(record[aspect.field] ?? null));
    default:
      return aspect satisfies never;
  }
}

const valueText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What of the ends is there on one side only. */
function compared(
  aspect: Exclude<Aspect, { kind: 'together' }>,
  a: Ends,
  b: Ends,
  of: (end: Behaviour) => readonly string[] = (end) => resultsOf(aspect, end),
): Change[] {
  const [left, right] = [new Set(a.flatMap(of)), new Set(b.flatMap(of))];
  const [before, after] = [minus(left, right), minus(right, left)];
  if (before.length + after.length === 0) return [];
  // How many bytes it was says something only where the other state has another number in its place.
  const told =
    aspect.kind !== 'call' ||
    (before.some(isNumber) && [...right].some(isNumber)) ||
    (after.some(isNumber) && [...left].some(isNumber));
  const named = (results: Iterable<string>): string[] =>
    [...new Set(told ? results : [...results].map(asDone))].sort(byResult);
  const [only, gained] = [named(before), named(after)];
  const name = nameOf(aspect);
  const effect = `${listText(named(left))} -> ${listText(named(right))}`;
  const parts = aspect.kind === 'device' ? directions([...left], [...right]) : pairs(aspect, only, gained);
  return [
    {
      aspect,
      of: name,
      before: only,
      after: gained,
      effect,
      text: `${name}: ${effect}`,
      parts: parts.map((alternatives) => alternatives.map((one) => `${name}: ${one}`)),
    },
  ];
}

const minus = (some: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
  [...some].filter((one) => !others.has(one));

function nameOf(aspect: Exclude<Aspect, { kind: 'together' }>): string {
  switch (aspect.kind) {
    case 'call':
      return aspect.op;
    case 'outcome':
      return 'outcome';
    case 'device':
      return `device, ${aspect.word}`;
    case 'field':
      return aspect.at === 'device'
        ? `device, ${aspect.field} of ${aspect.word}`
        : `seen by ${aspect.word}, ${aspect.field}`;
    default:
      return aspect satisfies never;
  }
}

/** Results that take no more room than a line has. */
const LISTED_MAX = 4;

function listText(results: readonly string[]): string {
  if (results.length === 0) return 'nothing';
  if (results.length === 1) return results[0]!;
  if (results.length > LISTED_MAX) {
    return `${results.slice(0, LISTED_MAX - 1).join(', ')} or one of ${results.length - LISTED_MAX + 1} more`;
  }
  return `${results.slice(0, -1).join(', ')} or ${results.at(-1)}`;
}

/** Numbers first, by size. */
function byResult(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  return isNumber(a) === isNumber(b) ? byText(a, b) : isNumber(a) ? -1 : 1;
}

/** The fewest and the most that reach the device: as often as an operation has pieces is no change of its own. */
function directions(left: readonly string[], right: readonly string[]): string[][] {
  const range = (counts: readonly string[]): [number, number] => {
    const numbers = counts.map(Number);
    return [Math.min(...numbers), Math.max(...numbers)];
  };
  const [a, b] = [range(left), range(right)];
  const found = ['fewest', 'most'].flatMap((end, at) =>
    a[at] === b[at] ? [] : [[`${b[at]! > a[at]! ? 'more' : 'less'} at ${end}`]],
  );
  return found.length > 0 ? found : [['other numbers']];
}

/** The part of a change of a generated value. */
export const OTHER_VALUE = 'another value';

/** What becomes of each result, and what each comes from; or what is lost, or what is new. */
function pairs(
  aspect: Exclude<Aspect, { kind: 'together' | 'device' }>,
  before: readonly string[],
  after: readonly string[],
): string[][] {
  // Which address it was is generated; which word it was is not.
  if (aspect.kind === 'field' && [...before, ...after].every(isValue)) return [[OTHER_VALUE]];
  if (after.length === 0) return before.map((one) => [`no more ${one}`]);
  if (before.length === 0) return after.map((one) => [`also ${one}`]);
  return [
    ...before.map((one) => after.map((other) => `${one} -> ${other}`)),
    ...after.map((other) => before.map((one) => `${one} -> ${other}`)),
  ];
}

const isValue = (text: string): boolean => /^(-?\d|0x|[[{"])/.test(text);
