/** Claims about stage2_set_prot_attr() by itself, whoever calls it: S2-I6 to S2-I8 of models/s2-memattr/README.md. */
import { describeReturn } from '../../harness/machine/errno.ts';
import type { Property } from '../../harness/model/property.ts';
import { protName, writtenAttribute } from './describe.ts';
import type { Encoding, Evidence, MemAttr, Prot } from './evidence.ts';

const encodingLine = (encoding: Encoding): string => {
  const { prot, ret } = encoding;
  return `${protName(prot)}: ${describeReturn(ret)}, ${writtenAttribute(encoding) ?? 'no attribute'}`;
};

const refusal = ({ prot }: Encoding): string => `${protName(prot)}: a negative errno, no attribute`;

export const encoderRefusesExecutableDevice: Property<Evidence> = {
  id: 'encoder-refuses-executable-device',
  claim: 'stage2_set_prot_attr() refuses execute permission for Device and for Normal-NC',
  source: {
    status: 'merged',
    date: 'v6.9',
    commit: 'c034ec84e879',
    note: 'since v7; v3 to v6 rely on the -ENOEXEC of user_mem_abort',
    invariant: 'S2-I6',
  },
  check({ evidence: { encodings, hasNormalNc } }, report) {
    let exercised = false;
    for (const encoding of encodings) {
      const { prot, ret, step, thread } = encoding;
      if (!prot.exec || !(prot.device || (prot.normalNc && hasNormalNc))) continue;
      exercised = true;
      if (ret !== 0) continue;
      report('executable-device-encoded', step, () => ({
        message: `${thread.name} asks for device memory that can be executed, and gets it.`,
        expected: [refusal(encoding)],
        actual: [encodingLine(encoding)],
      }));
    }
    return exercised;
  },
};

export const encoderRefusesTwoTypes: Property<Evidence> = {
  id: 'encoder-refuses-two-types',
  claim: 'stage2_set_prot_attr() with both Device and Normal-NC returns an error and writes no attribute',
  source: {
    status: 'posted',
    date: '2023-12-12',
    messageId: '20231212121742.GA29205@willie-the-truck',
    note: 'Will Deacon on v3 1/2, where Device silently wins',
    invariant: 'S2-I7',
  },
  requires: ['normal nc'],
  check({ evidence: { encodings } }, report) {
    let exercised = false;
    for (const encoding of encodings) {
      const { prot, ret, attr, step, thread } = encoding;
      if (!prot.device || !prot.normalNc) continue;
      exercised = true;
      if (ret < 0 && attr === null) continue;
      report('two-types-accepted', step, () => ({
        message: `${thread.name} asks for two memory types at once.`,
        expected: [refusal(encoding)],
        actual: [encodingLine(encoding)],
      }));
    }
    return exercised;
  },
};

export const encoderChoosesType: Property<Evidence> = {
  id: 'encoder-chooses-a-type',
  claim: 'where stage2_set_prot_attr() returns 0 it has written a memory type that it chose',
  source: {
    status: 'inferred',
    note: 'v5 and v6 return 0 with the attribute uninitialised; asked to return an error there, on v6, without naming that',
    invariant: 'S2-I8',
  },
  check({ evidence: { encodings } }, report) {
    let exercised = false;
    for (const encoding of encodings) {
      const { prot, ret, attr, step, thread } = encoding;
      if (ret !== 0) continue;
      exercised = true;
      if (attr !== 'uninitialised') continue;
      report('uninitialised-attribute', step, () => ({
        message: `${thread.name} gets an entry whose memory type is what a variable happened to hold.`,
        expected: [`${protName(prot)}: one of normal, normal-nc, device-nGnRE, or a negative errno`],
        actual: [encodingLine(encoding)],
      }));
    }
    return exercised;
  },
};

/** Null where two types are asked for. A kernel without the second bit does not see it. */
function typeAskedFor({ device, normalNc }: Prot, hasNormalNc: boolean): MemAttr | null {
  if (!normalNc || !hasNormalNc) return device ? 'device-nGnRE' : 'normal';
  return device ? null : 'normal-nc';
}

/** Whether it should have been refused is for the claims above. */
export const encoderWritesWhatIsAsked: Property<Evidence> = {
  id: 'encoder-writes-what-is-asked',
  claim:
    'where stage2_set_prot_attr() is asked for one memory type and returns 0, it has written that type, executable if that was asked for',
  source: {
    status: 'posted',
    date: '2023-10-12',
    messageId: '20231012122701.GA11824@willie-the-truck',
    note: 'Will Deacon on v1 2/2: the page table code has no policy of its own',
  },
  check({ evidence: { encodings, hasNormalNc } }, report) {
    let exercised = false;
    for (const encoding of encodings) {
      const { prot, ret, attr, exec, step, thread } = encoding;
      const type = typeAskedFor(prot, hasNormalNc);
      if (ret !== 0 || type === null) continue;
      exercised = true;
      if (attr === type && exec === prot.exec) continue;
      report('another-attribute-written', step, () => ({
        message: `${thread.name} asks for ${protName(prot)}, and the entry has something else.`,
        expected: [`${protName(prot)}: 0, ${type}${prot.exec ? ', executable' : ''}`],
        actual: [encodingLine(encoding)],
      }));
    }
    return exercised;
  },
};
