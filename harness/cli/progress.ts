import cliProgress from 'cli-progress';

/** Tells a person how far a run is: a bar on a terminal, now and then a line anywhere else. Always on stderr. */
export interface Progress {
  /** `total`: infinite where nobody knows. */
  start(model: string, total: number): void;
  advance(done: number, note: string): void;
  stop(): void;
}

/** What is told of, as far as it is needed. */
type Stream = Pick<NodeJS.WriteStream, 'write'>;

/** `now`: milliseconds; lines come no faster than a log is to grow. */
export function makeProgress(
  stream: NodeJS.WriteStream,
  options: { quiet: boolean; plain: boolean },
  now: () => number = () => performance.now(),
): Progress {
  if (options.quiet) return { start: () => {}, advance: () => {}, stop: () => {} };
  return options.plain ? lines(stream, now) : bar(stream);
}

function bar(stream: NodeJS.WriteStream): Progress {
  const single = new cliProgress.SingleBar({
    stream,
    format: (_options, { progress, total }, { model, note }: { model: string; note: string }) =>
      barLine(stream.columns || 80, model, Number.isFinite(total) ? progress : null, note),
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
  });
  return {
    start: (model, total) => single.start(total, 0, { model, note: 'searching' }),
    advance: (done, note) => single.update(done, { note }),
    stop: () => single.stop(),
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
