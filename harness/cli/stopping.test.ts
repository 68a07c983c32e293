import { afterEach, expect, test, vi } from 'vitest';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { listenForStop } from './stopping.ts';

afterEach(() => vi.restoreAllMocks());

/** A terminal whose clock and signals are in the test's hands. */
function signalled() {
  let send: (signal: NodeJS.Signals) => void = () => {};
  let time = 0;
  const terminal = Object.assign(new CapturedTerminal(), {
    now: () => time,
    onSignal: (handler: typeof send) => {
      send = handler;
      return () => {};
    },
  });
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
  const stopping = listenForStop(terminal, 'the rest is reported.');
  return {
    terminal,
    exit,
    stopping,
    at: (now: number) => (signal: NodeJS.Signals) => {
      time = now;
      send(signal);
    },
  };
}

test('the first signal is answered, a second one leaves at once', () => {
  const { terminal, stopping, at } = signalled();
  at(0)('SIGINT');
  expect(stopping.signal).toBe('SIGINT');
  expect(terminal.stderr).toBe('SIGINT: stopping; the rest is reported.\n');
  expect(() => at(1_000)('SIGTERM')).toThrow(`exit ${ExitCode.terminated}`);
});

test('one that is sent twice at a time, as timeout does, is one', () => {
  const { terminal, exit, stopping, at } = signalled();
  at(5)('SIGTERM');
  at(6)('SIGTERM');
  expect(exit).not.toHaveBeenCalled();
  expect(stopping.signal).toBe('SIGTERM');
  expect(terminal.stderr.split('\n')).toHaveLength(2);
});
