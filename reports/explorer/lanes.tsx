import { Component, type RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { LaneDrawing } from './lane-drawing.tsx';
import { actorsOf, barTracks, laneLayout, type Row, rowsBetween } from './lane-layout.ts';
import { BAR, GUTTER, LINE, STEP_COLUMN } from './lane-sizes.ts';
import type { Trace } from './trace.ts';
import { visible } from './visible.ts';

interface Props {
  readonly trace: Trace;
  readonly title: string;
  readonly at: number;
  readonly brokenAt: number | null;
  readonly differsAt: number | null;
  readonly go: (step: number) => void;
  /** Whether the page follows its present step; of two side by side one does. */
  readonly leads: boolean;
}

/** A lane is never narrower: a table that does not fit is scrolled in itself. */
const LANE_MIN = 180;
/** Executions with more lines are drawn in part: what is on the screen, and so many lines above and below. */
const WHOLE_MAX = 500;
const MARGIN = 30;

/** A column for each actor with its steps in order, bars for locks held and waited for, and arrows for who woke whom. */
export function Lanes({ trace: shown, title, at, brokenAt, differsAt, go, leads }: Props) {
  const scroller = useRef<HTMLElement>(null);
  const { width, character } = useSizes(scroller);
  const actors = useMemo(() => actorsOf(shown), [shown]);
  const gutters = useMemo(
    () => barTracks(shown.bars, actors).tracks.map((tracks) => GUTTER + tracks * BAR),
    [shown, actors],
  );
  const lane = Math.max(LANE_MIN, Math.floor((width - STEP_COLUMN) / Math.max(1, actors.length)));
  const layout = useMemo(
    () =>
      laneLayout(
        shown,
        gutters.map((gutter) => Math.floor((lane - gutter - GUTTER) / character)),
      ),
    [shown, lane, character],
  );
  const { rows } = layout;
  const [top, setTop] = useState(0);
  const [screen, setScreen] = useState(40);
  const isWhole = layout.height <= WHOLE_MAX;
  const [first, last] = isWhole
    ? [0, rows.length - 1]
    : rowsBetween(rows, top - MARGIN, top + screen + MARGIN);
  const before = useRef(at);
  useEffect(() => {
    const element = scroller.current;
    const row = rows[at];
    if (element === null || row === undefined) return;
    const column = [...row.lines.keys()][0] ?? 0;
    const [left, right] = [STEP_COLUMN + column * lane, STEP_COLUMN + (column + 1) * lane];
    if (left < element.scrollLeft) element.scrollLeft = column === 0 ? 0 : left;
    else if (right > element.scrollLeft + element.clientWidth)
      element.scrollLeft = right - element.clientWidth;
    const head = LINE * 2;
    const [from, to] = [row.top * LINE, (row.top + row.height + 2) * LINE];
    const room = element.clientHeight - head;
    if (from < element.scrollTop + LINE) element.scrollTop = Math.max(0, from - room / 3);
    else if (to > element.scrollTop + room) element.scrollTop = to - (room * 2) / 3;
    // A page that was just opened begins at its heading; who steps wants to see the step.
    if (before.current !== at && leads) {
      const y = element.getBoundingClientRect().top + head + from - element.scrollTop;
      if (y < head * 2 || y + LINE * 3 > innerHeight) element.scrollIntoView({ block: 'start' });
    }
    before.current = at;
  }, [at, layout, width]);
  const drawn = rows.slice(first, last + 1);
  const below = layout.height - (rows[last]?.top ?? 0) - (rows[last]?.height ?? 0);
  return (
    <section
      class="lanes"
      aria-label={`interleaving on ${title}`}
      ref={scroller}
      onScroll={({ currentTarget: { scrollTop, clientHeight } }) => {
        setTop(Math.round(scrollTop / LINE));
        setScreen(Math.round(clientHeight / LINE));
      }}
    >
      <div class="score" style={{ width: `${STEP_COLUMN + lane * actors.length}px` }}>
        <LaneDrawing
          layout={layout}
          edges={shown.edges}
          lane={lane}
          gutters={gutters}
          first={first}
          last={last}
        />
        <table aria-rowcount={rows.length + 1}>
          <colgroup>
            <col style={{ width: `${STEP_COLUMN}px` }} />
            {actors.map((actor) => (
              <col key={actor} style={{ width: `${lane}px` }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">step</th>
              {actors.map((actor, index) => (
                <th scope="col" key={actor} style={{ paddingLeft: `${gutters[index]}px` }}>
                  {visible(actor)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {first === 0 ? null : <tr class="spacer" style={{ height: `${rows[first]!.top * LINE}px` }} />}
            {drawn.map((row, offset) => {
              const index = first + offset;
              return (
                <LaneRow
                  key={index}
                  row={row}
                  index={index}
                  isStep={index < shown.recording.steps.length}
                  gutters={gutters}
                  isCurrent={index === at}
                  isBroken={index === brokenAt}
                  isDifferent={index === differsAt}
                  go={go}
                />
              );
            })}
            {below <= 0 ? null : <tr class="spacer" style={{ height: `${below * LINE}px` }} />}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface RowProps {
  readonly row: Row;
  readonly index: number;
  readonly isStep: boolean;
  readonly gutters: readonly number[];
  readonly isCurrent: boolean;
  readonly isBroken: boolean;
  readonly isDifferent: boolean;
  readonly go: (step: number) => void;
}

/** Drawn again only where it looks different: a key press moves two of them. */
class LaneRow extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    const { row, isCurrent, isBroken, isDifferent } = this.props;
    return (
      row !== next.row ||
      isCurrent !== next.isCurrent ||
      isBroken !== next.isBroken ||
      isDifferent !== next.isDifferent
    );
  }

  override render() {
    const { row, index, isStep, gutters, isCurrent, isBroken, isDifferent, go } = this.props;
    const classes = [
      isCurrent ? 'current' : '',
      isBroken ? 'broken' : '',
      isDifferent ? 'differs' : '',
      isStep ? '' : 'endless',
    ].filter((name) => name !== '');
    return (
      <tr
        class={classes.join(' ')}
        style={{ height: `${row.height * LINE}px` }}
        aria-rowindex={index + 2}
        aria-current={isCurrent ? 'step' : undefined}
        onClick={isStep ? () => go(index) : undefined}
      >
        <th scope="row">
          {isStep ? index : <span title="for ever">∞</span>}
          {isBroken ? <span class="sr"> breaks the claim</span> : null}
          {isDifferent ? <span class="sr"> first difference</span> : null}
        </th>
        {gutters.map((gutter, lane) => (
          <td key={lane} style={{ paddingLeft: `${gutter}px` }}>
            {(row.lines.get(lane) ?? []).map(({ kind, text }, at) => (
              <div key={at} class={kind}>
                {text}
              </div>
            ))}
          </td>
        ))}
      </tr>
    );
  }
}

/** Width of the lanes and of one of their characters, in pixels; before the first layout a guess. */
function useSizes(element: RefObject<HTMLElement | null>): {
  readonly width: number;
  readonly character: number;
} {
  const [sizes, setSizes] = useState({ width: 800, character: 7.3 });
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return;
    const look = () => {
      const ruler = document.createElement('span');
      ruler.className = 'ruler';
      ruler.textContent = '0'.repeat(100);
      measured.append(ruler);
      const character = ruler.getBoundingClientRect().width / 100;
      ruler.remove();
      setSizes({ width: measured.clientWidth, character });
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  return sizes;
}
