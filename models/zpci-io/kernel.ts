import type { Mutex } from '../../harness/machine/locks.ts';
import type { Page } from '../../harness/machine/memory.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { FileAccess, GuestAccess, Operand, ZpciOperation } from '../../properties/zpci-io/evidence.ts';
import type { ZpciWorld } from './world.ts';

type Path<A extends unknown[], T = number> = (t: Thread, w: ZpciWorld, ...args: A) => CodePath<T>;

/**
 * The modelled code, each function under its name in Linux (or in QEMU, for the *_service_call). Patches replace
 * entries and add the optional ones.
 */
export interface ZpciKernel {
  /** From an operation of a scenario to the code path it runs. */
  dispatch: (t: Thread, w: ZpciWorld, operation: ZpciOperation) => CodePath<number | null>;

  /** What the CLP answers that this kernel keeps: v1 1/4 to 3/4. */
  zdev: { readonly relaxedAlign: boolean; readonly relaxedFlag: boolean; readonly maxstbl: boolean };

  // fs: a system call on the device fd.
  ksys_pread64: Path<[access: FileAccess]>;
  ksys_pwrite64: Path<[access: FileAccess]>;
  filp_close: Path<[], void>;
  put_page: (w: ZpciWorld, page: Page) => void;

  // drivers/vfio
  /** device->ops->read and ->write of the driver that the function is bound to. */
  vfio_device_fops_rw: Path<[access: FileAccess]>;
  vfio_device_fops_release: Path<[], void>;
  vfio_del_group_dev: Path<[], void>;

  // drivers/vfio/pci
  /** First open; runs before anybody has the fd, hence not a code path. Returns 0 or -errno. */
  vfio_pci_enable: (w: ZpciWorld) => number;
  vfio_pci_disable: Path<[], void>;
  vfio_pci_rw: Path<[access: FileAccess]>;
  vfio_pci_bar_rw: Path<[bar: number, pos: number, access: FileAccess]>;
  vfio_pci_setup_barmap: Path<[bar: number]>;
  do_io_rw: Path<[bar: number, pos: number, count: number, access: FileAccess]>;
  /** Widths that do_io_rw splits into, widest first. */
  ioWidths: readonly number[];
  vfio_pci_io: Path<[bar: number, offset: number, width: number, iswrite: boolean]>;
  vfio_config_rw: Path<[enable: boolean]>;
  vfio_basic_config_write: Path<[enable: boolean]>;
  vfio_pci_request: Path<[], void>;
  /** v1 4/4 and what replaced it: the device region. Absent: the region does not exist. */
  vfio_pci_zdev_io_rw?: Path<[pos: number, access: FileAccess]>;
  vfio_pci_zdev_io_init?: (w: ZpciWorld) => number;
  /** The lock that vfio_pci_zdev_io_rw takes at the place of v1's mutex_lock(&zdev->lock). */
  zdev_io_lock?: (w: ZpciWorld) => Mutex;

  // The driver proposed in review (vfio-zpci-ism) and the one merged (drivers/vfio/pci/ism), bound to ISM functions.
  vfio_zpci_ism_rw?: Path<[access: FileAccess]>;
  ism_vfio_pci_rw?: Path<[access: FileAccess]>;
  ism_vfio_pci_do_io_w?: Path<[bar: number, count: number, access: FileAccess]>;
  ism_vfio_pci_do_io_r?: Path<[bar: number, count: number, access: FileAccess]>;
  /** How the merged driver hands `len` bytes of the loaded u64 to user space. */
  ism_narrow?: (register: readonly number[], len: number) => number[];
  /** The merged driver's 4 KiB check, which its v2 had not. */
  ism_stays_in_page?: (pos: number, count: number) => boolean;

  // arch/s390/pci
  zpci_load: Path<[bar: number, offset: number, len: number]>;
  zpci_store: Path<[bar: number, offset: number, len: number]>;
  __zpci_load: Path<[target: Operand]>;
  __zpci_store_block: Path<[source: Operand]>;

  // drivers/pci/hotplug/s390_pci_hpc.c
  disable_slot: Path<[]>;
  /** Function reset on close. Absent: the kernel of that time takes no lock there. */
  reset_slot?: Path<[]>;
  /** The lock that reset_slot wants. */
  resetLock?: (w: ZpciWorld) => Mutex;

  // hw/s390x/s390-pci-inst.c and s390-pci-bus.c of QEMU
  pcistb_service_call: Path<[insn: GuestAccess], number | null>;
  pcistg_service_call: Path<[insn: GuestAccess], number | null>;
  pcilg_service_call: Path<[insn: GuestAccess], number | null>;
  vfio_req_notifier_handler: Path<[], null>;

  // The guest: its driver's remove, then SCLP deconfigure.
  zpci_deconfigure_device: Path<[], null>;
}
