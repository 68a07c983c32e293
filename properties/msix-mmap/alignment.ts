/** Claims about what an alignment that somebody asks for does to BARs: MX-I10 to MX-I12 of models/msix-mmap/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { hex, resourceLine, resourceName } from './describe.ts';
import type { Evidence } from './evidence.ts';

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
