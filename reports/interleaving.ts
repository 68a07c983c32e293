import { describeReturn } from '../harness/machine/errno.ts';
import type { RecordedStep } from '../harness/machine/recorder.ts';
import type { WaitRecord } from '../harness/scenario/recording.ts';
import type { Style } from './ansi.ts';
import { count } from './count.ts';
import { BLANK, type Line, type Span, span } from './page.ts';
import { plain } from './plain.ts';
import type { Row } from './shown-steps.ts';
import { cut, widest, widthOf, wrap } from './wrap.ts';

/** More actors than this do not fit side by side. */
const COLUMNS_MAX = 3;
const COLUMN_WIDTH_MIN = 22;
const GAP = 2;
const NAME_WIDTH_MAX = 16;

/** What one actor has to say in one row, not yet laid out. */
interface Entry {
  readonly actor: string;
  /** `>12 `, or spaces. */
  readonly gutter: Span;
  /** Steps stand one column to the right of the function they are in. */
  readonly indent: number;
  readonly text: string;
  readonly style: Style;
  /** Steps are listed under their actor's name; what belongs to a step is not. */
  readonly named: boolean;
}

/** An entry, an empty line where another actor goes on, or what stands for steps of anybody. */
type Item = Entry | 'switch' | { readonly note: string };

/**
 * Who did what, in order: one column an actor, and where those would get too narrow one list with the actor's name
 * in front. `markedAt` is the step at which the claim breaks, or null.
 */
export function interleaving(
  rows: readonly Row[],
  waiting: readonly WaitRecord[],
  markedAt: number | null,
  width: number,
): Line[] {
  if (rows.length === 0) return [];
  const stepWidth = Math.max(2, widest(rows.map((row) => (row.kind === 'step' ? String(row.index) : ''))));
  const itemsOf = (relabel: boolean) => [
    ...entriesOf(rows, markedAt, stepWidth, relabel),
    ...waitEntries(waiting, stepWidth),
  ];
  const items = itemsOf(false);
  const actors = [...new Set(items.filter(isEntry).map(({ actor }) => actor))];
  const columns = columnsFor(actors, items, width - stepWidth - 2);
  return columns === null
    ? listed(itemsOf(true), actors, width, stepWidth)
    : sideBySide(items, actors, columns, stepWidth);
}

function isEntry(item: Item): item is Entry {
  return typeof item === 'object' && 'actor' in item;
}

/**
 * `relabel` says whether an actor that goes on names its function again: in a list the last mention is out of sight,
 * in a column of its own it is the line above.
 */
function entriesOf(
  rows: readonly Row[],
  markedAt: number | null,
  stepWidth: number,
  relabel: boolean,
): Item[] {
  const gutter = span(' '.repeat(stepWidth + 2));
  const items: Item[] = [];
  const functionShown = new Map<string, string | null>();
  let running: string | null = null;
  for (const row of rows) {
    if (row.kind === 'left-out' && row.actor === null) {
      items.push({ note: `… ${count(row.steps, 'more step')}` });
      running = null;
      continue;
    }
    const actor = row.kind === 'step' ? row.step.actor : row.actor!;
    if (running !== null && running !== actor) items.push('switch');
    if (relabel && running !== actor) functionShown.delete(actor);
    running = actor;
    if (row.kind === 'left-out') {
      const text = `… ${count(row.steps, row.allReads ? 'read' : 'step')}`;
      items.push({ actor, gutter, indent: 1, text, style: 'faint', named: false });
      continue;
    }
    const { step, index } = row;
    if (step.function !== null && step.function !== functionShown.get(actor)) {
      items.push({ actor, gutter, indent: 0, text: `${step.function}:`, style: 'faint', named: false });
    }
    functionShown.set(actor, step.function);
    items.push(...stepEntries(step, index, index === markedAt, gutter));
  }
  return items;
}

function stepEntries(
  { actor, text, returns }: RecordedStep,
  index: number,
  marked: boolean,
  blank: Span,
): Entry[] {
  const style = marked ? 'bad' : 'plain';
  const number = `${marked ? '>' : ' '}${String(index).padStart(blank.text.length - 2)} `;
  const gutter = span(number, marked ? 'bad' : 'faint');
  const entries: Entry[] = [{ actor, gutter, indent: 1, text, style, named: true }];
  if (returns !== null) {
    // What an actor started by itself, or did not survive, has no value to return.
    const { op, ret, signal } = returns;
    const end =
      signal !== null ? `gets ${signal}` : ret === null ? `${op} ends` : `returns ${describeReturn(ret)}`;
    entries.push({ actor, gutter: blank, indent: 1, text: end, style: 'strong', named: false });
  }
  return entries;
}

/** Where everybody stands at the end of a deadlock. */
function waitEntries(waiting: readonly WaitRecord[], stepWidth: number): Item[] {
  const entries = waiting.map(({ actor, waitsFor, edge }): Item => {
    const text = edge === 'lock' ? `waits for ${waitsFor}` : `waits for "${waitsFor}"`;
    return { actor, gutter: span(' '.repeat(stepWidth + 2)), indent: 1, text, style: 'bad', named: true };
  });
  return entries.length === 0 ? [] : ['switch', ...entries];
}

/** Widths of the columns: each as much as it needs, and a fair share where that is not to be had. */
function columnsFor(actors: readonly string[], items: readonly Item[], room: number): number[] | null {
  if (actors.length > COLUMNS_MAX) return null;
  const entries = items.filter(isEntry);
  const needed = actors.map((actor) =>
    Math.max(
      widest([actor]),
      widest(
        entries.filter((entry) => entry.actor === actor).map(({ indent, text }) => ' '.repeat(indent) + text),
      ),
    ),
  );
  const widths = needed.map(() => 0);
  let left = room - GAP * (actors.length - 1);
  let open = needed.map((_, at) => at);
  while (open.length > 0) {
    const share = Math.floor(left / open.length);
    const content = open.filter((at) => needed[at]! <= share);
    const settled = content.length > 0 ? content : open;
    for (const at of settled) {
      widths[at] = content.length > 0 ? needed[at]! : share;
      left -= widths[at]!;
    }
    open = open.filter((at) => !settled.includes(at));
  }
  return widths.some((given, at) => given < Math.min(COLUMN_WIDTH_MIN, needed[at]!)) ? null : widths;
}

function sideBySide(
  items: readonly Item[],
  actors: readonly string[],
  widths: readonly number[],
  stepWidth: number,
): Line[] {
  const offsets = widths.map((_, at) => widths.slice(0, at).reduce((sum, width) => sum + width + GAP, 0));
  const gutter = ' '.repeat(stepWidth + 2);
  const column = (text: string, at: number) => text.padEnd(widths[at]! + (at < actors.length - 1 ? GAP : 0));
  return [
    [span(gutter), ...actors.map((actor, at) => span(column(cut(plain(actor), widths[at]!), at), 'strong'))],
    [span(gutter), ...widths.map((width, at) => span(column('-'.repeat(width), at), 'faint'))],
    ...items.flatMap((item) => {
      if (!isEntry(item)) return [noteLine(item, gutter)];
      const at = actors.indexOf(item.actor);
      return entryLines(item, widths[at]!, [span(' '.repeat(offsets[at]!))], gutter);
    }),
  ];
}

function listed(items: readonly Item[], actors: readonly string[], width: number, stepWidth: number): Line[] {
  const nameWidth = Math.min(NAME_WIDTH_MAX, widest(actors));
  const gutter = ' '.repeat(stepWidth + 2);
  return items.flatMap((item) => {
    if (!isEntry(item)) return [noteLine(item, gutter)];
    const name = item.named ? cut(plain(item.actor), nameWidth) : '';
    const room = Math.max(COLUMN_WIDTH_MIN, width - gutter.length - nameWidth - GAP);
    return entryLines(item, room, [span(`${name.padEnd(nameWidth)}  `, 'strong')], gutter);
  });
}

function noteLine(item: 'switch' | { readonly note: string }, gutter: string): Line {
  return item === 'switch' ? BLANK : [span(`${gutter}${item.note}`, 'faint')];
}

function entryLines(entry: Entry, width: number, before: Line, gutter: string): Line[] {
  const indent = ' '.repeat(entry.indent);
  const lead = before.map(({ text }) => ' '.repeat(widthOf(text))).join('');
  return wrap(entry.text, width - entry.indent, 2).map((text, at) =>
    at === 0
      ? [entry.gutter, ...before, span(indent + text, entry.style)]
      : [span(gutter + lead), span(indent + text, entry.style)],
  );
}
