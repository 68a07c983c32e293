/** Control characters and marks that change the direction of text: nothing that could play tricks with a terminal. */
const UNTAME = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const LENGTH_MAX = 60;

/** Text from outside as one line that a terminal shows as it is. */
export const tame = (text: string): string => text.replace(/\s*\n\s*/g, ' ').replace(UNTAME, '?');

/** A value from outside for use in a message: as JSON, tame, and cut. */
export function quote(value: unknown): string {
  const text = tame(isHuge(value) ? 'a number beyond all bounds' : (JSON.stringify(value) ?? String(value)));
  if (text.length <= LENGTH_MAX) return text;
  return text.startsWith('"')
    ? `${text.slice(0, LENGTH_MAX - 4)}..."`
    : `${text.slice(0, LENGTH_MAX - 3)}...`;
}

/** `1e400` reads as Infinity, which JSON writes as null. */
const isHuge = (value: unknown): boolean => typeof value === 'number' && !Number.isFinite(value);
