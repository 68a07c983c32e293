/** copy_from_user and copy_to_user, one step for each word of shared memory that they touch. */
import type { CodePath } from '../../harness/machine/step.ts';
import type { FileAccess } from '../../properties/zpci-io/evidence.ts';
import { HEADER_SIZE } from './layout.ts';
import type { ZpciIoRegion } from './world.ts';

/** How many of the caller's bytes can be copied before its buffer faults. */
export function reachable(access: FileAccess): number {
  switch (access.buffer) {
    case 'ok':
      return access.count;
    case 'bad':
      return 0;
    case 'torn':
      return Math.floor(access.count / 2);
    default:
      return access.buffer satisfies never;
  }
}

/**
 * One word of a copy_from_user straight into the shared region, from position `at` on; returns where the next one
 * begins. Bytes that the user's buffer faults on are zeroed, as _copy_from_user does (lib/usercopy.c), so a failed
 * write leaves its first part and zeroes behind.
 */
export function copyWordFromUser(region: ZpciIoRegion, access: FileAccess, at: number, end: number): number {
  const next = Math.min(end, (at | 7) + 1);
  // Bytes are counted as in the image of the request, which begins where the header ends.
  const good = access.pos + reachable(access) - HEADER_SIZE;
  region.word(at >> 3).store(at & 7, access.image!, at - HEADER_SIZE, next - HEADER_SIZE, good);
  return next;
}

/** From the shared region; returns the bytes, or null where the user's buffer faults. */
export function* copyToUser(
  region: ZpciIoRegion,
  access: FileAccess,
  count: number,
): CodePath<number[] | null> {
  const end = access.pos + count;
  const bytes: number[] = [];
  for (let at = access.pos; at < end; ) {
    const word = region.word(at >> 3);
    yield word.read;
    for (const stop = Math.min(end, (at | 7) + 1); at < stop; at++) bytes.push(word.load(at & 7, 1));
  }
  return reachable(access) >= count ? bytes : null;
}
