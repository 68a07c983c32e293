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

/** `timeout` of coreutils sends its signal to the command, and then to its group, of which the command is one. */
const ONE_SIGNAL_MS = 200;

/**
 * Hears SIGINT and SIGTERM. The first is answered with what will still be done, in words; the second is for work that
 * does not end, and leaves at once.
 */
export function listenForStop(terminal: Terminal, answer: string, onStop: () => void = () => {}): Stopping {
  let signal: NodeJS.Signals | null = null;
  let heardAt = 0;
  const end = terminal.onSignal((received) => {
    if (signal !== null) {
      if (terminal.now() - heardAt < ONE_SIGNAL_MS) return;
      process.exit(exitCodeOfSignal(received));
    }
    signal = received;
    heardAt = terminal.now();
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
