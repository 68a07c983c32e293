import type { Signal } from './thread.ts';

/** Linux errno values that models return, negated by the caller (`-EINVAL`). Source: uapi/asm-generic/errno*.h. */
export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const EIO = 5;
export const ENXIO = 6;
export const EBADF = 9;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EACCES = 13;
export const EFAULT = 14;
export const EBUSY = 16;
export const EEXIST = 17;
export const ENODEV = 19;
export const EINVAL = 22;
export const EMFILE = 24;
export const ENOTTY = 25;
export const ENOSYS = 38;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries({
    EPERM,
    ENOENT,
    EINTR,
    EIO,
    ENXIO,
    EBADF,
    EAGAIN,
    ENOMEM,
    EACCES,
    EFAULT,
    EBUSY,
    EEXIST,
    ENODEV,
    EINVAL,
    EMFILE,
    ENOTTY,
    ENOSYS,
  }).map(([name, value]) => [value, name]),
);

/** What a call came back with: `returned -22 (-EINVAL)`, `got SIGBUS`, `never returned`. */
export function describeEnd(end: { readonly ret?: number | null; readonly signal?: Signal | null }): string {
  const { ret = null, signal = null } = end;
  return signal !== null
    ? `got ${signal}`
    : ret === null
      ? 'never returned'
      : `returned ${describeReturn(ret)}`;
}

/** `-22` becomes `-22 (-EINVAL)`; counts stay as they are. */
export function describeReturn(value: number): string {
  const name = value < 0 ? NAMES.get(-value) : undefined;
  return name === undefined ? String(value) : `${value} (-${name})`;
}
