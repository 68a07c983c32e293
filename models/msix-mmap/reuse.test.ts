import type { Run } from '../../harness/machine/execute.ts';
import { testReusedEvidence } from '../../harness/machine/reuse.fixture.ts';
import type { Call } from '../../harness/machine/thread.ts';
import { series as msixMmap } from './series.ts';
import type { MsixWorld } from './world.ts';

/** All evidence of a run, with calls by number. */
function evidenceOf({ machine, outcome, world }: Run): string {
  const w = world as MsixWorld;
  const evidence = [
    [w.alignments, w.opens, w.closes, w.decisions, w.gates, w.infos, w.mmaps, w.exposures, w.hotPlugs],
    [w.touches, w.tableWrites, w.tableAccesses, w.hostWrites, w.interrupts, w.oops, w.device()],
    [w.fileAccesses, w.barmapUses, w.regionChanges, w.ioeventfdsAdded, w.msixEnables],
  ];
  return JSON.stringify([outcome, machine.steps, evidence], (key, value: unknown) =>
    key === 'call' && value !== null ? (value as Call).work.operation : value,
  );
}

testReusedEvidence(
  msixMmap,
  msixMmap.states.map(({ id }) => id),
  evidenceOf,
);
