import type { Json } from '../../harness/model/field.ts';
import { simplest } from '../../harness/model/field.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import type { MsixFacts, MsixOperation, MsixTable } from '../../properties/msix-mmap/evidence.ts';
import { PCI_MSIX_ENTRY_SIZE } from './layout.ts';
import { world } from './operations.ts';

/** A BAR as firmware left it. */
export interface FirmwareBar {
  readonly bar: number;
  readonly size: number;
  readonly at: number;
  readonly fixed: boolean;
}

/** Everything a scenario may set under `world`, parsed. */
export interface MsixSettings extends MsixFacts {
  readonly bars: readonly FirmwareBar[];
  readonly neighbour: readonly FirmwareBar[];
  readonly sriov: { readonly vfs: number; readonly size: number; readonly at: number } | null;
  /** First byte of the pending bits in the BAR of the table. */
  readonly pba: number;
  readonly eeh: boolean;
  readonly mmapMsix: boolean;
  readonly resourcePageAligned: boolean;
}

/** A BAR as a scenario writes it. */
interface BarField {
  readonly bar: number;
  readonly size: number;
  readonly at: number;
  readonly fixed?: boolean;
  readonly table?: { readonly offset: number; readonly vectors: number; readonly pba: number };
}

const firmwareBars = (bars: readonly BarField[]): FirmwareBar[] =>
  bars.map(({ bar, size, at, fixed = false }) => ({ bar, size, at, fixed })).sort((a, b) => a.bar - b.bar);

/** Fills in the defaults of a scenario's `world` and turns it into what worlds are built from. */
export function configure(config: WorldConfig): MsixSettings {
  const get = (name: string): Json => config[name] ?? simplest(world[name]!);
  const arch = get('arch') as MsixSettings['arch'];
  const bars = get('bars') as unknown as readonly BarField[];
  const withTable = bars.find(({ table }) => table !== undefined);
  return {
    arch,
    // x86 has pages of 4 KiB only.
    pageSize: arch === 'x86' ? 4096 : (get('pageSize') as MsixSettings['pageSize']),
    bars: firmwareBars(bars),
    table: withTable === undefined ? null : tableOf(withTable),
    pba: withTable?.table?.pba ?? 0,
    neighbour: firmwareBars(get('neighbour') as unknown as readonly BarField[]),
    sriov: get('sriov') as MsixSettings['sriov'],
    filtersMsi: get('filtersMsi') === true,
    otherFiltersMsi: get('otherFiltersMsi') === true,
    intrRemap: get('intrRemap') === true,
    allowUnsafeInterrupts: get('allowUnsafeInterrupts') === true,
    eeh: get('eeh') === true,
    mmapMsix: get('mmapMsix') === true,
    probeOnly: get('probeOnly') === true,
    resourceAlignment: get('resourceAlignment') as string,
    resourcePageAligned: get('resourcePageAligned') === true,
    igdFails: get('igdFails') === true,
    opened: get('opened') === true,
  };
}

function tableOf({ bar, table }: BarField): MsixTable {
  const { offset, vectors } = table!;
  return { bar, offset, vectors, size: vectors * PCI_MSIX_ENTRY_SIZE };
}

/** Parses one operation of a scenario, already validated. */
export function compile(operation: Operation): MsixOperation {
  const kind = operation.op as MsixOperation['kind'];
  const number = (name: string): number => operation[name] as number;
  switch (kind) {
    case 'open':
    case 'close':
    case 'device_info':
      return { kind };
    case 'region_info':
      return { kind, bar: number('bar') };
    case 'mmap': {
      const prot = (operation.prot ?? 'rw') as string;
      return {
        kind,
        bar: number('bar'),
        offset: number('offset'),
        length: number('length'),
        read: prot.includes('r'),
        write: prot.includes('w'),
        shared: operation.private !== true,
        as: operation.as as string,
      };
    }
    case 'touch':
      return {
        kind,
        map: operation.map as string,
        offset: number('offset'),
        store: operation.access === 'store',
        value: (operation.value ?? 0) as number,
      };
    case 'munmap':
      return { kind, map: operation.map as string };
    case 'pread':
    case 'pwrite':
    case 'ioeventfd':
      return { kind, bar: number('bar'), pos: number('pos'), count: number('count') };
    case 'set_irqs':
      return { kind, vectors: number('vectors') };
    case 'hot_add':
      return { kind, slot: number('slot'), size: number('size') };
    case 'hot_remove':
      return { kind, slot: number('slot') };
    case 'affinity':
    case 'trigger':
      return { kind, vector: number('vector') };
    default:
      return kind satisfies never;
  }
}
