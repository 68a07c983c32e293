/** Where everything of an execution stands: computed once, so that a long one can be drawn in part. */
import { describeReturn } from '../../harness/machine/errno.ts';
import type { RecordedStep } from '../../harness/machine/recorder.ts';
import { wrap } from '../wrap.ts';
import type { Trace } from './trace.ts';
import { visible } from './visible.ts';
import type { Bar } from './watcher.ts';

export interface RowLine {
  readonly kind: 'function' | 'text' | 'returns' | 'waits';
  readonly text: string;
}

export interface Row {
  /** Its lines, by lane. */
  readonly lines: ReadonlyMap<number, readonly RowLine[]>;
  /** Lines from the first row's top to its own. */
  readonly top: number;
  /** How many lines high. */
  readonly height: number;
}

export interface LaneBar extends Bar {
  readonly lane: number;
  /** Bars of one lane that overlap stand side by side. */
  readonly track: number;
}

export interface LaneLayout {
  /** Actors from left to right, in order of their first steps. */
  readonly actors: readonly string[];
  /** A row for each step, and where somebody waits for ever one behind them. */
  readonly rows: readonly Row[];
  readonly bars: readonly LaneBar[];
  /** How many bars stand side by side, by lane. */
  readonly tracks: readonly number[];
  /** Lines of all rows. */
  readonly height: number;
}

export function actorsOf({ recording: { steps, waiting } }: Trace): readonly string[] {
  return [...new Set([...steps, ...waiting].map(({ actor }) => actor))];
}

/** Bars and the room they take, which text has to leave. */
export function barTracks(
  bars: readonly Bar[],
  actors: readonly string[],
): { readonly bars: readonly LaneBar[]; readonly tracks: readonly number[] } {
  const ends = actors.map((): number[] => []);
  const placed = bars.map((bar): LaneBar => {
    const lane = actors.indexOf(bar.actor);
    const busy = ends[lane]!;
    const free = busy.findIndex((end) => end < bar.from);
    const track = free < 0 ? busy.length : free;
    busy[track] = bar.to;
    return { ...bar, lane, track };
  });
  return { bars: placed, tracks: ends.map(({ length }) => length) };
}

/** Room for the arrows of those who wait for each other, above their words. */
const ARROWS: RowLine = { kind: 'waits', text: '' };

/** `columns`: characters that fit into each lane, beside its bars. */
export function laneLayout(shown: Trace, columns: readonly number[]): LaneLayout {
  const actors = actorsOf(shown);
  const { steps, waiting } = shown.recording;
  const lanes = new Map(actors.map((actor, at) => [actor, at]));
  const functions = new Map<string, string | null>();
  const rows: Row[] = [];
  let top = 0;
  const add = (lines: Row['lines']) => {
    const height = Math.max(1, ...[...lines.values()].map(({ length }) => length));
    rows.push({ lines, top, height });
    top += height;
  };
  for (const step of steps) {
    const lane = lanes.get(step.actor)!;
    const isNew = step.function !== null && functions.get(step.actor) !== step.function;
    functions.set(step.actor, step.function);
    add(new Map([[lane, stepLines(step, isNew, columns[lane]!)]]));
  }
  if (waiting.length > 0) {
    add(
      new Map(
        waiting.map(({ actor, waitsFor, edge, heldBy }) => {
          const what = edge === 'lock' ? `lock ${waitsFor}` : `“${waitsFor}”`;
          const who = heldBy.length === 0 ? ', which nobody can end' : `, up to ${heldBy.join(', ')}`;
          const lane = lanes.get(actor)!;
          const text = linesOf('waits', `waits for ever for ${what}${who}`, columns[lane]!);
          return [lane, [ARROWS, ...text]];
        }),
      ),
    );
  }
  return { actors, rows, ...barTracks(shown.bars, actors), height: top };
}

function stepLines(step: RecordedStep, isNew: boolean, columns: number): RowLine[] {
  const { returns } = step;
  return [
    ...(isNew ? linesOf('function', step.function!, columns) : []),
    ...linesOf('text', step.text, columns),
    ...(returns === null ? [] : linesOf('returns', returnsText(returns), columns)),
  ];
}

/** `region_write returns 32`. */
export function returnsText({ op, ret, signal }: NonNullable<RecordedStep['returns']>): string {
  if (signal !== null) return `${op} gets ${signal}`;
  return ret === null ? `${op} ends` : `${op} returns ${describeReturn(ret)}`;
}

const linesOf = (kind: RowLine['kind'], text: string, columns: number): RowLine[] =>
  wrap(visible(text), Math.max(8, columns), 2).map((line) => ({ kind, text: line }));

/** The rows between two heights in lines, both ends included. */
export function rowsBetween(rows: readonly Row[], from: number, to: number): readonly [number, number] {
  const first = rowAt(rows, from);
  return [first, Math.min(rows.length - 1, rowAt(rows, to))];
}

/** The last row that begins at a height or above it. */
function rowAt(rows: readonly Row[], line: number): number {
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rows[middle]!.top <= line) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
