import { UsageError } from './exit.ts';

/** Where a mail comes from: stdin, or what a test puts in its place. */
export interface MailInput extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
}

/** Lists refuse mails far smaller than that; what is larger was piped in by mistake. */
const MIB = 1 << 20;
const BYTES_MAX = 16 * MIB;

/** All of it. @throws {@link UsageError} for a terminal, and for what is too large or cannot be read. */
export async function readAll(input: MailInput): Promise<Uint8Array> {
  if (input.isTTY === true)
    throw new UsageError('b4-check reads a mail from stdin: zpci-fuzz b4-check < MAIL.');
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of input) {
      length += part.length;
      if (length > BYTES_MAX) break;
      parts.push(part);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`stdin cannot be read (${why}); pipe in one patch or cover letter.`);
  }
  if (length > BYTES_MAX) {
    throw new UsageError(
      `stdin is larger than ${BYTES_MAX / MIB} MiB, which no patch is; pipe in one patch or cover letter.`,
    );
  }
  return Buffer.concat(parts);
}
