import { ExitCode } from './exit.ts';

/** Where output goes and what the environment says: the only place that looks. */
export interface Terminal {
  readonly color: boolean;
  readonly width: number;
  /** A person watches: progress may move. */
  readonly interactive: boolean;
  /** File that the summary of a job of GitHub Actions is appended to; null elsewhere. */
  readonly stepSummary: string | null;
  print(text: string): void;
  error(text: string): void;
  now(): number;
  /** ISO date, in UTC. */
  today(): string;
  /** Calls `handler` on SIGINT and SIGTERM until the returned function is called. */
  onSignal(handler: (signal: NodeJS.Signals) => void): () => void;
}

const WIDTH_MAX = 100;

/** Whether the environment says that a CI system runs this. */
export const isCi = ({ CI }: { readonly CI?: string | undefined }): boolean =>
  CI !== undefined && CI !== '' && CI !== 'false';

/** What of the environment says how a terminal may be written to. */
interface TerminalEnv {
  readonly CI?: string | undefined;
  readonly TERM?: string | undefined;
  readonly NO_COLOR?: string | undefined;
}

/** A terminal that shows escape sequences as the characters they are made of, as that of an editor. */
const isDumb = ({ TERM }: TerminalEnv): boolean => TERM === 'dumb';

/** Whether text on this stream may have colors. */
export const showsColor = (isTty: boolean, env: TerminalEnv): boolean =>
  isTty && !isDumb(env) && (env.NO_COLOR ?? '') === '';

/** Whether a person watches this stream on a terminal whose cursor can be moved. */
export const isInteractive = (isTty: boolean, env: TerminalEnv): boolean =>
  isTty && !isDumb(env) && !isCi(env);

/** To the begin of the line, without what stood there. */
const CLEAR_LINE = '\r\u001b[2K';

/** Whoever reads us may leave early (`| head -1`): what is left to do is done all the same, unseen. */
function outputFailed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`zpci-fuzz: stdout cannot be written (${error.code}): the report is lost.\n`);
  process.exit(ExitCode.brokenContract);
}

/** Progress and messages that nobody can read change nothing. */
const ignore = (): void => {};

export function makeTerminal(options: { color: boolean }): Terminal {
  const { env, stdout, stderr } = process;
  stdout.on('error', outputFailed);
  stderr.on('error', ignore);
  const interactive = isInteractive(stderr.isTTY === true, env);
  return {
    color: options.color && showsColor(stdout.isTTY === true, env),
    // Reports are made for 80 columns; wider helps a little, narrower than 60 helps nobody.
    width: stdout.isTTY === true ? Math.min(WIDTH_MAX, Math.max(60, stdout.columns || 80)) : 80,
    interactive,
    stepSummary: env.GITHUB_STEP_SUMMARY || null,
    print: (text) => {
      stdout.write(text);
    },
    error: (text) => {
      // Where progress stands, a message is not to begin behind it.
      stderr.write(`${interactive ? CLEAR_LINE : ''}${text}\n`);
    },
    now: () => performance.now(),
    today: () => new Date().toISOString().slice(0, 10),
    onSignal(handler) {
      process.on('SIGINT', handler);
      process.on('SIGTERM', handler);
      return () => {
        process.off('SIGINT', handler);
        process.off('SIGTERM', handler);
      };
    },
  };
}
