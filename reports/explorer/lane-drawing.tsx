import type { LaneBar, LaneLayout } from './lane-layout.ts';
import { BAR, GUTTER, HEAD, LINE, STEP_COLUMN } from './lane-sizes.ts';
import { visible } from './visible.ts';
import type { Edge, End } from './watcher.ts';

interface Props {
  readonly layout: LaneLayout;
  readonly edges: readonly Edge[];
  /** Width of a lane, and of the bars at its left, in pixels. */
  readonly lane: number;
  readonly gutters: readonly number[];
  /** Rows that are drawn. */
  readonly first: number;
  readonly last: number;
}

/** Characters of a name along a bar: each takes so many pixels. */
const NAME_CHARACTER = 6.2;

/** Bars and arrows, below the table's text. The words beside it say the same: this is for the eye alone. */
export function LaneDrawing({ layout, edges, lane, gutters, first, last }: Props) {
  const { rows, bars, actors, height } = layout;
  const left = (index: number) => STEP_COLUMN + index * lane;
  const top = (row: number) => HEAD + (rows[row]?.top ?? height) * LINE;
  const bottom = (row: number) => top(row) + (rows[row]?.height ?? 0) * LINE;
  const pointOf = ({ row, actor }: End) => {
    const index = actors.indexOf(actor);
    return { x: left(index) + gutters[index]! - 5, y: (top(row) + bottom(row)) / 2 };
  };
  const wanted = new Set(
    edges.filter(({ kind }) => kind === 'for-ever').map(({ object, to }) => `${to.actor} ${object}`),
  );
  return (
    <svg
      class="drawing"
      aria-hidden="true"
      width={left(actors.length)}
      height={HEAD + height * LINE}
      focusable="false"
    >
      <defs>
        <pattern id="waits" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="2.5" height="6" class="stripe" />
        </pattern>
        {(['event', 'start', 'lock', 'for-ever'] as const).map((kind) => (
          <marker
            key={kind}
            id={`arrow-${kind}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0 0L8 4L0 8z" class={`head ${kind}`} />
          </marker>
        ))}
      </defs>
      {actors.map((actor, index) => (
        <line key={actor} class="lane" x1={left(index)} x2={left(index)} y1={0} y2={HEAD + height * LINE} />
      ))}
      {bars
        .filter(({ from, to }) => from <= last && to >= first)
        .map((bar) => (
          <BarShape
            key={`${bar.kind} ${bar.lane} ${bar.track} ${bar.from}`}
            bar={bar}
            isWanted={bar.kind === 'holds' && bar.isOpen && wanted.has(`${bar.actor} ${bar.object}`)}
            x={left(bar.lane) + GUTTER / 2 + bar.track * BAR}
            from={top(bar.from)}
            to={bottom(bar.to)}
          />
        ))}
      {edges
        .filter(({ from, to }) => from.row <= last && to.row >= first && from.actor !== to.actor)
        .map((edge, at) => (
          <path
            key={`${edge.from.actor} ${edge.from.row} ${edge.to.actor} ${edge.to.row}`}
            class={`edge ${edge.kind}`}
            d={
              edge.kind === 'for-ever'
                ? endless(pointOf(edge.from).x, pointOf(edge.to).x, top(edge.from.row) + LINE / 2, at)
                : curve(pointOf(edge.from), pointOf(edge.to))
            }
            marker-end={`url(#arrow-${edge.kind})`}
          />
        ))}
    </svg>
  );
}

interface BarProps {
  readonly bar: LaneBar;
  /** Whether somebody waits for it for ever. */
  readonly isWanted: boolean;
  readonly x: number;
  readonly from: number;
  readonly to: number;
}

/** Its name along it, where there is room. */
function BarShape({ bar: { kind, object, what, isOpen }, isWanted, x, from, to }: BarProps) {
  const name = visible(
    `${kind === 'waits' ? 'waits: ' : ''}${object}${what === 'lock for read' ? ' (r)' : ''}`,
  );
  const room = Math.floor((Math.min(to - from, REPEATED) - 8) / NAME_CHARACTER);
  const text = name.length <= room ? name : room < 5 ? '' : `${name.slice(0, room - 1)}…`;
  return (
    <g class={`bar-${kind} ${isWanted ? 'wanted' : ''} ${isOpen && kind === 'waits' ? 'open' : ''}`}>
      <rect x={x + 1} y={from + 1} width={BAR - 2} height={Math.max(4, to - from - 2)} rx="3" />
      {text === ''
        ? null
        : namesAt(from, to).map((y) => (
            <text key={y} transform={`translate(${x + BAR / 2 + 3.5} ${y}) rotate(-90)`}>
              {text}
            </text>
          ))}
    </g>
  );
}

/** A long bar has its name more than once: some of it is always on the screen. */
const REPEATED = 420;

/** Lower ends of the names along a bar, from the bottom up. */
function namesAt(from: number, to: number): number[] {
  const times = Math.max(1, Math.floor((to - from) / REPEATED));
  return Array.from({ length: times }, (_, at) => Math.round(to - 5 - (at * (to - from)) / times));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function curve(from: Point, to: Point): string {
  const bend = Math.max(12, (to.y - from.y) / 2);
  return `M${from.x} ${from.y}C${from.x} ${from.y + bend} ${to.x} ${to.y - bend} ${to.x} ${to.y}`;
}

/** Round a cycle there are arrows both ways between two lanes: each has a height of its own. */
function endless(from: number, to: number, middle: number, at: number): string {
  const y = middle + (at % 2 === 0 ? -4 : 4);
  return `M${from} ${y}L${to} ${y}`;
}
