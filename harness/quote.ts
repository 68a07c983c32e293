/** Control characters and marks that change the direction of text: nothing that could play tricks with a terminal. */
const UNTAME = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const LENGTH_MAX = 60;

/** A value from outside for use in a message: as JSON, tame, and cut. */
export function quote(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(UNTAME, '?');
  return text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX - 3)}...` : text;
}
