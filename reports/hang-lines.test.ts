import { describe, expect, it } from 'vitest';
import type { Hang } from '../harness/campaign/hang.ts';
import { hangLines } from './hang-lines.ts';
import { printPage } from './page.ts';
import { UNPRINTABLE, widestLine } from './recordings.fixture.ts';

const hang: Hang = {
  during: 'step',
  actor: 'user0',
  operation: 'region_write',
  function: 'vfio_pci_zdev_io_rw',
  claim: null,
  step: 12,
  times: 1,
  foundWith: { run: 3, sequence: 17, shrinking: null },
  world: { maxstbl: 128 },
  ops: [
    { actor: 'user0', op: 'region_write', pos: 16, count: 32, req: { flags: 2, len: 8 } },
    { actor: 'vcpu', op: 'pcilg', pcias: 0 },
  ],
  schedule: ['user0'],
};

const textOf = (hangs: readonly Hang[], width = 80): string =>
  printPage(hangLines(hangs, width), { color: false, width });

describe('hangLines', () => {
  it('say where it hung, how often, and what was asked for', () => {
    const shrinking = { property: 'no-deadlock', kind: 'lock-cycle' };
    const claim: Hang = {
      ...hang,
      during: 'claim',
      operation: null,
      claim: 'pins-balanced',
      times: 1200,
      foundWith: { run: 3, sequence: 17, shrinking },
      world: {},
      ops: [],
    };
    expect(textOf([hang, claim])).toMatchInlineSnapshot(`
      "hang (a broken model: it was stopped, and what hung is left out)
        region_write of user0 does not come back in vfio_pci_zdev_io_rw, at step 12
          in operation sequence 17 of chunk 3
          world: maxstbl=128
          user0  region_write pos=16 count=32 req={flags=2 len=8}
          vcpu   pcilg pcias=0
        pins-balanced does not come back from judging, after step 12
          1,200 times, first while shrinking no-deadlock: lock-cycle
      "
    `);
  });

  it.each([
    [
      'choice',
      'whether a thread can run is never said, after step 12 (region_write of user0 in vfio_pci_zdev_io_rw)',
    ],
    [
      'preparation',
      'the fields of region_write of user0 are parsed without end, or its world is never ready',
    ],
    ['unknown', 'it does not come back, but did when looked at: the model is not deterministic'],
  ] as const)('say what it was at: %s', (during, says) => {
    expect(textOf([{ ...hang, during }], 120)).toMatch(`\n  ${says}\n`);
  });

  it('are none where nothing hung', () => {
    expect(hangLines([], 80)).toEqual([]);
  });

  it('exceed no width and print nothing that a terminal obeys', () => {
    const hostile = {
      ...hang,
      function: 'x\u001b[2J\u202e',
      actor: 'a-very-long-name-of-an-actor-that-goes-on',
    };
    for (const width of [24, 40, 80]) {
      const text = textOf([hang, hostile], width);
      expect(widestLine(text)).toBeLessThanOrEqual(width);
      expect(text).not.toMatch(UNPRINTABLE);
    }
  });
});
