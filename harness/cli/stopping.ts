import { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';

/** Whether a person or a CI system wants the command to stop. */
export interface Stopping {
  /** The first signal, or null. */
  readonly signal: NodeJS.Signals | null;
  /** Stops listening. */
  end(): void;
}

/** The exit code of a command that a signal ended. */
export const exitCodeOfSignal = (signal: NodeJS.Signals): ExitCode =>
  signal === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;

/**
 * Hears SIGINT and SIGTERM. The first is answered with what will still be done, in words; the second is for work that
 * does not end, and leaves at once.
 */
export function listenForStop(terminal: Terminal, answer: string, onStop: () => void = () => {}): Stopping {
  let signal: NodeJS.Signals | null = null;
  const end = terminal.onSignal((received) => {
    if (signal !== null) process.exit(exitCodeOfSignal(received));
    signal = received;
    onStop();
    terminal.error(`${received}: stopping; ${answer}`);
  });
  return {
    get signal() {
      return signal;
    },
    end,
  };
}
