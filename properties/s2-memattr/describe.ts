/** Lines for the diffs that findings show, and what several claims ask of an entry. */
import { describeReturn } from '../../harness/machine/errno.ts';
import type { Call } from '../../harness/machine/thread.ts';
import {
  ALIGNMENT_FAULT,
  type Encoding,
  type Evidence,
  EXIT_MMIO,
  INSTRUCTION_ABORT,
  type Leaf,
  type Mapping,
  type MemAttrOperation,
  type Prot,
} from './evidence.ts';

export const operationOf = (call: Call): MemAttrOperation => call.work.argument as MemAttrOperation;

/** `EFAULT`, `EXIT_MMIO`: what a call that does not succeed comes back with. */
export function answerName(ret: number): string {
  switch (ret) {
    case EXIT_MMIO:
      return 'EXIT_MMIO';
    case INSTRUCTION_ABORT:
      return 'instruction-abort';
    case ALIGNMENT_FAULT:
      return 'alignment-fault';
    default:
      return /E[A-Z]+/.exec(describeReturn(ret))?.[0] ?? String(ret);
  }
}

/** The VMA that an entry's page frame came from. */
export const supplierOf = (leaf: Leaf): Mapping | null => (leaf.fault === null ? null : leaf.fault.supplier);

/**
 * Whether this kernel means an entry of a device page frame to be cacheable: user space maps it so, and the host needs
 * no cache maintenance. Such memory may be executed too.
 */
export function mayBeCacheable(leaf: Leaf, { facts, mapsCacheablePfnmap }: Evidence): boolean {
  if (!mapsCacheablePfnmap || !facts.fwb || !facts.cacheDic) return false;
  return supplierOf(leaf)?.hostType === 'normal';
}

/** `PCI BAR: device-nGnRE, rw`. */
export function leafLine({ pageFrame, attr, read, write, exec }: Leaf): string {
  const permissions = `${read ? 'r' : ''}${write ? 'w' : ''}${exec ? 'x' : ''}`;
  return `${pageFrame}: ${attr}, ${permissions === '' ? 'no permission' : permissions}`;
}

/** `pci at page 0 with the flag`. */
export const mappingName = ({ backing, hva, flag }: Mapping): string =>
  `${backing} at page ${hva} ${flag ? 'with' : 'without'} the flag`;

/** `normal-nc, executable`; null where nothing was written. */
export const writtenAttribute = ({ attr, exec }: Pick<Encoding, 'attr' | 'exec'>): string | null =>
  attr === null ? null : `${attr}${exec ? ', executable' : ''}`;

/** `R|W|DEVICE|NORMAL_NC`. */
export function protName({ read, write, exec, device, normalNc }: Prot): string {
  const names = [read && 'R', write && 'W', exec && 'X', device && 'DEVICE', normalNc && 'NORMAL_NC'];
  const set = names.filter(Boolean);
  return set.length === 0 ? '0' : set.join('|');
}
