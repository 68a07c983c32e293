import type { Json } from '../../harness/model/field.ts';
import type { U64 } from '../../properties/zpci-io/evidence.ts';

const HALF = 0x1_0000_0000;

/** A decimal number up to 2^53 or a hex string, already validated. */
export function parseU64(value: Json | undefined): U64 {
  if (typeof value === 'number') return { hi: Math.floor(value / HALF), lo: value >>> 0 };
  const whole = BigInt(value as string);
  return { hi: Number(whole >> 32n), lo: Number(whole & 0xffff_ffffn) };
}

/** Exact up to 2^53; above that only good for comparing with limits far below. */
export const toNumber = (hi: number, lo: number): number => hi * HALF + lo;

/** As scenario files write it. */
export function u64Json(hi: number, lo: number): number | string {
  const value = toNumber(hi, lo);
  return Number.isSafeInteger(value) ? value : `0x${((BigInt(hi) << 32n) | BigInt(lo)).toString(16)}`;
}
