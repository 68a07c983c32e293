/** Tells a person how far a run is: a bar on a terminal, now and then a line anywhere else. Always on stderr. */
export interface Progress {
  /** `total`: infinite where nobody knows. */
  start(model: string, total: number): void;
  advance(done: number, note: string): void;
  stop(): void;
}

/** Where it is written, as far as it matters. */
type Stream = Pick<NodeJS.WriteStream, 'write' | 'columns'>;

/** `now`: milliseconds; lines come no faster than a log is to grow. */
export function makeProgress(
  stream: Stream,
  options: { quiet: boolean; plain: boolean },
  now: () => number = () => performance.now(),
): Progress {
  if (options.quiet) return { start: () => {}, advance: () => {}, stop: () => {} };
  return options.plain ? lines(stream, now) : bar(stream);
}

const CLEAR_LINE = '\u001b[2K';

/**
 * One line, drawn anew at each advance. No timer and no hidden cursor, which whatever ends a run in the midst of it would
 * leave behind; and the cursor waits at the begin of the line, so that what is said then does not begin behind it.
 */
function bar(stream: Stream): Progress {
  let name = '';
  let all = 1;
  const draw = (done: number, note: string): void => {
    const progress = Number.isFinite(all) ? Math.min(1, done / Math.max(1, all)) : null;
    stream.write(`${CLEAR_LINE}${barLine(stream.columns || 80, name, progress, note)}\r`);
  };
  return {
    start: (model, total) => {
      name = model;
      all = total;
      draw(0, 'searching');
    },
    advance: draw,
    stop: () => {
      stream.write(CLEAR_LINE);
    },
  };
}

const BAR_MAX = 24;
const BAR_MIN = 4;

/**
 * How far something is, in one line of a terminal of so many columns. What there is no room for is left out: the bar first,
 * then what it found. `progress`: from 0 to 1; null where nobody knows the end.
 */
export function barLine(columns: number, name: string, progress: number | null, note: string): string {
  // In the last column many terminals go on to the next line.
  const width = columns - 1;
  const percentage = progress === null ? [] : [`${Math.floor(progress * 100)}%`];
  const tail = [...percentage, ...(note === '' ? [] : [note])].join(' | ');
  const room = Math.min(BAR_MAX, width - name.length - tail.length - 2);
  if (progress !== null && room >= BAR_MIN) {
    const done = Math.round(progress * room);
    return `${name} ${'='.repeat(done)}${'-'.repeat(room - done)} ${tail}`;
  }
  const line = `${name} ${tail}`;
  if (line.length <= width) return line;
  const short = [...percentage, name].join(' ');
  return short.length <= width ? short : `${short.slice(0, Math.max(0, width - 1))}…`;
}

/** Between two lines. */
const PAUSE_MS = 5_000;

/** A line at a quarter, now and then: enough to see that a CI job is alive, few enough to read its log. */
function lines(stream: Stream, now: () => number): Progress {
  let name = '';
  let all = 1;
  let quarter = 0;
  let last = Number.NEGATIVE_INFINITY;
  return {
    start: (model, total) => {
      name = model;
      all = total;
      quarter = 0;
    },
    advance: (done, note) => {
      const reached = Math.floor((done / all) * 4);
      if (reached > quarter && now() - last >= PAUSE_MS) {
        last = now();
        stream.write(`${name}: ${reached * 25}%${note === '' ? '' : ` (${note})`}\n`);
      }
      quarter = reached;
    },
    stop: () => {},
  };
}
