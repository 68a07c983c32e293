/** What vfio-pci says of BARs. Source: vfio_pci_core.c of v6.10-rc1. */
import { EINVAL } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { BarShape, NotMappable, VfioFacts } from '../../properties/vfio-mmap/evidence.ts';
import {
  PAGE_SIZE,
  VFIO_PCI_BARS,
  VFIO_PCI_CONFIG_REGION_INDEX,
  VFIO_PCI_ROM_REGION_INDEX,
  VFIO_PCI_VGA_REGION_INDEX,
  VFIO_REGION_INFO_FLAG_CAPS,
  VFIO_REGION_INFO_FLAG_MMAP,
  VFIO_REGION_INFO_FLAG_READ,
  VFIO_REGION_INFO_FLAG_WRITE,
} from './layout.ts';
import type { VfioWorld } from './world.ts';

/** For each BAR why it cannot be mapped, in the order of the questions; null if it can. */
export const vfio_pci_probe_mmaps = (w: VfioWorld): (NotMappable | null)[] =>
  w.settings.bars.map((_, bar) => probe(w, bar));

function probe({ kernel, settings }: VfioWorld, bar: number): NotMappable | null {
  const { size, type, start, neighbour } = settings.bars[bar]!;
  if (kernel.CONFIG_VFIO_PCI_MMAP?.(settings.arch) === false) return 'config';
  if (kernel.non_mappable_bars?.(settings) === true) return 'non-mappable';
  // A BAR that does not exist has no resource flags: for it the first question is IORESOURCE_MEM, too.
  if (type === 'io') return 'io';
  if (size === 0) return 'empty';
  if (kernel.resource_exceeds_ioremap?.(settings, size) === true) return 'oversized';
  if (size >= PAGE_SIZE) return null;
  // The rest of the page is reserved for it, so that no other device's registers come to lie in what user space maps.
  return start === 0 && !neighbour ? null : 'sub-page';
}

/** VFIO_DEVICE_GET_REGION_INFO: the flags. There is no ROM, no VGA, and no region of the device's own. */
export function* vfio_pci_ioctl_get_region_info(t: Thread, w: VfioWorld, index: number): CodePath<number> {
  if (index < VFIO_PCI_BARS) {
    const flags = barFlags(w, index);
    const reason = w.notMappable[index]!;
    w.regionInfos.push({
      step: w.machine.steps,
      call: t.call!,
      bar: index,
      flags,
      interfaces: {
        vfio: reason === null,
        reason,
        sysfs: w.kernel.pci_mmap_resource(w.settings, index),
        procfs: w.kernel.proc_bus_pci_mmap(w.settings, index),
      },
    });
    return flags;
  }
  switch (index) {
    case VFIO_PCI_ROM_REGION_INDEX:
      return 0;
    case VFIO_PCI_CONFIG_REGION_INDEX:
      return VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
    case VFIO_PCI_VGA_REGION_INDEX:
      return -EINVAL;
    default:
      return -EINVAL;
  }
}

/** The BAR with the MSI-X table has the capability MSIX_MAPPABLE where it can be mapped (v4.16). */
function barFlags({ settings, notMappable }: VfioWorld, bar: number): number {
  const { size, msix } = settings.bars[bar]!;
  if (size === 0) return 0;
  const flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
  if (notMappable[bar] !== null) return flags;
  return flags | VFIO_REGION_INFO_FLAG_MMAP | (msix ? VFIO_REGION_INFO_FLAG_CAPS : 0);
}

/** /sys/bus/pci/devices/../resourceN: any memory BAR, whatever its size. s390 has none before v7 3/3. */
export const pci_mmap_resource = ({ arch, bars }: VfioFacts, bar: number): boolean | null =>
  arch === 's390' ? null : isMemory(bars[bar]!);

/** /proc/bus/pci: HAVE_PCI_MMAP, which s390 never defined. */
export const proc_bus_pci_mmap = pci_mmap_resource;

export const isMemory = ({ size, type }: BarShape): boolean => size > 0 && type === 'mem';
