/**
 * drivers/pci and arch code: alignment requests and addresses. It works on functions that nobody else can see yet (at
 * boot, or hot added, under pci_rescan_remove_lock), hence no code paths.
 */
import type { AlignmentRequest, Recorded } from '../../properties/msix-mmap/evidence.ts';
import type { MsixKernel } from './kernel.ts';
import { ASSIGNED, NEIGHBOUR } from './layout.ts';
import { alignUp, type Decoder, type Resource, ResourceList } from './resources.ts';
import type { FirmwareBar, MsixSettings } from './settings.ts';

/** A BAR of a function on its way through pci_device_add() and the assignment of addresses. */
export interface PciBar {
  readonly kind: 'BAR' | 'VF BAR';
  readonly bar: number;
  /** As the function decodes it; of a VF BAR, all virtual functions together. */
  readonly hardware: number;
  readonly fixed: boolean;
  readonly vfs: number;
  start: number | null;
  size: number;
  /** IORESOURCE_STARTALIGN with this value in `start`; null is IORESOURCE_SIZEALIGN. */
  startAlign: number | null;
}

export interface PciFunction {
  readonly name: string;
  readonly bars: readonly PciBar[];
}

/** What pci_specified_resource_alignment() found for a function. */
export interface Specified {
  readonly align: number;
  readonly by: 'resize' | 'noresize' | 'default';
  /** Under PCI_PROBE_ONLY: the function is told 0. */
  readonly ignored: boolean;
}

/** What a kernel's alignment code knows and looks at. */
export interface AlignmentRules {
  /** `:noresize` after an entry keeps the size: rfc4 1/7. With an old parser it is what follows a match. */
  readonly noresize: boolean;
  /** `*` in an entry: rfc4 4/7. */
  readonly wildcards: boolean;
  /** Nothing is aligned under PCI_PROBE_ONLY: rfc4 3/7, and as merged. */
  readonly heedsProbeOnly: boolean;
  /** As merged: fixed BARs, BARs that are large enough and VF BARs stay as they are. */
  readonly merged: boolean;
  /** IORESOURCE_STARTALIGN alone tells bridge windows from BARs: until rfc4 2/7. */
  readonly startalignMarksWindows: boolean;
}

type Draft = Omit<AlignmentRequest, 'after' | 'step' | 'device' | 'stride'> & { readonly of: PciBar };

const firmwareBar = ({ bar, size, at, fixed }: FirmwareBar): PciBar => ({
  kind: 'BAR',
  bar,
  hardware: size,
  fixed,
  vfs: 0,
  start: at,
  size,
  startAlign: null,
});

const recorded = ({ start, size }: PciBar): Recorded => ({ start, size });

/**
 * The kernel parameter as pci_specified_resource_alignment() reads it: entries in turn until one matches the function or
 * is not understood. What follows the address of a matching entry is not looked at, but for `:noresize` where that is
 * known. Source: drivers/pci/pci.c of v4.5; v4.12 for the default.
 */
export function pci_specified_resource_alignment(
  rules: AlignmentRules,
  settings: MsixSettings,
  name: string,
  defaultAlignment: number,
): Specified | null {
  const ignored = settings.probeOnly && rules.heedsProbeOnly;
  const found: Specified | null =
    defaultAlignment > 0 ? { align: defaultAlignment, by: 'default', ignored } : null;
  const number = rules.wildcards ? '([0-9a-f]+|\\*)' : '([0-9a-f]+)';
  const entry = new RegExp(`^(?:(\\d+)@)?(?:${number}:)?${number}:${number}\\.${number}(:noresize)?`, 'i');
  const [domain, bus, slot, func] = name.split(/[:.]/) as [string, string, string, string];
  let rest = settings.resourceAlignment;
  for (;;) {
    const match = entry.exec(rest);
    if (match === null) return found;
    const [whole, order, asDomain = '0', asBus, asSlot, asFunc, noresize] = match;
    const named: readonly (readonly [string | undefined, string])[] = [
      [asDomain, domain],
      [asBus, bus],
      [asSlot, slot],
      [asFunc, func],
    ];
    if (named.every(([said, is]) => said === '*' || Number.parseInt(said!, 16) === Number.parseInt(is, 16))) {
      const align = order === undefined ? settings.pageSize : 2 ** Number(order);
      return { align, by: rules.noresize && noresize !== undefined ? 'noresize' : 'resize', ignored };
    }
    rest = rest.slice(rules.noresize ? whole.length : whole.length - (noresize ?? '').length);
    if (!/^[;,]/.test(rest)) return found;
    rest = rest.slice(1);
  }
}

/** Applies what was specified to the BARs of a function. */
export function pci_reassigndev_resource_alignment(
  rules: AlignmentRules,
  fn: PciFunction,
  { align, by, ignored }: Specified,
  drafts: Draft[],
): void {
  for (const bar of fn.bars) {
    const before = recorded(bar);
    const resizeChosen = by === 'resize' && rules.noresize;
    let takenForWindow = false;
    // The merged loop ends before the resources of the SR-IOV capability. Claims hear of what was asked in vain, too.
    const spared = ignored || (rules.merged && bar.kind === 'VF BAR');
    if (!spared && rules.merged) {
      // pci_request_resource_alignment()
      if (!bar.fixed && bar.size < align) {
        bar.start = null;
        if (by === 'resize') bar.size = align;
        else {
          bar.startAlign = align;
          takenForWindow = rules.startalignMarksWindows;
        }
      }
    } else if (!spared && by === 'noresize') {
      // As the old loop does, whatever is a memory resource loses its address: fixed, large or fine as it was.
      bar.startAlign = Math.max(align, bar.size);
      bar.start = null;
      takenForWindow = rules.startalignMarksWindows;
    } else if (!spared) {
      bar.size = Math.max(bar.size, align);
      bar.start = null;
    }
    drafts.push({
      of: bar,
      resource: bar.kind,
      bar: bar.bar,
      align,
      by,
      resizeChosen,
      before,
      takenForWindow,
    });
  }
}

/** rfc1 (arch code) and rfc2, rfc3 (resource_page_aligned): BARs start on pages where they may be moved. */
function alignToPages(
  { pageSize, probeOnly }: MsixSettings,
  fn: PciFunction,
  by: 'arch' | 'page_aligned',
  drafts: Draft[],
): void {
  for (const bar of fn.bars) {
    if (bar.kind === 'VF BAR' || bar.size >= pageSize) continue;
    const before = recorded(bar);
    if (!bar.fixed && !probeOnly) {
      bar.start = null;
      bar.startAlign = pageSize;
    }
    const { kind: resource } = bar;
    drafts.push({
      of: bar,
      resource,
      bar: bar.bar,
      align: pageSize,
      by,
      resizeChosen: false,
      before,
      takenForWindow: false,
    });
  }
}

/** pci_device_add(): what of a function that was just found changes before it has its addresses. */
export function pci_device_add(kernel: MsixKernel, settings: MsixSettings, fn: PciFunction): Draft[] {
  const drafts: Draft[] = [];
  const byDefault = kernel.pcibios_default_alignment?.(settings) ?? 0;
  const specified = pci_specified_resource_alignment(kernel.alignment, settings, fn.name, byDefault);
  if (specified !== null) pci_reassigndev_resource_alignment(kernel.alignment, fn, specified, drafts);
  const pages = kernel.pageAlignment?.(settings) ?? null;
  if (pages !== null) alignToPages(settings, fn, pages, drafts);
  return drafts;
}

/** Alignment that an address for it has to have: IORESOURCE_STARTALIGN or IORESOURCE_SIZEALIGN. */
export const alignmentOf = ({ startAlign, size, vfs }: PciBar): number =>
  // pci_sriov_resource_alignment() goes by the size of one virtual function.
  vfs > 0 ? size / vfs : (startAlign ?? size);

export const resourceOf = (device: string, bar: PciBar, start: number): Resource => ({
  kind: bar.kind,
  name: barName(device, bar),
  device,
  start,
  size: bar.size,
  hardware: bar.hardware,
});

export const barName = (device: string, { kind, bar }: Pick<PciBar, 'kind' | 'bar'>): string =>
  `${device} ${kind === 'BAR' ? `BAR ${bar}` : 'VF BAR'}`;

/** Drafts with the addresses that came out. */
export const requestsOf = (step: number, device: string, drafts: readonly Draft[]): AlignmentRequest[] =>
  drafts.map(({ of: bar, ...draft }) => ({
    step,
    device,
    ...draft,
    after: recorded(bar),
    stride: bar.vfs === 0 ? null : { hardware: bar.hardware / bar.vfs, recorded: bar.size / bar.vfs },
  }));

/** The machine when the scenario begins. */
export interface Booted {
  readonly assigned: PciFunction;
  readonly resources: readonly Resource[];
  readonly decoders: readonly Decoder[];
  readonly alignments: readonly AlignmentRequest[];
}

/**
 * Enumeration and assignment: firmware's addresses are claimed, then what has none gets one, by decreasing alignment. A
 * fixed BAR gets none (__dev_sort_resources), and under PCI_PROBE_ONLY nothing does.
 */
export function boot(kernel: MsixKernel, settings: MsixSettings): Booted {
  const { sriov } = settings;
  const bars = settings.bars.map(firmwareBar);
  if (sriov !== null) {
    const hardware = sriov.vfs * sriov.size;
    const { vfs, at: start } = sriov;
    bars.push({
      kind: 'VF BAR',
      bar: 0,
      hardware,
      fixed: false,
      vfs,
      start,
      size: hardware,
      startAlign: null,
    });
  }
  const assigned: PciFunction = { name: ASSIGNED, bars };
  const neighbour: PciFunction = { name: NEIGHBOUR, bars: settings.neighbour.map(firmwareBar) };
  const functions = [assigned, neighbour];
  const drafts = functions.map((fn) => pci_device_add(kernel, settings, fn));
  const list = new ResourceList();
  const all = functions.flatMap(({ name, bars: own }) => own.map((bar) => ({ name, bar })));
  for (const { name, bar } of all) {
    if (bar.start !== null) list.request(resourceOf(name, bar, bar.start));
  }
  const unassigned = all.filter(({ bar }) => bar.start === null && !bar.fixed && !settings.probeOnly);
  for (const { name, bar } of unassigned.sort((a, b) => alignmentOf(b.bar) - alignmentOf(a.bar))) {
    const start = list.room(bar.size, alignmentOf(bar));
    if (start === null) continue;
    bar.start = start;
    list.request(resourceOf(name, bar, start));
  }
  return {
    assigned,
    resources: list.all,
    decoders: all.flatMap(({ name, bar }): Decoder[] =>
      bar.start === null
        ? []
        : [{ name: barName(name, bar), device: name, bar: bar.bar, start: bar.start, size: bar.hardware }],
    ),
    alignments: functions.flatMap(({ name }, at) => requestsOf(0, name, drafts[at]!)),
  };
}

/** A function with one BAR, as it comes out of a slot: no address yet. */
export const hotPluggedFunction = (name: string, size: number): PciFunction => ({
  name,
  bars: [{ kind: 'BAR', bar: 0, hardware: size, fixed: false, vfs: 0, start: null, size, startAlign: null }],
});

/** Whole pages that a BAR has bytes in. */
export const pagesOf = (
  start: number,
  size: number,
  pageSize: number,
): { readonly start: number; readonly size: number } => {
  const first = start - (start % pageSize);
  return { start: first, size: alignUp(start + size, pageSize) - first };
};
