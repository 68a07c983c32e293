import type { Json } from '../../harness/model/field.ts';
import { simplest } from '../../harness/model/field.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import type {
  Backing,
  GuestAccessRequest,
  MemAttrFacts,
  MemAttrOperation,
  Prot,
} from '../../properties/s2-memattr/evidence.ts';
import { world } from './operations.ts';

/** Fills in the defaults of a scenario's `world` and turns it into what worlds are built from. */
export function configure(config: WorldConfig): MemAttrFacts {
  const get = (name: string): Json => config[name] ?? simplest(world[name]!);
  const backing = (name: string): Backing | null => (get(name) === 'none' ? null : (get(name) as Backing));
  return {
    fwb: get('fwb') === true,
    cacheDic: get('cacheDic') === true,
    is64bit: get('bits') === '64',
    pkvm: get('pkvm') === true,
    backings: [backing('slot0'), backing('slot1')],
  };
}

/** Parses one operation of a scenario, already validated. */
export function compile(operation: Operation): MemAttrOperation {
  const kind = operation.op as MemAttrOperation['kind'];
  const hva = Number(operation.hva ?? 0);
  switch (kind) {
    case 'guest_access':
      return {
        kind,
        page: operation.page as GuestAccessRequest['page'],
        access: operation.access as GuestAccessRequest['access'],
        stage1: (operation.stage1 ?? 'normal-nc') as GuestAccessRequest['stage1'],
        // A fetch has no alignment that the memory type has a say in.
        unaligned: operation.unaligned === true && operation.access !== 'exec',
      };
    case 'mmap':
      return { kind, hva, backing: operation.backing as Backing, writable: operation.prot !== 'r' };
    case 'munmap':
      return { kind, hva };
    case 'mprotect':
      return { kind, hva, writable: operation.prot === 'rw' };
    case 'reset':
      return { kind, device: operation.device === 'platform' ? 'platform' : 'pci' };
    case 'set_memslot':
      return { kind, slot: Number(operation.slot), logging: operation.logging === true };
    case 'set_prot_attr':
      return { kind, prot: protOf(operation.prot as string) };
    case 'memory_disable':
    case 'memory_enable':
    case 'allow_nc':
    case 'map_gicv':
    case 'host_mmio':
      return { kind };
    default:
      return kind satisfies never;
  }
}

const protOf = (letters: string): Prot => ({
  read: true,
  write: true,
  exec: letters.includes('X'),
  device: letters.includes('D'),
  normalNc: letters.includes('N'),
});
