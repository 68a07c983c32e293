import cliProgress from 'cli-progress';

/** Tells a person how far a run is: a bar on a terminal, now and then a line anywhere else. Always on stderr. */
export interface Progress {
  start(model: string, total: number): void;
  advance(done: number, note: string): void;
  stop(): void;
}

export function makeProgress(
  stream: NodeJS.WriteStream,
  options: { quiet: boolean; plain: boolean },
): Progress {
  if (options.quiet) return { start: () => {}, advance: () => {}, stop: () => {} };
  return options.plain ? lines(stream) : bar(stream);
}

function bar(stream: NodeJS.WriteStream): Progress {
  const single = new cliProgress.SingleBar({
    stream,
    format: '{model} {bar} {percentage}% | {note}',
    barsize: 24,
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

/** A line at each quarter: enough to see that a CI job is alive, few enough to read its log. */
function lines(stream: NodeJS.WriteStream): Progress {
  let name = '';
  let all = 1;
  let quarter = 0;
  return {
    start: (model, total) => {
      name = model;
      all = total;
      quarter = 0;
    },
    advance: (done, note) => {
      const now = Math.floor((done / all) * 4);
      if (now > quarter) stream.write(`${name}: ${now * 25}%${note === '' ? '' : ` (${note})`}\n`);
      quarter = now;
    },
    stop: () => {},
  };
}
