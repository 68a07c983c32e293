import { pathToFileURL } from 'node:url';
import type { SentError } from './watch-protocol.ts';

/** Where in a checkout an error came about, and what it says without what only this machine knows. */
export interface Placed {
  readonly message: string;
  /** `models/zpci-io/kernel.ts:12:5`; null where nobody can say. */
  readonly place: string | null;
}

/**
 * Finds the place of an error in the sources below `root`. What is wrong is mostly where a model or a claim is, also where
 * the harness called it.
 */
export function breakageOf({ name, message, stack }: SentError, root: string): Placed {
  // What is said in so many words tells where; who said it is of no interest.
  const isSaid = ['BrokenContract', 'UsageError'].includes(name);
  const places = (isSaid ? [message] : [message, stack]).map((text) => relative(text, root));
  const found =
    places.flatMap((text) => PLACE_OF_MODEL.exec(text) ?? [])[0] ??
    places.flatMap((text) => PLACE.exec(text) ?? [])[0] ??
    null;
  // The compiler's message is a list with the place in it; the first of it is enough to begin with.
  const compiled = COMPILER.exec(message)?.groups?.text;
  const named = isSaid || name === 'Error' ? '' : `${name}: `;
  return { message: relative(compiled ?? `${named}${message}`, root).split('\n', 1)[0]!, place: found };
}

const COMPILER = /^Transform failed with \d+ errors?:\n[^\n]*?:\d+:\d+: ERROR: (?<text>[^\n]*)/;
const PLACE_OF_MODEL = /(?<![\w/.-])(?:models|properties)\/[^\s:'"()]+:\d+(?::\d+)?/;
const PLACE = /(?<![\w/.-])(?:models|properties|harness|reports)\/[^\s:'"()]+:\d+(?::\d+)?/;

/** Paths from the root of the checkout. */
const relative = (text: string, root: string): string =>
  text.replaceAll(`${pathToFileURL(root).href}/`, '').replaceAll(`${root}/`, '');

/** An error as another process or thread can be told of it. */
export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: '' };
  const { name, message, stack = '' } = error;
  return { name, message, stack };
}
