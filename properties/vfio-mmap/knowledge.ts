/**
 * What a thread's own calls say of its process: descriptor, mappings, protection. Where others had a say nothing is
 * known, since which of two threads' calls came first is no evidence.
 */
import type { Call } from '../../harness/machine/thread.ts';
import type { Execution } from '../../harness/model/property.ts';
import { operationOf } from './describe.ts';
import type { Evidence, Mapping, Protection } from './evidence.ts';
import { pageOf, unmapEnd } from './layout.ts';

type Judged = Execution<Evidence>;

/** The process that had the device open from the beginning. Others began with what a fork gave them. */
const isOwner = ({ thread }: Call, { evidence }: Judged): boolean =>
  thread.process === evidence.processes[0]!.process;

/** Whether the owner may have been asked for the device: it closes its descriptor then, and unmaps what it has. */
const wasAsked = (call: Call, execution: Judged): boolean =>
  isOwner(call, execution) && hasCall(execution, 'power_off');

/** Whether anybody made such a call, however it ended. */
export function hasCall({ machine }: Judged, kind: string): boolean {
  for (const { work } of machine.calls) if (work.name === kind) return true;
  return false;
}

/** Whether another thread than the caller made such a call. */
export function othersCall({ machine }: Judged, { thread }: Call, kind: string): boolean {
  for (const other of machine.calls) if (other.thread !== thread && other.work.name === kind) return true;
  return false;
}

/** Whether the process had its descriptor of the device all through a call; null: it is not known. */
export function hadDescriptor(call: Call, execution: Judged): boolean | null {
  if (wasAsked(call, execution)) return null;
  let had: boolean | null = isOwner(call, execution) ? true : null;
  let isBefore = true;
  for (const other of execution.machine.calls) {
    if (other === call) isBefore = false;
    const { name } = other.work;
    if (name !== 'open' && name !== 'close') continue;
    if (other.thread.process !== call.thread.process || other === call) continue;
    if (other.thread !== call.thread) return null;
    if (isBefore && other.ret === 0) had = name === 'open';
  }
  return had;
}

/** What a name stands for all through a call: `unknown` where others give it, too, `nothing` where nobody did. */
export function namedMapping(map: string, call: Call, execution: Judged): Mapping | 'nothing' | 'unknown' {
  let made: Call | null = null;
  let isBefore = true;
  for (const other of execution.machine.calls) {
    if (other === call) isBefore = false;
    if (other.thread.process !== call.thread.process) continue;
    const operation = operationOf(other);
    if (operation?.kind !== 'mmap' || operation.as !== map) continue;
    if (other.thread !== call.thread) return 'unknown';
    if (isBefore && other.ret === 0) made = other;
  }
  if (made === null) return isOwner(call, execution) ? 'nothing' : 'unknown';
  for (const mapping of execution.evidence.mappings) if (mapping.call === made) return mapping;
  return 'unknown';
}

/** Whether pages of a mapping that the caller made were mapped all through a call; null: it is not known. */
export function areMapped(
  mapping: Mapping,
  first: number,
  end: number,
  call: Call,
  execution: Judged,
): boolean | null {
  if (wasAsked(call, execution)) return null;
  const made = operationOf(mapping.call);
  let all: boolean | null = true;
  let isBefore = true;
  for (const other of execution.machine.calls) {
    if (other === call) isBefore = false;
    if (other.thread.process !== call.thread.process) continue;
    const operation = operationOf(other);
    if (operation?.kind !== 'munmap' || made?.kind !== 'mmap' || operation.map !== made.as) continue;
    if (other.thread !== call.thread) return null;
    if (!isBefore || other.ret !== 0 || other.begun < mapping.call.begun) continue;
    const { offset, length } = operation;
    if (pageOf(offset) < end && unmapEnd(offset, length) > first) all = false;
  }
  return all;
}

/** What a mapping that the caller made allows, if nobody ever changes that; else null. */
export function protectionOf({ call: made }: Mapping, execution: Judged): Protection | null {
  if (hasCall(execution, 'mprotect')) return null;
  const operation = operationOf(made);
  return operation?.kind === 'mmap' ? operation.prot : null;
}
