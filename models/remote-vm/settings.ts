import type { Json } from '../../harness/model/field.ts';
import { simplest } from '../../harness/model/field.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import type {
  Address,
  RemoteVmFacts,
  RemoteVmOperation,
  SubmitRequest,
} from '../../properties/remote-vm/evidence.ts';
import { world } from './operations.ts';

/** Fills in the defaults of a scenario's `world` and turns it into what worlds are built from. */
export function configure(config: WorldConfig): RemoteVmFacts {
  const get = (name: string): Json => config[name] ?? simplest(world[name]!);
  return {
    prs: get('prs') as RemoteVmFacts['prs'],
    wq0: get('wq0') as RemoteVmFacts['wq0'],
    ring: Number(get('ring')),
    irqMoves: get('interrupts') === 'move',
    weaklyOrdered: get('stores') === 'weak',
    fault: get('fault') as RemoteVmFacts['fault'],
  };
}

/** Parses one operation of a scenario, already validated. */
export function compile(operation: Operation): RemoteVmOperation {
  const kind = operation.op as RemoteVmOperation['kind'];
  const text = (name: string): string => operation[name] as string;
  const cr = operation.cr as Address;
  switch (kind) {
    case 'open':
      return { kind, wq: operation.wq === 1 ? 1 : 0, as: text('as') };
    case 'close':
      return { kind, fd: text('fd') };
    case 'pass_fd':
      return { kind, fd: text('fd'), to: operation.to === 'proca' ? 'proca' : 'procb' };
    case 'submit':
      return {
        kind,
        fd: text('fd'),
        cr,
        what: (operation.what ?? 'plain') as SubmitRequest['what'],
        member: (operation.member ?? 'lazy') as Address,
        rcr: operation.rcr !== false,
      };
    case 'poll':
    case 'munmap':
      return { kind, cr };
    case 'uffd_answer':
    case 'fork':
    case 'exit':
    case 'user_drv_remove':
      return { kind };
    default:
      return kind satisfies never;
  }
}
