/** Claims about what happens in the end: SVA-I10 to I12 of models/remote-vm/README.md. */
import type { StuckThread } from '../../harness/machine/deadlock.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import { describeStuckThread } from '../general/describe.ts';
import {
  calls,
  descriptorName,
  isCompleted,
  isRefused,
  operationOf,
  removesRecord,
  returnedFixup,
} from './describe.ts';
import type { Descriptor, Evidence, PageWait } from './evidence.ts';

export const nobodyWaitsForAnothersPage: Property<Evidence> = {
  id: 'nobody-waits-for-anothers-page',
  claim: "a fixup whose page does not come delays no other process's open or close for ever",
  source: {
    status: 'inferred',
    note: 'a worker sleeps for a userfaultfd, from v3 on with uc_lock held (SVA-H9); nobody raised it. That devices wait for pages where PRS is on is SVA-I12',
    invariant: 'SVA-I10',
  },
  liveness: true,
  check(execution, report) {
    const { machine, evidence } = execution;
    for (const { stuck, kind, wait } of waitsForAnothersPage(execution, false)) {
      report(kind, machine.deadlock!.step, () => ({
        message: `${stuck.thread.name} never gets on: a completion record of ${wait.mm.process.name} waits for its page.`,
        expected: [`${stuck.thread.name} returns`],
        actual: machine.deadlock!.stuck.map(describeStuckThread),
      }));
    }
    return facesAnothersPage(execution) && evidence.descriptors.some(waitsForPage);
  },
};

/** Whether somebody in user space has to provide the page. */
const waitsForPage = ({ cr, ended }: Descriptor): boolean =>
  (cr === 'uffd' || cr === 'fuse') && ended !== 'no record asked for';

/** Whether one process opens or closes while the record of another waits, or could. */
function facesAnothersPage({ machine, evidence }: Execution<Evidence>): boolean {
  return evidence.descriptors.some(
    (descriptor) =>
      waitsForPage(descriptor) &&
      machine.calls.some(
        (call) => call.thread.process !== descriptor.mm.process && stopped(call.thread, call) !== null,
      ),
  );
}

interface StuckUser {
  readonly stuck: StuckThread;
  readonly kind: 'open-never-returns' | 'close-never-returns';
  readonly wait: PageWait;
}

/**
 * Users that open or close and wait, over however many others, for whoever waits for another process's page. Who has a
 * page of their own to wait for may wait for that.
 */
function waitsForAnothersPage(
  { machine: { deadlock }, outcome, evidence }: Execution<Evidence>,
  engineHeld: boolean,
): readonly StuckUser[] {
  if (outcome !== 'deadlock' || deadlock === null) return [];
  const found: StuckUser[] = [];
  for (const wait of evidence.pageWaits) {
    if (wait.over || wait.engineHeld !== engineHeld) continue;
    for (const stuck of deadlock.stuck) {
      const { thread } = stuck;
      const { process } = thread;
      if (evidence.pageWaits.some(({ over, mm }) => !over && mm.process === process)) continue;
      const kind = stopped(thread, thread.call);
      if (kind !== null && reaches(deadlock.stuck, stuck, wait.thread)) found.push({ stuck, kind, wait });
    }
  }
  return found;
}

/** What a user thread that opens or closes never does again if it is stuck; null for anything else. */
function stopped(thread: Thread, call: Thread['call']): StuckUser['kind'] | null {
  if (thread.process === null || call === null) return null;
  switch (operationOf(call)?.kind) {
    case 'open':
      return 'open-never-returns';
    case 'close':
      return 'close-never-returns';
    default:
      return null;
  }
}

/** Whether a stuck thread waits for that one, directly or over others. */
function reaches(stuck: readonly StuckThread[], from: StuckThread, target: Thread): boolean {
  const reached = new Set<Thread>([from.thread]);
  for (const thread of reached) {
    if (thread === target) return true;
    for (const next of stuck.find((one) => one.thread === thread)?.on ?? []) reached.add(next);
  }
  return false;
}

export const faultedRecordIsCompleted: Property<Evidence> = {
  id: 'faulted-record-is-completed-in-the-end',
  claim:
    'a record whose page its user may write and the kernel can provide is written in the end, while its file stays open',
  source: {
    status: 'posted',
    date: '2023-04-07',
    messageId: '20230407203143.2189681-1-fenghua.yu@intel.com',
    note: 'what the series is for. Failed allocations are left out: there the user times out by design (SVA-H13)',
    invariant: 'SVA-I11',
  },
  liveness: true,
  check(execution, report) {
    const { machine, outcome, evidence } = execution;
    // Of executions that end with somebody waiting, nobody-waits-for-anothers-page has to say something.
    if (outcome !== 'finished' || evidence.facts.fault === 'kmem') return false;
    let exercised = false;
    for (const descriptor of evidence.descriptors) {
      if (!isOwed(descriptor, execution)) continue;
      exercised = true;
      if (isCompleted(descriptor, evidence)) continue;
      report(howLost(descriptor, evidence), machine.steps, () => ({
        message: `${descriptor.mm.process.name} polls for ${descriptorName(descriptor)} for ever.`,
        expected: [`status of descriptor ${descriptor.id} written`],
        actual: ['status still 0'],
      }));
    }
    return exercised;
  },
};

/** Whether nothing that its user did is a reason not to write it. */
function isOwed(descriptor: Descriptor, { machine, evidence }: Execution<Evidence>): boolean {
  const { file, rcr, cr, fixable, ended, mm } = descriptor;
  if (!rcr || !fixable || file.released || ended === null || ended === 'no record asked for') return false;
  const { process } = mm;
  if (removesRecord(machine, process, cr)) return false;
  if ((cr === 'uffd' || cr === 'fuse') && !calls(machine, process, 'uffd_answer')) return false;
  return (
    evidence.files.some((own) => own.mm === mm && own.opened && !own.released && !own.contextFreed) &&
    !machine.calls.some((call) => operationOf(call)?.kind === 'user_drv_remove')
  );
}

function howLost(descriptor: Descriptor, evidence: Evidence): string {
  const { ended, drained, mm } = descriptor;
  if (ended === 'in SWERROR' || ended === 'dropped') return 'reported-in-swerror-only';
  if (drained) return 'drained-with-another-file';
  const fixup = returnedFixup(descriptor, evidence);
  if (fixup === undefined) return isRefused(descriptor, evidence) ? 'refused-while-draining' : 'never-tried';
  // Without FAULT_FLAG_ALLOW_RETRY (pinned pages) a userfaultfd is not asked, and the fault fails.
  if (fixup.mm === mm) return 'copy-failed';
  return fixup.mm === null ? 'no-address-space-found' : 'wrong-address-space-found';
}

export const slowPageStopsNoOtherQueue: Property<Evidence> = {
  id: 'slow-page-stops-no-other-queue',
  claim:
    'a record whose page does not come stops neither the engine nor the handling of the event log for other work queues and processes, nor, over the engine, who opens or closes one',
  source: {
    status: 'posted',
    date: '2023-03-06',
    messageId: '20230306163138.587484-10-fenghua.yu@intel.com',
    note: 'the reason for the series: with PRS the engine waits for the page response, and other work queues with it (SVA-H19). That the log, and through it the engine, can come to the same is inferred: a release that drains with evl->lock held (d5638de827cf) keeps the interrupt thread from it (SVA-H20), which nobody raised',
    invariant: 'SVA-I12',
  },
  liveness: true,
  check(execution, report) {
    const { machine, outcome, evidence } = execution;
    const { descriptors, pageWaits } = evidence;
    for (const wait of pageWaits) {
      if (outcome !== 'deadlock' || wait.over) continue;
      if (wait.engineHeld) {
        for (const waiting of descriptors) {
          if (waiting.state !== 'queued' || waiting.wq === wait.descriptor.wq) continue;
          report('other-queue-stopped', wait.step, () => ({
            message: `The engine waits for the page of ${descriptorName(wait.descriptor)}.`,
            expected: [`${descriptorName(waiting)} is executed`],
            actual: [`descriptor ${waiting.id} stays in its queue`],
          }));
        }
      }
      for (const { descriptor, kind } of stoppedByLog(execution, wait)) {
        report(kind, machine.deadlock!.step, () => ({
          message: `The interrupt thread never gets evl->lock: its owner waits for the page of ${descriptorName(wait.descriptor)}.`,
          expected: [
            kind === 'log-never-handled'
              ? `the entry of ${descriptorName(descriptor)} is handled`
              : `${descriptorName(descriptor)} is executed`,
          ],
          actual: machine.deadlock!.stuck.map(describeStuckThread),
        }));
      }
    }
    for (const { stuck, wait } of waitsForAnothersPage(execution, true)) {
      report('user-never-returns', machine.deadlock!.step, () => ({
        message: `${stuck.thread.name} never gets on: the engine waits for the page of ${descriptorName(wait.descriptor)}.`,
        expected: [`${stuck.thread.name} returns`],
        actual: machine.deadlock!.stuck.map(describeStuckThread),
      }));
    }
    return (
      facesAnothersPage(execution) ||
      descriptors.some((slow) => waitsForPage(slow) && descriptors.some((other) => isOthers(other, slow)))
    );
  },
};

/** Whether a record is of another work queue or process, which a slow page is no reason to keep waiting. */
const isOthers = (descriptor: Descriptor, slow: Descriptor): boolean =>
  descriptor.wq !== slow.wq || descriptor.mm !== slow.mm;

/**
 * Records of others that stay where they are since the interrupt thread waits, over however many others, for whoever
 * waits for that page: in the log, or, where the log is full, in the engine and in front of it.
 */
function* stoppedByLog(
  { machine: { deadlock }, evidence }: Execution<Evidence>,
  wait: PageWait,
): Generator<{
  readonly descriptor: Descriptor;
  readonly kind: 'log-never-handled' | 'log-stays-full';
}> {
  const { stuck } = deadlock!;
  const irq = stuck.find(({ thread: { process, call } }) => process === null && call?.work.name === 'irq');
  if (irq === undefined || !reaches(stuck, irq, wait.thread)) return;
  const full = stuck.some(({ awaits }) => awaits === 'a free slot of the event log');
  for (const descriptor of evidence.descriptors) {
    if (!isOthers(descriptor, wait.descriptor)) continue;
    if (evidence.isInLog(descriptor)) yield { descriptor, kind: 'log-never-handled' };
    else if (full && descriptor.state !== 'done') yield { descriptor, kind: 'log-stays-full' };
  }
}
