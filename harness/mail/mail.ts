import PostalMime, { type Email } from 'postal-mime';
import { InvalidInput } from '../scenario/validate.ts';

/** What of a mail says which patch it is. */
export interface Mail {
  /** Without angle brackets; null where there is none. */
  readonly messageId: string | null;
  /** Unfolded and decoded, in one line; empty where there is none. */
  readonly subject: string;
  /** Text of the mail, with a diff if it has one. */
  readonly body: string;
}

/** The line that mbox files and `git format-patch` put before a mail. */
const FROM_LINE = /^>?From [^\n]*\n/;
/** The same in the middle of a file, as git writes it: another patch follows. */
const NEXT_PATCH = /\nFrom [0-9a-f]{40} Mon Sep 17 00:00:00 2001\r?\n/;
/** In UTF-8, as some editors put it before everything. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const FIELD = /^[!-9;-~]+[ \t]*:/;
/** A header field without which a mail says nothing of interest here. */
const TELLING_FIELD = /^(?:subject|message-id|from)[ \t]*:/im;

/**
 * Reads one mail (RFC 2822, with or without mbox's line before it): folded and encoded headers, transfer encodings.
 *
 * @throws {@link InvalidInput} where it is empty, binary, no mail, or several.
 */
export async function readMail(given: Uint8Array): Promise<Mail> {
  const bytes = BYTE_ORDER_MARK.every((byte, at) => given[at] === byte) ? given.subarray(3) : given;
  // One character a byte: enough to see what it is, and nothing is lost.
  const raw = Buffer.from(bytes).toString('latin1');
  const problem = problemOf(raw);
  if (problem !== null)
    throw new InvalidInput(`stdin ${problem}; pipe in one patch or cover letter, headers first.`);
  const start = FROM_LINE.exec(raw)?.[0].length ?? 0;
  const email = await parsed(bytes.subarray(start));
  return {
    messageId: /<([^<>]+)>/.exec(email.messageId ?? '')?.[1]?.trim() ?? null,
    subject: (email.subject ?? '').replace(/\s+/g, ' ').trim(),
    body: `${email.text ?? ''}\n${decodedAlready(bytes.subarray(start + headerEnd(raw.slice(start))))}`,
  };
}

/**
 * b4 hands over the body decoded and leaves the header that says how it was encoded (`LoreMessage.get_msg_as_bytes`):
 * decoding it again would take a diff apart. So both are looked at.
 */
const decodedAlready = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

async function parsed(bytes: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(`stdin is no mail that can be read (${why}); pipe in one patch or cover letter.`);
  }
}

function problemOf(raw: string): string | null {
  if (raw.trim() === '') return 'is empty';
  if (raw.includes('\0')) return 'is binary';
  const mail = raw.replace(FROM_LINE, '');
  const header = mail.slice(0, headerEnd(mail));
  if (!FIELD.test(mail) || !TELLING_FIELD.test(header)) {
    return 'does not begin with the headers of a mail (Subject, From or Message-ID)';
  }
  return NEXT_PATCH.test(mail) ? 'holds several mails' : null;
}

/** Where the empty line after the headers ends. */
function headerEnd(mail: string): number {
  const end = /\r?\n\r?\n/.exec(mail);
  return end === null ? mail.length : end.index + end[0].length;
}
