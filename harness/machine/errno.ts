/** Linux errno values that models return, negated by the caller (`-EINVAL`). Source: uapi/asm-generic/errno*.h. */
export const EIO = 5;
export const ENXIO = 6;
export const EBADF = 9;
export const EINTR = 4;
export const ENOMEM = 12;
export const EFAULT = 14;
export const EBUSY = 16;
export const ENODEV = 19;
export const EINVAL = 22;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries({ EIO, ENXIO, EBADF, EINTR, ENOMEM, EFAULT, EBUSY, ENODEV, EINVAL }).map(([name, value]) => [
    value,
    name,
  ]),
);

/** `-22` becomes `-22 (-EINVAL)`; counts stay as they are. */
export function describeReturn(value: number): string {
  const name = value < 0 ? NAMES.get(-value) : undefined;
  return name === undefined ? String(value) : `${value} (-${name})`;
}
