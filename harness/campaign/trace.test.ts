import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import type { Machine } from '../machine/machine.ts';
import type { Model } from '../model/model.ts';
import { type ChunkResult, runChunk, type SearchOptions } from './chunk.ts';
import { Trace, type TracedPlace } from './trace.ts';

const v1 = zpciIo.model('v1')!;
const options: SearchOptions = {
  seed: 7,
  strategy: 'portfolio',
  opsMax: 6,
  stepsMax: 10_000,
  schedulesMax: 2_000,
  properties: v1.properties.map(({ id }) => id),
};

/** What is announced from a beat on, and what came of the chunk. */
function traced(
  from: number,
  heard: (place: TracedPlace, machine: Machine | null) => void,
  model: Model = v1,
): ChunkResult {
  const trace = new Trace(from, heard);
  return runChunk(trace.follow(model), options, 0, 20, { beat: (_, workload) => trace.beat(workload) });
}

describe('a traced chunk', () => {
  test.each([0, 1, 40, 1_000_000])('gives what the plain one gives: from beat %i on', (from) => {
    expect(traced(from, () => {})).toEqual(runChunk(v1, options, 0, 20));
  });

  test('says nothing before its beat, and every step from there on', () => {
    let beats = 0;
    let steps = 0;
    const first = runChunk(v1, options, 0, 20, { beat: () => beats++ });
    traced(beats + 1, () => {
      throw new Error('too early');
    });
    traced(0, ({ during }) => {
      if (during === 'choice') steps++;
    });
    expect(steps).toBe(first.steps);
  });

  test('says who is in which operation and function, and what was asked for', () => {
    const seen = new Map<string, TracedPlace>();
    traced(0, (place) => seen.set(`${place.during} ${place.function}`, place));
    expect([...new Set([...seen.values()].map(({ during }) => during))].sort()).toEqual([
      'choice',
      'claim',
      'generation',
      'preparation',
      'step',
    ]);
    const place = seen.get('step vfio_pci_zdev_io_rw')!;
    expect(place.operation).toMatch(/^region_/);
    expect(place.ops.map(({ actor, op }) => `${actor} ${op}`)).toContain(`${place.actor} ${place.operation}`);
  });

  test('ends with the claim that does not come back', () => {
    let last: TracedPlace | null = null;
    let names: string[] = [];
    const hanging: Model = {
      ...v1,
      properties: v1.properties.map((property) => ({
        ...property,
        check() {
          throw new Error('hangs');
        },
      })),
    };
    const go = () =>
      traced(
        0,
        (place, machine) => {
          last = place;
          names = machine?.threads.map(({ name }) => name) ?? [];
        },
        hanging,
      );
    expect(go).toThrow('hangs');
    expect(last).toMatchObject({ during: 'claim', claim: v1.properties[0]!.id });
    expect(names.length).toBeGreaterThan(0);
  });
});
