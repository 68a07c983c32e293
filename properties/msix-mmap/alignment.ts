/** Claims about what an alignment that somebody asks for does to BARs: MX-I10 to MX-I12 of models/msix-mmap/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { hex, OWN, resourceLine, resourceName } from './describe.ts';
import type { Documented, Evidence, MsixFacts } from './evidence.ts';

export const probeOnlyKeepsResources: Property<Evidence> = {
  id: 'probe-only-keeps-resources',
  claim: 'with PCI_PROBE_ONLY a wish for alignment changes no resource that firmware set',
  source: {
    status: 'posted',
    date: '2016-03-07',
    note: 'RFC v4 3/7, "PCI: Ignore resource_alignment if PCI_PROBE_ONLY was set"',
    invariant: 'MX-I10',
  },
  check({ evidence: { facts, alignments } }, report) {
    if (!facts.probeOnly) return false;
    let exercised = false;
    for (const request of alignments) {
      const { before, after, align, by, step } = request;
      // Hot added: firmware never saw it.
      if (before.start === null) continue;
      exercised = true;
      if (before.start === after.start && before.size === after.size) continue;
      report('resource-changed', step, () => ({
        message: `${resourceName(request)} was to be aligned to ${hex(align)} (${by}), and nothing may be reassigned${after.start === null ? ': the function is dead' : ''}.`,
        expected: [resourceLine(before)],
        actual: [resourceLine(after)],
      }));
    }
    return exercised;
  },
};

export const alignmentKeepsTheSize: Property<Evidence> = {
  id: 'alignment-keeps-the-size',
  claim:
    'an alignment changes the size of no resource, unless whoever asked chose that over keeping the size',
  source: {
    status: 'posted',
    date: '2016-03-07',
    note: 'RFC v4 1/7, "PCI: Add a new option for resource_alignment to reassign alignment"',
    invariant: 'MX-I11',
  },
  check({ evidence: { alignments } }, report) {
    let exercised = false;
    for (const request of alignments) {
      if (request.resizeChosen) continue;
      exercised = true;
      const { before, after, align, by, step } = request;
      if (before.size === after.size) continue;
      report('resource-resized', step, () => ({
        message: `${resourceName(request)} was to be aligned to ${hex(align)} (${by}). The function does not decode what the kernel adds.`,
        expected: [`${hex(before.size)} bytes`],
        actual: [`${hex(after.size)} bytes`],
      }));
    }
    return exercised;
  },
};

export const alignmentKeepsTheVfStride: Property<Evidence> = {
  id: 'alignment-keeps-the-vf-stride',
  claim: 'an alignment never changes how far apart the kernel takes the BARs of virtual functions to be',
  source: {
    status: 'inferred',
    note: '"PCI: Ignore enforced alignment to VF BARs", known from the patch list of the PowerKVM tree',
    invariant: 'MX-I12',
  },
  check({ evidence: { alignments } }, report) {
    let exercised = false;
    for (const request of alignments) {
      const { stride, align, by, step } = request;
      if (stride === null) continue;
      exercised = true;
      if (stride.recorded === stride.hardware) continue;
      report('stride-changed', step, () => ({
        message: `${resourceName(request)} was to be aligned to ${hex(align)} (${by}), and the hardware's stride does not follow.`,
        expected: [`a virtual function every ${hex(stride.hardware)} bytes`],
        actual: [`a virtual function every ${hex(stride.recorded)} bytes`],
      }));
    }
    return exercised;
  },
};

/** What the parameter asks for the BARs of one function. */
interface Wish {
  readonly align: number;
  readonly by: 'resize' | 'noresize';
}

/** By what a scenario set and by state, which many executions have in common. */
const wishes = new WeakMap<
  MsixFacts,
  { readonly documented: ReadonlySet<Documented>; readonly wish: Wish | 'none' }
>();

/**
 * kernel-parameters.txt: `[<order of align>@][<domain>:]<bus>:<slot>.<func>[; ...]`, the order of a page where none is
 * given. Of entries that name the function the first counts; what is no entry ends the list.
 */
function wishFor({ facts, documented }: Evidence): Wish | 'none' {
  const known = wishes.get(facts);
  if (known?.documented === documented) return known.wish;
  const wish = readParameter(facts, documented);
  wishes.set(facts, { documented, wish });
  return wish;
}

function readParameter(
  { resourceAlignment, pageSize }: MsixFacts,
  documented: ReadonlySet<Documented>,
): Wish | 'none' {
  const options = documented.has('resource_alignment=:noresize');
  for (const entry of resourceAlignment.split(/[;,]/)) {
    const parts = /^(?:(?<order>\d+)@)?(?<name>[^@]*)$/.exec(entry)?.groups;
    const fields = parts?.name?.match(/^(?:([^:]+):)?([^:]+):([^:.]+)\.([^:]+)(:noresize)?/);
    if (fields === null || fields === undefined) return 'none';
    const [named, domain = '0', bus, slot, func, noresize] = fields;
    const numbers = [domain, bus!, slot!, func!];
    if (!numbers.every((field) => isField(field, documented))) return 'none';
    if (numbers.every((field, at) => field === '*' || Number.parseInt(field, 16) === ASSIGNED_AT[at])) {
      const align = parts?.order === undefined ? pageSize : 2 ** Number(parts.order);
      return { align, by: options && noresize !== undefined ? 'noresize' : 'resize' };
    }
    const rest = parts!.name!.length - named!.length + (options ? 0 : (noresize ?? '').length);
    if (rest > 0) return 'none';
  }
  return 'none';
}

/** 0000:01:00.0. */
const ASSIGNED_AT: readonly number[] = [0, 1, 0, 0];

const isField = (field: string, documented: ReadonlySet<Documented>): boolean =>
  /^[0-9a-f]+$/i.test(field) || (field === '*' && documented.has('resource_alignment=*'));

export const parameterAlignsWhomItNames: Property<Evidence> = {
  id: 'parameter-aligns-whom-it-names',
  claim:
    'resource_alignment is asked of the BARs of the functions that it names, with the alignment and the option that it says, and of no others',
  source: {
    status: 'merged',
    date: 'v4.5',
    note: 'Documentation/kernel-parameters.txt; RFC v4 1/7 and 4/7 add an option and "*" to it',
  },
  check({ evidence }, report) {
    const { facts, alignments, recorded } = evidence;
    if (facts.resourceAlignment === '') return false;
    const wish = wishFor(evidence);
    let asked = 0;
    for (const request of alignments) {
      const { device, resource, by, align, step } = request;
      if (device !== OWN || resource !== 'BAR' || (by !== 'resize' && by !== 'noresize')) continue;
      asked++;
      if (wish !== 'none' && wish.align === align && wish.by === by) continue;
      report(wish === 'none' ? 'aligns-who-is-not-named' : 'aligns-otherwise', step, () => ({
        message: `resource_alignment=${facts.resourceAlignment} and ${resourceName(request)}.`,
        expected: [wish === 'none' ? 'not named' : `${hex(wish.align)} (${wish.by})`],
        actual: [`${hex(align)} (${by})`],
      }));
    }
    if (wish !== 'none' && asked < recorded.length) {
      report('does-not-align-who-is-named', 0, () => ({
        message: `resource_alignment=${facts.resourceAlignment} names ${OWN}.`,
        expected: [`${recorded.length} BARs to be aligned to ${hex(wish.align)} (${wish.by})`],
        actual: [`${asked} BARs`],
      }));
    }
    return true;
  },
};

export const alignedBarIsNoWindow: Property<Evidence> = {
  id: 'aligned-bar-is-no-window',
  claim: 'a BAR that was given an alignment is not taken for a window of a bridge',
  source: {
    status: 'posted',
    date: '2016-03-07',
    note: 'RFC v4 2/7, "PCI: Use IORESOURCE_WINDOW to identify bridge resources"',
  },
  requires: ['alignment without resize'],
  check({ evidence: { alignments } }, report) {
    let exercised = false;
    for (const request of alignments) {
      const { by, takenForWindow, align, step } = request;
      if (by !== 'noresize' && by !== 'default') continue;
      exercised = true;
      if (!takenForWindow) continue;
      report('taken-for-window', step, () => ({
        message: `${resourceName(request)} was to be aligned to ${hex(align)} (${by}), which IORESOURCE_STARTALIGN says.`,
        expected: ['a BAR'],
        actual: ['a window of a bridge'],
      }));
    }
    return exercised;
  },
};
