/** What recorded executions show of shared objects. */
import { expect, test } from 'vitest';
import { record } from '../../harness/scenario/recording.ts';
import { by, disable, map, read, run, touch } from './call-results.fixture.ts';
import { series as vfioMmap } from './series.ts';

const STEPS_MAX = 2_000;

const shown = (state: string, ...bodies: Parameters<typeof by>[1][]): string[] => {
  const scenario = {
    format: 1,
    model: `vfio-mmap/${state}`,
    world: { mio: true },
    ops: by('user0', ...bodies),
    schedule: [],
  } as const;
  return record(vfioMmap.model(state)!, scenario, STEPS_MAX).steps.map(({ text }) => text);
};

test('every object has a value in words', () => {
  const ops = by('user0', map(), read(), { op: 'fork' }, disable);
  for (const state of ['v3', 'v7']) {
    for (const object of run(state, ops).machine.objects)
      expect(object.show()).not.toMatch(/object|undefined/);
  }
});

test('an access that ends elsewhere does not show the one before it', () => {
  const steps = shown('v7', map(), touch(), { op: 'munmap', map: 'm0' }, touch());
  const atFunction = steps.filter((step) => step.startsWith('the function'));
  expect(atFunction.map((step) => step.replace(/.*: /, ''))).toEqual([
    'not reached',
    'PCILGI BAR 4 offset 0x0 len 8',
    'not reached',
  ]);
});

test('counts that are no references are not called so', () => {
  const steps = shown('v3', map(), touch(), { op: 'fork' }, disable);
  expect(steps).toContain('process table: 1 child');
  expect(steps).toContain('zaps under way: 1');
});
