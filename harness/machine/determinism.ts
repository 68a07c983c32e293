import type { RecordedStep } from './recorder.ts';

/** The first place at which two executions of the same inputs went apart. */
export interface Difference {
  readonly step: number;
  readonly message: string;
}

/**
 * Runs the same execution twice and compares every step of the two traces. Counting steps or runnable threads
 * instead lets most uses of chance through.
 */
export function sameTwice(run: () => readonly RecordedStep[]): Difference | null {
  const first = run().map(line);
  const second = run().map(line);
  const stepsMax = Math.max(first.length, second.length);
  for (let step = 0; step < stepsMax; step++) {
    if (first[step] === second[step]) continue;
    return {
      step,
      message: [
        `Two executions of the same inputs differ at step ${step}: "${first[step] ?? 'ended'}", then "${second[step] ?? 'ended'}".`,
        'Usual causes: Math.random, Date, state kept outside the world, iteration over a Set filled in a varying order.',
      ].join(' '),
    };
  }
  return null;
}

function line({ actor, function: name, text, returns }: RecordedStep): string {
  const returned = returns === null ? '' : ` (${returns.op} returns ${returns.ret})`;
  return `${actor}: ${name === null ? '' : `${name}: `}${text}${returned}`;
}
