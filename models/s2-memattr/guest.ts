import { EFAULT } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import { ALIGNMENT_FAULT, type GuestAccessRequest } from '../../properties/s2-memattr/evidence.ts';
import { combine, isDevice, ofData } from './memory-type.ts';
import { permits } from './stage2-entry.ts';
import type { MemAttrWorld } from './world.ts';

/** One instruction of the guest, executed again after every fault that KVM says it has dealt with. */
export function* guest_access(t: Thread, w: MemAttrWorld, request: GuestAccessRequest): CodePath<number> {
  // Stage 2 is not even looked at: AArch64.FullTranslate() of the Arm ARM returns with the fault of stage 1, where the
  // alignment is checked against the type of stage 1, with its MMU off too.
  if (request.unaligned && isDevice(ofData(request.stage1))) return ALIGNMENT_FAULT;
  const entry = w.entryOf(request.page);
  yield entry.read;
  let leaf = entry.leaf;
  // Only then does it come as far as the bus: whoever has no translation disturbs nobody there.
  for (let translated = false; ; translated = true) {
    const type = leaf === null ? null : combine(request.stage1, leaf.attr, w.facts.fwb);
    // Stage 2 made Device of it: an alignment fault of stage 2, which comes before its permissions, and which
    // kvm_handle_guest_abort does not know ("Unsupported FSC").
    const misaligned = type !== null && request.unaligned && isDevice(type);
    if (!misaligned && (leaf === null || !permits(leaf, request.access))) {
      const exit = yield* w.kernel.kvm_handle_guest_abort(t, w, request, entry, leaf !== null);
      if (exit !== 0) return exit;
    } else if (translated && leaf !== null && type !== null) {
      const done = !misaligned;
      w.issue({
        step: w.machine.steps,
        thread: t,
        call: t.call!,
        request,
        leaf,
        type,
        done,
        stale: leaf.fault?.supplier?.gone === true,
        memoryEnabled: w.memoryEnabled,
      });
      return done ? 0 : -EFAULT;
    }
    yield w.bus.access;
    leaf = entry.leaf;
  }
}
