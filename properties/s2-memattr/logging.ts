/** What dirty logging is for, and what it is not: S2-H19 of models/s2-memattr/README.md. */
import type { Machine } from '../../harness/machine/machine.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { Property, Report } from '../../harness/model/property.ts';
import { leafLine, operationOf } from './describe.ts';
import type { Evidence, GuestPage, Leaf, LeafChange, Stage2Fault } from './evidence.ts';

/**
 * Goes by the flags that a fault found with srcu held, and by the entry that was write-protected: never by whether the
 * BAR or the flags of the slot came first.
 */
export const loggedSlotNeverMapsDevice: Property<Evidence> = {
  id: 'logged-slot-never-maps-device',
  claim:
    'what is refused when flags of a slot are set does not come about later: where dirty pages are logged no stage-2 fault maps a device page frame, and none is write-protected for it',
  source: {
    status: 'inferred',
    note: 'kvm_arch_prepare_memory_region() refuses KVM_MEM_LOG_DIRTY_PAGES over VM_PFNMAP, and nothing asks again',
    invariant: 'S2-H19',
  },
  check({ evidence: { leafChanges, stage2Faults } }, report) {
    let exercised = false;
    for (const { logging, supplier } of stage2Faults) {
      if (logging && supplier !== null) exercised = true;
    }
    for (const { kind, before, after, fault, page, step, thread } of leafChanges) {
      if (kind === 'protect') exercised = true;
      if (kind === 'map' && after?.devicePfn === true && fault?.logging === true) {
        report('device-mapped', step, () => ({
          message: `${thread.name} maps ${after.pageFrame} at ${page}, whose dirty pages are logged.`,
          expected: ['user_mem_abort returns an error'],
          actual: [`${leafLine(after)}${fault.dirtied ? ', marked dirty' : ''}`],
        }));
      }
      if (kind === 'protect' && before?.devicePfn === true) {
        report('device-write-protected', step, () => ({
          message: `${thread.name} has found memory under ${page}, and write-protects ${before.pageFrame}.`,
          expected: ['no entry of a device'],
          actual: [leafLine(before), ...(after === null ? [] : [leafLine(after)])],
        }));
      }
    }
    return exercised;
  },
};

const SLOTS: readonly GuestPage[] = ['slot0', 'slot1'];

/** The step from which on logging may be off again: of the first call for it that is not over before this one begins. */
function mayBeOffFrom({ calls }: Machine, on: Call, slot: number): number {
  let step = Number.POSITIVE_INFINITY;
  for (const other of calls) {
    const operation = operationOf(other);
    if (operation.kind !== 'set_memslot' || operation.slot !== slot || operation.logging) continue;
    if (other.returned >= 0 && other.returned < on.begun) continue;
    step = Math.min(step, other.begun);
  }
  return step;
}

const grantsWrite = ({ before, after }: LeafChange): boolean =>
  after?.write === true && before?.write !== true;

/** Of one page from the return of a call on: an entry that is writable was made so by a fault that has logged it. */
function judgeEntries(
  changes: readonly LeafChange[],
  machine: Machine,
  on: Call,
  slot: number,
  report: Report,
) {
  const page = SLOTS[slot]!;
  const until = mayBeOffFrom(machine, on, slot);
  let unlogged: Leaf | null = null;
  for (const change of changes) {
    if (change.page !== page || change.step >= until) continue;
    const { after, fault, step, thread } = change;
    if (grantsWrite(change)) unlogged = fault?.logging === true ? null : after;
    else if (after?.write !== true) unlogged = null;
    if (unlogged === null || step <= on.returned || !grantsWrite(change)) continue;
    report('written-unlogged', step, () => ({
      message: `${thread.name} makes ${page} writable by the old flags of its slot, which were replaced by then.`,
      expected: ['a fault that sees that dirty pages are logged'],
      actual: [...(after === null ? [] : [leafLine(after)])],
    }));
  }
}

/** The same at the moment of the return. */
function judgeReturn(
  changes: readonly LeafChange[],
  machine: Machine,
  on: Call,
  slot: number,
  report: Report,
) {
  const page = SLOTS[slot]!;
  if (mayBeOffFrom(machine, on, slot) <= on.returned) return;
  let left: LeafChange | null = null;
  for (const change of changes) {
    if (change.page !== page || change.step > on.returned) continue;
    if (grantsWrite(change)) left = change.fault?.logging === true ? null : change;
    else if (change.after?.write !== true) left = null;
  }
  if (left === null) return;
  const { after, thread } = left;
  report('left-writable', on.returned, () => ({
    message: `${on.thread.name} comes back, and the guest can write to ${page} without a fault: ${thread.name} mapped it before.`,
    expected: ['no entry that is writable, but where a fault has logged it'],
    actual: after === null ? [] : [leafLine(after)],
  }));
}

const changesBy = (changes: readonly LeafChange[], fault: Stage2Fault): boolean => {
  for (const change of changes) if (change.fault === fault && grantsWrite(change)) return true;
  return false;
};

function judgeMark(fault: Stage2Fault, changes: readonly LeafChange[], report: Report): void {
  const { logging, dirtied, ret, kind, page, step, thread } = fault;
  if (ret === null) return;
  const granted = logging && ret === 0 && changesBy(changes, fault);
  if (granted && !dirtied) {
    report('not-marked', step, () => ({
      message: `${thread.name} makes ${page} writable, whose dirty pages are logged.`,
      expected: ['marked dirty'],
      actual: ['not marked'],
    }));
  }
  // A permission fault may find that another one has made the entry writable.
  if (dirtied && (!logging || (kind === 'translation' && !granted))) {
    report('marked-without-entry', step, () => ({
      message: `${thread.name} marks ${page} dirty, and has not made it writable.`,
      expected: ['not marked'],
      actual: ['marked dirty'],
    }));
  }
}

/** Goes by windows in which nobody can have turned logging off, and by the order of the changes of one entry. */
export const dirtyLogIsExact: Property<Evidence> = {
  id: 'dirty-log-is-exact',
  claim:
    'once KVM_MEM_LOG_DIRTY_PAGES is set, the guest writes to the slot only by entries that a fault has made writable and marked dirty, and only such faults mark it',
  source: {
    status: 'inferred',
    note: 'documented above kvm_mmu_wp_memory_region(): after it all entries are write-protected, and the log can be read; in user_mem_abort(): marked dirty only if the fault is handled successfully (509552e65ae8, v5.12)',
  },
  check({ machine, evidence: { leafChanges, stage2Faults } }, report) {
    let exercised = false;
    for (const call of machine.returned) {
      const operation = operationOf(call);
      if (operation.kind !== 'set_memslot' || !operation.logging || call.ret !== 0) continue;
      exercised = true;
      judgeReturn(leafChanges, machine, call, operation.slot, report);
      judgeEntries(leafChanges, machine, call, operation.slot, report);
    }
    for (const fault of stage2Faults) {
      if (fault.logging) exercised = true;
      judgeMark(fault, leafChanges, report);
    }
    return exercised;
  },
};
