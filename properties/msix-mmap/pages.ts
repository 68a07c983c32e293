/** Claims about the pages that a user gets: MX-I1, MX-I2, MX-I8 and MX-I15 of models/msix-mmap/README.md. */
import type { Property, Report } from '../../harness/model/property.ts';
import { hex, isForeign, mappingLine } from './describe.ts';
import type { Decision, Evidence, Exposure } from './evidence.ts';

function reportExposures(
  { exposures, facts }: Evidence,
  cause: Exposure['cause'],
  kind: string,
  message: (exposure: Exposure) => string,
  report: Report,
): void {
  for (const exposure of exposures) {
    if (exposure.cause !== cause) continue;
    report(kind, exposure.step, () => ({
      message: message(exposure),
      expected: [
        `page ${hex(exposure.page)}, ${hex(facts.pageSize)} bytes: BAR ${exposure.bar} and nobody else's`,
      ],
      actual: [
        `page ${hex(exposure.page)}, ${hex(facts.pageSize)} bytes: BAR ${exposure.bar} and ${exposure.exposed}`,
      ],
    }));
  }
}

const mapsForeign = ({ call, bar, exposed }: Exposure): string =>
  `${call.thread.name} maps a page of BAR ${bar} and with it registers of ${exposed}.`;

const addsForeign = ({ call, bar, exposed, map }: Exposure): string =>
  `${call.thread.name} brings ${exposed} into a page of BAR ${bar} that is mapped to the user as ${map}.`;

function sharedWithOthers(decisions: readonly Decision[], bar: number): boolean {
  for (const decision of decisions) {
    if (decision.bar === bar && decision.sharedWith.some(isForeign)) return true;
  }
  return false;
}

export const mappedPageBelongsToItsFunction: Property<Evidence> = {
  id: 'mapped-page-belongs-to-its-function',
  claim: 'no page that an mmap maps to the user holds registers of another function',
  source: {
    status: 'posted',
    date: '2016-03-16',
    note: 'Bjorn Helgaas on RFC v4: the restriction to whole pages has to do with security',
    invariant: 'MX-I1',
  },
  check({ evidence }, report) {
    reportExposures(evidence, 'mmap', 'maps-another-functions-bar', mapsForeign, report);
    for (const { ret, bar } of evidence.mmaps) {
      if (ret === 0 || sharedWithOthers(evidence.decisions, bar)) return true;
    }
    return false;
  },
};

export const mappedPageStaysItsFunctions: Property<Evidence> = {
  id: 'mapped-page-stays-its-functions',
  claim: 'while a page is mapped to the user, no other function gets registers in it',
  source: {
    status: 'merged',
    date: 'v4.8',
    commit: '05f0c03fbac1819e86c9d5db4e208b68fc1b9b5e',
    note: 'why it reserves the rest of the page',
    invariant: 'MX-I2',
  },
  check({ evidence }, report) {
    reportExposures(evidence, 'hot add', 'bar-added-to-mapped-page', addsForeign, report);
    for (const { mappings } of evidence.hotPlugs) if (mappings > 0) return true;
    return false;
  },
};

export const mappedBarStartsOnPage: Property<Evidence> = {
  id: 'mapped-bar-starts-on-a-page',
  claim: 'mmap never gives a page of a BAR that does not start on a page boundary',
  source: {
    status: 'merged',
    date: 'v4.8',
    commit: '05f0c03fbac1819e86c9d5db4e208b68fc1b9b5e',
    note: 'user space could not tell where in the page the BAR is',
    invariant: 'MX-I8',
  },
  check({ evidence: { mmaps, facts } }, report) {
    let exercised = false;
    for (const mmap of mmaps) {
      const { start, ret, step, call } = mmap;
      if (start === null) continue;
      const misaligned = start % facts.pageSize;
      if (ret === 0 || misaligned > 0) exercised = true;
      if (ret !== 0 || misaligned === 0) continue;
      report('maps-unaligned-bar', step, () => ({
        message: `${call.thread.name} mapped ${mappingLine(mmap)}, and its offset 0 is ${hex(misaligned)} into the page.`,
        expected: ['ret -22'],
        actual: [`ret 0, the BAR starts at ${hex(start)}`],
      }));
    }
    return exercised;
  },
};

export const sharedPageIsNotMappable: Property<Evidence> = {
  id: 'shared-page-is-not-mappable',
  claim: 'of BARs that lie in one page, whosoever they are, none may be mapped',
  source: {
    status: 'posted',
    date: '2016-01-15',
    note: "changelog of RFC v3: a function to check whether a BAR's page is shared with other BARs",
    invariant: 'MX-I15',
  },
  check({ evidence: { decisions, facts } }, report) {
    let exercised = false;
    for (const { bar, start, size, mmapable, sharedWith, step } of decisions) {
      if (start === null || size >= facts.pageSize || sharedWith.length === 0) continue;
      exercised = true;
      if (!mmapable) continue;
      report('shared-page-mappable', step, () => ({
        message: `BAR ${bar} has ${hex(size)} bytes at ${hex(start)} and may be mapped, by the page.`,
        expected: [`BAR ${bar} alone in its page, or not mappable`],
        actual: [`BAR ${bar} mappable, in one page with ${sharedWith.join(', ')}`],
      }));
    }
    return exercised;
  },
};

export const exclusivePageIsMappable: Property<Evidence> = {
  id: 'exclusive-page-is-mappable',
  claim: 'a small BAR that starts on a page and is alone in it may be mapped',
  source: {
    status: 'posted',
    date: '2016-03-07',
    note: 'RFC v4 5/7 and 05f0c03fbac1 by their subject: "Allow to mmap sub-page MMIO BARs if the mmio page is exclusive"',
  },
  requires: ['exclusive pages'],
  check({ evidence: { decisions, facts } }, report) {
    let exercised = false;
    for (const { bar, start, size, mmapable, sharedWith, step } of decisions) {
      if (start === null || size >= facts.pageSize) continue;
      if (start % facts.pageSize !== 0 || sharedWith.length > 0) continue;
      exercised = true;
      if (mmapable) continue;
      report('exclusive-page-refused', step, () => ({
        message: `BAR ${bar} has ${hex(size)} bytes at ${hex(start)}, and nobody else has any in that page.`,
        expected: [`BAR ${bar} mappable`],
        actual: [`BAR ${bar} not mappable`],
      }));
    }
    return exercised;
  },
};
