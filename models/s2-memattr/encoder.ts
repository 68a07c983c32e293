/** stage2_set_prot_attr() of arch/arm64/kvm/hyp/pgtable.c, in each of its forms. */
import { EINVAL } from '../../harness/machine/errno.ts';
import type { MemAttr, Prot } from '../../properties/s2-memattr/evidence.ts';

/** What it came to. `attr`: null where nothing was written. */
export interface Encoded {
  readonly ret: number;
  readonly attr: MemAttr | null;
  /** Whether it came by a WARN_ON_ONCE that fired. */
  readonly warned: boolean;
}

export type Encoder = (prot: Prot) => Encoded;

const wrote = (attr: MemAttr, warned = false): Encoded => ({ ret: 0, attr, warned });

const NORMAL = wrote('normal');
export const NORMAL_NC = wrote('normal-nc');
const DEVICE = wrote('device-nGnRE');
const REFUSED: Encoded = { ret: -EINVAL, attr: null, warned: false };

/** v6.8: Device that may be executed is refused; there is no other bit yet. */
export const deviceOrNormal: Encoder = ({ device, exec }) => {
  if (!device) return NORMAL;
  return exec ? REFUSED : DEVICE;
};

/** v1 2/2: who asks for Device gets Normal-NC. */
export const deviceMeansNormalNc: Encoder = ({ device, exec }) => {
  if (!device) return NORMAL;
  return exec ? REFUSED : NORMAL_NC;
};

/** v3 1/2: a second bit, which Device wins over, and which may come with X. */
export const deviceWins: Encoder = (prot) =>
  prot.normalNc && !prot.device ? NORMAL_NC : deviceOrNormal(prot);

/** v3 with 2/2: both bits are refused, without a word. */
export const bothRefused: Encoder = (prot) => (prot.device && prot.normalNc ? REFUSED : deviceWins(prot));

const DEVICE_WARNED = wrote('device-nGnRE', true);
const REFUSED_WARNED: Encoded = { ...REFUSED, warned: true };

/** v4: both bits warn, and Device wins again. */
export const bothWarn: Encoder = (prot) => {
  if (!prot.device || !prot.normalNc) return deviceWins(prot);
  return prot.exec ? REFUSED_WARNED : DEVICE_WARNED;
};

const UNINITIALISED = wrote('uninitialised', true);

/** v5 and v6: the default of the switch warns and goes on with a variable that nothing was assigned to. */
export const bothUninitialised: Encoder = (prot) =>
  prot.device && prot.normalNc ? UNINITIALISED : deviceWins(prot);

/** v7 to mainline: both bits, and X with either, are refused. */
export const strict: Encoder = ({ device, normalNc, exec }) => {
  if (!device && !normalNc) return NORMAL;
  if ((device && normalNc) || exec) return REFUSED;
  return device ? DEVICE : NORMAL_NC;
};
