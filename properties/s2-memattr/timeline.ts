/**
 * What was so while a call was under way. Another actor may change it meanwhile, so that claims ask whether something was
 * so at some time, or all the time: never who came first.
 */
import type { Machine } from '../../harness/machine/machine.ts';
import type { Call } from '../../harness/machine/thread.ts';
import { operationOf } from './describe.ts';
import type { Evidence, GuestPage, Leaf, Mapping } from './evidence.ts';

/** Something that a page of user space can be: `mapping` is null where nothing is mapped. */
export type PageTest = (mapping: Mapping | null, writable: boolean, evidence: Evidence) => boolean;

function mappedAtFirst({ mappings }: Evidence, hva: number): Mapping | null {
  for (const mapping of mappings) if (mapping.step === -1 && mapping.hva === hva) return mapping;
  return null;
}

/** Whether a test of a page of user space came out as `answer` at some time during a call. */
export function everWas(
  evidence: Evidence,
  call: Call,
  hva: number,
  test: PageTest,
  answer: boolean,
): boolean {
  let mapping = evidence.fdBacked ? null : mappedAtFirst(evidence, hva);
  let writable = mapping !== null;
  for (const change of evidence.vmaChanges) {
    if (change.hva !== hva) continue;
    if (change.step > call.returned) break;
    if (change.step >= call.begun && test(mapping, writable, evidence) === answer) return true;
    mapping = change.mapping;
    writable = change.writable;
  }
  return test(mapping, writable, evidence) === answer;
}

/** The same of what backs a memory slot: VMAs, or with alt-fd a file that stays. */
export function everWasUnder(
  evidence: Evidence,
  call: Call,
  slot: number,
  test: PageTest,
  answer: boolean,
): boolean {
  if (evidence.fdBacked) return test(mappedAtFirst(evidence, slot), true, evidence) === answer;
  return everWas(evidence, call, slot, test, answer);
}

/** Whether PCI_COMMAND_MEMORY was set, or clear, at some time during a call. */
export function memoryEverWas({ commandWrites }: Evidence, call: Call, enabled: boolean): boolean {
  let now = true;
  for (const { step, enable } of commandWrites) {
    if (step > call.returned) break;
    if (step >= call.begun && now === enabled) return true;
    now = enable;
  }
  return now === enabled;
}

/** Whether dirty pages of a slot were logged, or not, at some time during a call. */
export function loggingEverWas({ slotChanges }: Evidence, call: Call, slot: number, on: boolean): boolean {
  let now = false;
  for (const change of slotChanges) {
    if (change.slot !== slot) continue;
    if (change.step > call.returned) break;
    if (change.step >= call.begun && now === on) return true;
    now = change.logging;
  }
  return now === on;
}

/** Whether a call can have found a slot with or without logging: what it has changed itself does not count. */
export function mayFindLogging({ slotChanges }: Evidence, call: Call, slot: number, on: boolean): boolean {
  let now = false;
  for (const change of slotChanges) {
    if (change.slot !== slot || change.call === call) continue;
    if (change.step > call.returned) break;
    if (change.step >= call.begun && now === on) return true;
    now = change.logging;
  }
  return now === on;
}

/** Whether a guest page had an entry like this, or (null) none, at some time during a call. */
export function entryEverWas(
  { leafChanges }: Evidence,
  call: Call,
  page: GuestPage,
  test: (leaf: Leaf | null) => boolean,
): boolean {
  let now: Leaf | null = null;
  for (const change of leafChanges) {
    if (change.page !== page) continue;
    if (change.step > call.returned) break;
    if (change.step >= call.begun && test(now)) return true;
    now = change.after;
  }
  return test(now);
}

/** Whether two calls were under way at the same time. */
export const overlaps = (a: Call, b: Call): boolean =>
  (a.returned < 0 || a.returned >= b.begun) && (b.returned < 0 || b.returned >= a.begun);

/** Whether vfio-pci took its mappings away, for a reset or with its memory, while a call was under way. */
export function zapOverlaps({ calls }: Machine, call: Call): boolean {
  for (const other of calls) {
    const operation = operationOf(other);
    const zaps =
      operation.kind === 'memory_disable' || (operation.kind === 'reset' && operation.device === 'pci');
    if (zaps && overlaps(call, other)) return true;
  }
  return false;
}
