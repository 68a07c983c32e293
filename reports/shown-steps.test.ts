import { describe, expect, it } from 'vitest';
import type { RecordedStep } from '../harness/machine/recorder.ts';
import { everyStep, type Row, shownSteps } from './shown-steps.ts';

function step(actor: string, text: string): RecordedStep {
  return { actor, function: 'f', text, returns: null };
}

function numbers(rows: readonly Row[]): (number | string)[] {
  return rows.map((row) =>
    row.kind === 'step' ? row.index : `${row.steps} ${row.allReads ? 'reads' : 'steps'}`,
  );
}

describe('shownSteps', () => {
  it('shows short runs in full, however little they say', () => {
    const steps = Array.from({ length: 14 }, () => step('user0', 'read x = 1'));
    expect(shownSteps(steps, 13)).toEqual(everyStep(steps));
  });

  it('keeps the first and the last look at an object, and everything that is no read', () => {
    const steps = [
      ...Array.from({ length: 6 }, () => step('user0', 'read x = 1')),
      step('user0', 'lock l'),
      step('user0', 'write y = 1'),
      ...Array.from({ length: 6 }, () => step('user0', 'read x = 1')),
      step('user0', 'unlock l'),
    ];
    expect(numbers(shownSteps(steps, 14))).toEqual([0, '5 reads', 6, 7, '5 reads', 13, 14]);
  });

  it('shortens the middle of a run that stays long, but never the violation', () => {
    const steps = Array.from({ length: 100 }, (_, at) => step('user0', `write word${at} = 1`));
    expect(numbers(shownSteps(steps, 99))).toEqual([
      ...Array.from({ length: 14 }, (_, at) => at),
      '72 steps',
      ...Array.from({ length: 14 }, (_, at) => at + 86),
    ]);
    const shown = shownSteps(steps, 50);
    expect(shown.some((row) => row.kind === 'step' && row.index === 50)).toBe(true);
  });

  it('accounts for every step', () => {
    const steps = Array.from({ length: 200 }, (_, at) =>
      step(at % 60 < 40 ? 'user0' : 'user1', at % 3 === 0 ? 'lock l' : 'read x = 1'),
    );
    for (let violatedAt = 0; violatedAt < steps.length; violatedAt += 7) {
      const rows = shownSteps(steps, violatedAt);
      expect(rows.reduce((sum, row) => sum + (row.kind === 'step' ? 1 : row.steps), 0)).toBe(200);
      const indexes = rows.flatMap((row) => (row.kind === 'step' ? [row.index] : []));
      expect(indexes).toEqual([...indexes].sort((one, other) => one - other));
      expect(indexes).toContain(violatedAt);
    }
  });
});
