import type { Json } from '../../harness/model/field.ts';
import { simplest } from '../../harness/model/field.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import type {
  Arch,
  BarShape,
  Protection,
  VfioFacts,
  VfioOperation,
} from '../../properties/vfio-mmap/evidence.ts';
import { VFIO_PCI_BARS } from './layout.ts';
import { world } from './operations.ts';

/** An ISM function: a BAR of 256 TiB for its buffers, and a small one for commands. */
const ISM_BARS: readonly Json[] = [
  { bar: 0, size: '0x1000000000000' },
  { bar: 2, size: 0x10000 },
];

const NO_BAR: BarShape = { size: 0, type: 'mem', start: 0, neighbour: false, msix: false };

/** Fills in the defaults of a scenario's `world` and turns it into what worlds are built from. */
export function configure(config: WorldConfig): VfioFacts {
  const get = (name: string): Json => config[name] ?? simplest(world[name]!);
  const arch = get('arch') as Arch;
  const ism = get('function') === 'ism';
  const listed = (ism && config.bars === undefined ? ISM_BARS : get('bars')) as readonly {
    readonly [field: string]: Json;
  }[];
  const bars = Array<BarShape>(VFIO_PCI_BARS).fill(NO_BAR);
  for (const { bar, size, type, start, neighbour, msix } of listed) {
    bars[bar as number] = {
      size: Number(size),
      type: type === 'io' ? 'io' : 'mem',
      start: (start ?? 0) as number,
      neighbour: neighbour === true,
      msix: msix === true,
    };
  }
  return {
    arch,
    haveMio: arch === 's390' && get('mio') === true,
    zpciEnabled: get('zpci') === true,
    ism,
    bars,
    ioremapArea: Number(get('ioremapArea')),
    ownerCooperates: get('owner') === 'cooperative',
    allocationsFail: get('fault') === 'kmalloc',
    memoryEnabled: get('memory') === 'enabled',
  };
}

/** Parses one operation of a scenario, already validated. */
export function compile(operation: Operation): VfioOperation {
  const kind = operation.op as VfioOperation['kind'];
  const text = (name: string): string => operation[name] as string;
  const number = (name: string): number => Number(operation[name] ?? 0);
  switch (kind) {
    case 'region_info':
      return { kind, bar: number('bar') };
    case 'mmap':
      return {
        kind,
        file: operation.file === 'mem' ? 'mem' : 'device',
        bar: number('bar'),
        offset: number('offset'),
        length: number('length'),
        prot: protection(text('prot')),
        private: operation.private === true,
        as: (operation.as ?? null) as string | null,
      };
    case 'touch':
      return {
        kind,
        map: text('map'),
        offset: number('offset'),
        access: operation.access === 'store' ? 'store' : 'load',
      };
    case 'mmio_read':
    case 'mmio_write':
      return {
        kind,
        map: text('map'),
        offset: number('offset'),
        length: number('length'),
        buffer: operation.buffer === 'bad' ? 'bad' : 'ok',
      };
    case 'pread':
    case 'pwrite':
      return { kind, bar: number('bar'), pos: number('pos'), count: number('count') };
    case 'mprotect':
      return { kind, map: text('map'), prot: protection(text('prot')) };
    case 'munmap':
      return {
        kind,
        map: text('map'),
        offset: number('offset'),
        length: operation.length === undefined ? null : number('length'),
      };
    case 'memory_disable':
    case 'memory_enable':
    case 'reset':
    case 'open':
    case 'close':
    case 'fork':
    case 'power_off':
      return { kind };
    default:
      return kind satisfies never;
  }
}

const protection = (letters: string): Protection => ({
  read: letters.includes('r'),
  write: letters.includes('w'),
  exec: letters.includes('x'),
});
