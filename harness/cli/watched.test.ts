import { expect, test } from 'vitest';
import { Pulse } from './pulse.ts';
import { watched } from './watched.ts';

/** Ends when it is aborted, or after a while. */
const working = (signal: AbortSignal, forMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('done'), forMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('aborted'));
    });
  });

test('what stands still is aborted', async () => {
  const pulse = new Pulse();
  pulse.begin();
  expect(await watched(pulse, 100, (signal) => working(signal, 30_000))).toBeNull();
});

test('what goes on is not', async () => {
  const pulse = new Pulse();
  pulse.begin();
  const timer = setInterval(() => pulse.live(), 10);
  expect(await watched(pulse, 400, (signal) => working(signal, 1000))).toEqual({ value: 'done' });
  clearInterval(timer);
});

test('what has not begun is not', async () => {
  expect(await watched(new Pulse(), 100, (signal) => working(signal, 600))).toEqual({ value: 'done' });
});

test('what fails, fails', async () => {
  const failing = () => Promise.reject(new Error('out of order'));
  await expect(watched(new Pulse(), 100, failing)).rejects.toThrow('out of order');
});

test('a pulse counts beats, and says which sequence they are of', () => {
  const pulse = new Pulse();
  const other = new Pulse(pulse.memory);
  expect([pulse.progress, pulse.beats]).toEqual([0, 0]);
  other.begin();
  expect([pulse.beats, pulse.sequence]).toEqual([0, -1]);
  other.beat(7);
  other.beat(8);
  other.live();
  expect([pulse.beats, pulse.sequence, pulse.progress]).toEqual([2, 8, 4]);
});
