import { EIO, ENXIO } from '../../harness/machine/errno.ts';
import type { MappedRange, Mapping } from '../../harness/machine/memory.ts';
import type { Json } from '../../harness/model/field.ts';
import { simplest } from '../../harness/model/field.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import type { BufferFault, FileAccess, ZpciOperation } from '../../properties/zpci-io/evidence.ts';
import { parseU64, toNumber } from '../../properties/zpci-io/u64.ts';
import { VFIO_PCI_NUM_REGIONS } from './layout.ts';
import { world } from './operations.ts';
import { parseRequest } from './request.ts';
import { QEMU_PCISTB_BUF, type ZpciSettings } from './world.ts';

/** An ordinary PCI function: one BAR of 16 KiB with its MSI-X table in the third page. */
const MSIX_FUNCTION_BARS: readonly Json[] = [{ bar: 0, size: 0x4000 }];
const MSIX_TABLE = { bar: 0, start: 0x2000, end: 0x2400 };

/** Fills in the defaults of a scenario's `world` and turns it into what worlds are built from. */
export function configure(config: WorldConfig): ZpciSettings {
  const get = (name: string): Json => config[name] ?? simplest(world[name]!);
  const ism = get('function') === 'ism';
  const bars = (!ism && config.bars === undefined ? MSIX_FUNCTION_BARS : get('bars')) as readonly {
    bar: number;
    size: number | string;
  }[];
  const barSize = [0, 0, 0, 0, 0, 0];
  for (const { bar, size } of bars) barSize[bar] = asNumber(size);
  const fault = get('fault') as ZpciSettings['fault'];
  const device = get('device');
  return {
    ism,
    // ISM takes classic instructions only; everything else on such a host takes both.
    mioCapable: !ism,
    msix: ism ? null : MSIX_TABLE,
    maxstbl: get('maxstbl') as number,
    relaxedAlign: ism && get('relaxedAlign') === true,
    haveMio: get('mio') === true,
    noCommandMemory: get('noCommandMemory') === true,
    guestCooperates: get('guest') === 'cooperative',
    barSize,
    fault,
    allocationsFail: fault === 'kmalloc',
    insnStatus: device === 'ok' ? 0 : device === 'error' ? -EIO : -ENXIO,
    memory: [
      ...(get('memory') as readonly { start: number | string; end: number | string; access: Mapping }[]).map(
        (range): MappedRange => ({
          start: asNumber(range.start),
          end: asNumber(range.end),
          mapping: range.access,
        }),
      ),
      { start: QEMU_PCISTB_BUF, end: QEMU_PCISTB_BUF + 2 * 4096 - 1, mapping: 'rw' },
    ],
  };
}

function asNumber(value: number | string): number {
  const { hi, lo } = parseU64(value);
  return toNumber(hi, lo);
}

/** Parses one operation of a scenario, already validated. */
export function compile(operation: Operation): ZpciOperation {
  const kind = operation.op as ZpciOperation['kind'];
  switch (kind) {
    case 'region_write': {
      const request = parseRequest(operation.req as { readonly [field: string]: Json });
      return { kind, request, access: fileAccess(operation, VFIO_PCI_NUM_REGIONS, true, request.image) };
    }
    case 'region_read':
      return { kind, access: fileAccess(operation, VFIO_PCI_NUM_REGIONS, false, null) };
    case 'bar_write':
    case 'bar_read':
      return { kind, access: fileAccess(operation, operation.bar as number, kind === 'bar_write', null) };
    case 'pcistb':
    case 'pcistg':
    case 'pcilg':
      return {
        kind,
        pcias: operation.pcias as number,
        offset: parseU64(operation.offset),
        len: operation.len as number,
      };
    case 'power_off':
    case 'kill':
    case 'memory_disable':
    case 'memory_enable':
      return { kind };
    default:
      return kind satisfies never;
  }
}

function fileAccess(
  operation: Operation,
  index: number,
  iswrite: boolean,
  image: Uint8Array | null,
): FileAccess {
  return {
    index,
    pos: asNumber(operation.pos as number | string),
    count: operation.count as number,
    iswrite,
    buffer: (operation.buffer ?? 'ok') as BufferFault,
    image,
  };
}
