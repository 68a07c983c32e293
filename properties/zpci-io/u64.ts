/** 64-bit values as two halves: claims and models compare, print and parse them alike. */
import type { Json } from '../../harness/model/field.ts';
import type { U64 } from './evidence.ts';

const TWO_32 = 0x1_0000_0000;

export const fromNumber = (value: number): U64 => ({ hi: Math.floor(value / TWO_32), lo: value >>> 0 });

/** Exact up to 2^53; above that only good for comparing with limits far below. */
export const toNumber = (hi: number, lo: number): number => hi * TWO_32 + lo;

/** A decimal number up to 2^53 or a hex string, already validated. */
export function parseU64(value: Json | undefined): U64 {
  if (typeof value === 'number') return fromNumber(value);
  const whole = BigInt(value as string);
  return { hi: Number(whole >> 32n), lo: Number(whole & 0xffff_ffffn) };
}

export const hex = (hi: number, lo: number): string => `0x${((BigInt(hi) << 32n) | BigInt(lo)).toString(16)}`;

/** As scenario files write it. */
export function u64Json(hi: number, lo: number): number | string {
  const value = toNumber(hi, lo);
  return Number.isSafeInteger(value) ? value : hex(hi, lo);
}
