/** Lines for the diffs that findings show, and what several claims ask of a call. */
import type { Call } from '../../harness/machine/thread.ts';
import type { AlignmentRequest, Mmap, MsixOperation, Recorded } from './evidence.ts';

/** The assigned function. */
export const OWN = '0000:01:00.0';

/** Whether a BAR by its name (`0000:01:02.0 BAR 0`) is one of another function than the assigned one. */
export const isForeign = (bar: string): boolean => !bar.startsWith(OWN);

export const operationOf = (call: Call): MsixOperation => call.work.argument as MsixOperation;

export const hex = (value: number): string => `0x${value.toString(16)}`;

/** `4 KiB at 0x1000`. */
export const resourceLine = ({ start, size }: Recorded): string =>
  `${hex(size)} bytes ${start === null ? 'without an address' : `at ${hex(start)}`}`;

export const resourceName = ({ device, resource, bar }: AlignmentRequest): string =>
  `${resource} ${bar} of ${device}`;

/** `BAR 2, bytes 0x0 to 0xffff`. */
export const mappingLine = ({ bar, offset, length }: Mmap): string =>
  `BAR ${bar}, bytes ${hex(offset)} to ${hex(offset + length - 1)}`;
