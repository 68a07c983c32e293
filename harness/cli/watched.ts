import type { Pulse } from './pulse.ts';

const LOOK_MS = 100;

/**
 * Runs something that shows a pulse, and aborts it once the pulse has stood still for `patienceMs`. Null if so.
 *
 * Looks are counted rather than time measured: where the whole process was stopped (a closed laptop, a debugger) or
 * this thread had other things to do, the other one had no chance to go on, and that is no hang. What was not begun
 * yet is not looked at.
 */
export async function watched<T>(
  pulse: Pulse,
  patienceMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly value: T } | null> {
  const controller = new AbortController();
  let seen = 0;
  let still = 0;
  const timer = setInterval(() => {
    const { progress } = pulse;
    still = progress === seen && progress > 0 ? still + 1 : 0;
    seen = progress;
    if (still * LOOK_MS >= patienceMs) controller.abort();
  }, LOOK_MS);
  try {
    return { value: await run(controller.signal) };
  } catch (error) {
    if (controller.signal.aborted) return null;
    throw error;
  } finally {
    clearInterval(timer);
  }
}
