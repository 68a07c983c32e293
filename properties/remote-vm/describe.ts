/** Lines for the diffs that findings show, and what several claims ask of an operation or a descriptor. */
import type { Machine } from '../../harness/machine/machine.ts';
import type { Process } from '../../harness/machine/process.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { Address, Descriptor, Evidence, Fixup, OpenFile, RemoteVmOperation } from './evidence.ts';

/** The operation a call carries out; null for what the kernel started by itself (an interrupt, a worker). */
export function operationOf(call: Call): RemoteVmOperation | null {
  return call.work.operation < 0 ? null : (call.work.argument as RemoteVmOperation);
}

/** `descriptor 2 (batch, wq 0, PASID 1)`. */
export const descriptorName = ({ id, what, wq, pasid }: Descriptor): string =>
  `descriptor ${id} (${what}, wq ${wq}, PASID ${pasid})`;

/** `open file 1 of proca (wq 0, PASID 1)`. */
export const fileName = ({ id, mm, wq, pasid }: OpenFile): string =>
  `open file ${id} of ${mm.process.name} (wq ${wq}, PASID ${pasid})`;

/** Whether a kernel thread stored the status byte, or the device the whole record, where it belongs. */
export function isCompleted(descriptor: Descriptor, { writes }: Evidence): boolean {
  return writes.some(
    (write) => write.descriptor === descriptor && write.part !== 'body' && write.mm === descriptor.mm,
  );
}

/** The attempt that was made for a descriptor, if any came to its end. */
export const returnedFixup = (descriptor: Descriptor, { fixups }: Evidence): Fixup | undefined =>
  fixups.find((fixup) => fixup.descriptor === descriptor && fixup.copied !== null);

/** Whether queue_work would not take the work for it, since somebody drained the workqueue. */
export const isRefused = (descriptor: Descriptor, { items }: Evidence): boolean =>
  items.some((item) => item.descriptor === descriptor && item.dropped);

/** Whether a process made such a call, or began to. */
export function calls(machine: Machine, process: Process, kind: RemoteVmOperation['kind']): boolean {
  return machine.calls.some((call) => call.thread.process === process && operationOf(call)?.kind === kind);
}

/** Whether a process unmaps that record by itself, or exits: nobody looks at what is stored there. */
export const removesRecord = (machine: Machine, process: Process, cr: Address): boolean =>
  machine.calls.some((call) => {
    if (call.thread.process !== process) return false;
    const operation = operationOf(call);
    return operation?.kind === 'exit' || (operation?.kind === 'munmap' && operation.cr === cr);
  });

/** Whether any process is told to exit: only then does an address space lose its users. */
export const somebodyExits = ({ calls: all }: Machine): boolean =>
  all.some((call) => operationOf(call)?.kind === 'exit');
