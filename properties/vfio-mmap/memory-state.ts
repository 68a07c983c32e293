import type { Call } from '../../harness/machine/thread.ts';
import type { Execution } from '../../harness/model/property.ts';
import { operationOf } from './describe.ts';
import type { Evidence } from './evidence.ts';

/**
 * Whether memory was enabled all through a call, as far as its own thread decides that; null where others had a say.
 * Which of two threads' calls came first is no evidence: of steps that commute only one order is executed.
 */
export function memoryDuring(call: Call, { machine, evidence }: Execution<Evidence>): boolean | null {
  let enabled = evidence.facts.memoryEnabled;
  // Enabling what nobody disables changes nothing, whoever does it.
  const stays = enabled && !machine.calls.some((other) => operationOf(other)?.kind === 'memory_disable');
  let isBefore = true;
  for (const other of machine.calls) {
    if (other === call) isBefore = false;
    switch (operationOf(other)?.kind) {
      case 'memory_disable':
      case 'memory_enable':
        if (stays) break;
        if (other.thread !== call.thread) return null;
        // One after close gives -EBADF and changes nothing.
        if (isBefore && other.ret !== null && other.ret >= 0) enabled = other.work.name === 'memory_enable';
        break;
      case 'reset':
        // It restores PCI_COMMAND, but takes memory away meanwhile.
        if (other.thread !== call.thread) return null;
        break;
      case 'open':
      case 'power_off':
        return null;
      default:
        break;
    }
  }
  return enabled;
}
