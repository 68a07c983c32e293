/** Claims about the memory type that a guest's page gets: S2-I1 to S2-I5 and S2-I14 of models/s2-memattr/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { leafLine, mappingName, mayBeCacheable, supplierOf } from './describe.ts';
import type { Evidence, MemoryType } from './evidence.ts';

export const gicvNeverNormalNc: Property<Evidence> = {
  id: 'gicv-never-normal-nc',
  claim: "the guest's GICV page is never mapped Normal-NC at stage 2",
  source: {
    status: 'posted',
    date: '2023-12-05',
    messageId: 'ZW8MP2tDt4_9ROBz@arm.com',
    note: 'on v2: quotes Marc Zyngier, who asks whether one guest could affect the interrupts of another',
    invariant: 'S2-I1',
  },
  check({ evidence: { leafChanges } }, report) {
    let exercised = false;
    for (const { page, kind, after, step, thread } of leafChanges) {
      if (page !== 'gicv' || kind !== 'map' || after === null) continue;
      exercised = true;
      if (after.attr !== 'normal-nc') continue;
      report('gicv-normal-nc', step, () => ({
        message: `${thread.name} maps GICV so that the guest may read it speculatively.`,
        expected: [leafLine({ ...after, attr: 'device-nGnRE' })],
        actual: [leafLine(after)],
      }));
    }
    return exercised;
  },
};

export const neverNormalNcWithoutFlag: Property<Evidence> = {
  id: 'stage2-never-normal-nc-without-flag',
  claim:
    'a device page frame is mapped Normal-NC at stage 2 only if the VMA that it came from has the flag of the driver that allows it',
  source: {
    status: 'merged',
    date: 'v6.9',
    commit: '8c47ce3e1d2c',
    note: 'that the flag and the page frame come from the same VMA is inferred: they are looked up at different times',
    invariant: 'S2-I2',
  },
  check({ evidence: { leafChanges } }, report) {
    let exercised = false;
    for (const { kind, after, fault, step, thread } of leafChanges) {
      if (kind !== 'map' || after === null || fault === null || !after.devicePfn) continue;
      const { sampled, supplier } = fault;
      if (supplier === null || supplier.flag) continue;
      exercised = true;
      if (after.attr !== 'normal-nc') continue;
      const stale = sampled?.flag === true;
      report(stale ? 'normal-nc-by-stale-flag' : 'normal-nc-without-flag', step, () => ({
        message: stale
          ? `${thread.name} sampled ${mappingName(sampled)}, and got the page frame from ${mappingName(supplier)}.`
          : `${thread.name} got the page frame from ${mappingName(supplier)}.`,
        expected: [leafLine({ ...after, attr: 'device-nGnRE' })],
        actual: [leafLine(after)],
      }));
    }
    return exercised;
  },
};

export const platformDeviceStaysDevice: Property<Evidence> = {
  id: 'platform-device-stays-device',
  claim: 'what user space maps through vfio-platform is Device-nGnRE at stage 2',
  source: {
    status: 'posted',
    date: '2024-02-12',
    messageId: '20240212172001.GE4048826@nvidia.com',
    note: 'Jason Gunthorpe on v7 4/4: nobody is known to want write-combining there',
    invariant: 'S2-I3',
  },
  check({ evidence: { leafChanges } }, report) {
    let exercised = false;
    for (const { kind, after, step, thread } of leafChanges) {
      if (kind !== 'map' || after === null || !after.devicePfn) continue;
      if (supplierOf(after)?.backing !== 'platform') continue;
      exercised = true;
      if (after.attr === 'device-nGnRE') continue;
      report('platform-device-relaxed', step, () => ({
        message: `${thread.name} maps MMIO of a vfio-platform device with another type than Device-nGnRE.`,
        expected: [leafLine({ ...after, attr: 'device-nGnRE' })],
        actual: [leafLine(after)],
      }));
    }
    return exercised;
  },
};

/** Asked on 64-bit hosts only: no KVM of arm64 runs on others, where the flag is VM_NONE. */
export const guestChoosesNormalNcForBar: Property<Evidence> = {
  id: 'guest-chooses-normal-nc-for-bar',
  claim: 'a guest that maps a vfio-pci BAR Normal-NC gets Normal-NC',
  source: {
    status: 'merged',
    date: 'v6.9',
    commit: 'a39d3a966a09',
    note: 'what the series is for',
    invariant: 'S2-I4',
  },
  check({ evidence: { facts, guestAccesses } }, report) {
    if (!facts.is64bit) return false;
    let exercised = false;
    for (const { request, leaf, type, step, thread } of guestAccesses) {
      if (request.stage1 !== 'normal-nc' || supplierOf(leaf)?.backing !== 'pci') continue;
      exercised = true;
      if (type === 'normal-nc') continue;
      report('another-type-forced', step, () => ({
        message: `${thread.name} accesses a BAR that its guest maps Normal-NC, through stage-2 type ${leaf.attr}.`,
        expected: ['memory type normal-nc'],
        actual: [`memory type ${type}`],
      }));
    }
    return exercised;
  },
};

export const deviceNeverMappedCacheable: Property<Evidence> = {
  id: 'device-never-mapped-cacheable',
  claim:
    'a device page frame is never mapped cacheable at stage 2, but where user space maps it cacheable, and the kernel knows that, on a host that needs no cache maintenance',
  source: {
    status: 'posted',
    date: '2023-10-13',
    messageId: '20231013092954.GB13524@willie-the-truck',
    note: 'on v1, quoting why not: KVM cannot do the cache maintenance, and failures would not be contained',
    invariant: 'S2-I5',
  },
  check({ evidence }, report) {
    let exercised = false;
    for (const { kind, after, step, thread } of evidence.leafChanges) {
      if (kind !== 'map' || after === null || !after.devicePfn) continue;
      exercised = true;
      if (after.attr !== 'normal' || mayBeCacheable(after, evidence)) continue;
      report('device-mapped-cacheable', step, () => ({
        message: `${thread.name} maps ${after.pageFrame} as memory.`,
        expected: [leafLine({ ...after, attr: 'device-nGnRE', exec: false })],
        actual: [leafLine(after)],
      }));
    }
    return exercised;
  },
};

export const guestNeverCachesDevice: Property<Evidence> = {
  id: 'guest-never-caches-device',
  claim:
    'whatever the guest has at stage 1, its accesses to MMIO of a device are never cacheable, but where user space maps it cacheable, and the kernel knows that, on a host that needs no cache maintenance',
  source: {
    status: 'posted',
    date: '2023-10-13',
    messageId: '20231013092954.GB13524@willie-the-truck',
    note: 'on v1, with what each encoding of stage 2 would let the guest do',
    invariant: 'S2-I14',
  },
  check({ evidence }, report) {
    let exercised = false;
    for (const { leaf, type, request, step, thread } of evidence.guestAccesses) {
      if (!leaf.devicePfn) continue;
      exercised = true;
      if (!isCacheable(type) || mayBeCacheable(leaf, evidence)) continue;
      report('cacheable-access', step, () => ({
        message: `${thread.name} accesses ${leaf.pageFrame}: ${request.stage1} at stage 1, ${leaf.attr} at stage 2.`,
        expected: ['a memory type that is not cacheable'],
        actual: [`memory type ${type}`],
      }));
    }
    return exercised;
  },
};

const isCacheable = (type: MemoryType): boolean => type === 'normal-wb' || type === 'normal-wt';
