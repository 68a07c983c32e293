import type { Run } from '../../harness/machine/execute.ts';
import { testReusedEvidence } from '../../harness/machine/reuse.fixture.ts';
import type { Call, Thread } from '../../harness/machine/thread.ts';
import type { Stage2Fault } from '../../properties/s2-memattr/evidence.ts';
import { series as s2MemAttr } from './series.ts';
import type { MemAttrWorld } from './world.ts';

/** All evidence of a run, with calls, threads and faults by number. */
function evidenceOf({ machine, outcome, world }: Run): string {
  const w = world as MemAttrWorld;
  const evidence = [
    [w.mappings, w.stage2Faults, w.leafChanges, w.guestAccesses, w.encodings, w.resets],
    [w.posted, w.entries.map(({ leaf }) => leaf), w.vdev.iMmap, w.memoryEnabled],
  ];
  return JSON.stringify([outcome, machine.steps, evidence], (key, value: unknown) => {
    if (value === null) return null;
    if (key === 'call') return (value as Call).work.operation;
    if (key === 'thread') return (value as Thread).name;
    if (key === 'fault') return (value as Stage2Fault).step;
    return value;
  });
}

testReusedEvidence(s2MemAttr, ['pre', 'v1', 'v9', 'post', 'alt-ioctl', 'alt-fd'], evidenceOf);
