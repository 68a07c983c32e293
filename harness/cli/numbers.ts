import { quote } from '../quote.ts';
import { UsageError } from './exit.ts';

/** A whole number from a flag (or an environment variable). @throws {@link UsageError} */
export function wholeNumber(name: string, given: string, min: number, max: number): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(given) ? Number(given) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`${name} is ${quote(given)}; allowed: a whole number from ${min} to ${max}.`);
}

/** `30s`, `500ms`, `2m`, or plain seconds, as milliseconds. @throws {@link UsageError} */
export function duration(flag: string, given: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(given);
  const value = match === null ? 0 : Number(match[1]) * UNIT_MS[(match[2] ?? 's') as keyof typeof UNIT_MS];
  if (value > 0 && value <= 7 * 24 * UNIT_MS.h) return value;
  throw new UsageError(
    `--${flag} is ${quote(given)}; allowed: a time up to a week such as 30s, 500ms, 2m or 1h.`,
  );
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `2/8`. @throws {@link UsageError} */
export function shardOf(given: string): { index: number; count: number } {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(given);
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  if (match !== null && count >= 1 && index >= 1 && index <= count) return { index, count };
  throw new UsageError(`--shard is ${quote(given)}; allowed: i/n with 1 <= i <= n, such as 2/8.`);
}
