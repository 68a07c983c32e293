/** What the subject of a patch says: `[RFC PATCH v2 3/7] vfio: do this`. */
export interface PatchSubject {
  /** Whether it has a prefix in brackets that says PATCH or RFC. */
  readonly isPatch: boolean;
  readonly isReply: boolean;
  readonly isRfc: boolean;
  /** 1 where none is said. */
  readonly version: number;
  /** 0 is the cover letter; null where the patch is alone. */
  readonly number: number | null;
  readonly count: number | null;
  /** Without prefixes. */
  readonly title: string;
}

const REPLY = /^(?:re|aw|sv|fwd?)\s*:\s*/i;
/** Beyond this no subject is one, and nothing is gained by reading on. */
const LENGTH_MAX = 2_000;

export function parsePatchSubject(subject: string): PatchSubject {
  let rest = subject.slice(0, LENGTH_MAX).trim();
  let isReply = false;
  for (let reply = REPLY.exec(rest); reply !== null; reply = REPLY.exec(rest)) {
    isReply = true;
    rest = rest.slice(reply[0].length);
  }
  const words: string[] = [];
  while (rest.startsWith('[')) {
    const end = rest.indexOf(']');
    if (end < 0) break;
    words.push(...rest.slice(1, end).split(/[\s,]+/));
    rest = rest.slice(end + 1).trimStart();
  }
  const matching = (pattern: RegExp): RegExpExecArray | null =>
    words.map((word) => pattern.exec(word)).find((match) => match !== null) ?? null;
  const counter = matching(/^(\d{1,4})\/(\d{1,4})$/);
  return {
    isPatch: matching(/^(?:rfc|patch)/i) !== null,
    isReply,
    isRfc: matching(/^rfc/i) !== null,
    version: Number(matching(/^(?:rfc|patch)?v(\d{1,4})$/i)?.[1] ?? 1),
    number: counter === null ? null : Number(counter[1]),
    count: counter === null ? null : Number(counter[2]),
    title: rest,
  };
}

/** Titles are the same if their keys are: case, spaces and a full stop at the end get lost on the way to a tree. */
export const titleKey = (title: string): string =>
  title.replace(/\s+/g, ' ').trim().replace(/\.$/, '').toLowerCase();
