import type { Run } from '../../harness/machine/execute.ts';
import { testReusedEvidence } from '../../harness/machine/reuse.fixture.ts';
import { series as remoteVm } from './series.ts';
import type { RemoteVmWorld } from './world.ts';

/** What a run left, with whatever names a thread, a call, a process or a file by number or name. */
function evidenceOf({ machine, outcome, world }: Run): string {
  const w = world as RemoteVmWorld;
  const { removals } = w;
  const evidence = [
    w.files,
    w.descriptors,
    w.writes,
    w.faultIns,
    w.polls,
    w.items,
    w.fixups,
    w.pageWaits,
    removals,
  ];
  return JSON.stringify([outcome, machine.steps, evidence, w.crashes, w.messages], (key, value: unknown) => {
    switch (key) {
      case 'thread':
        return machine.threads.indexOf(value as (typeof machine.threads)[number]);
      case 'call':
      case 'lastPut':
        return machine.calls.indexOf(value as (typeof machine.calls)[number]);
      case 'mm':
        return w.mms.indexOf(value as (typeof w.mms)[number]);
      default:
        return value;
    }
  });
}

testReusedEvidence(remoteVm, ['pre', 'v2', 'v3', 'altB', 'merged'], evidenceOf);
