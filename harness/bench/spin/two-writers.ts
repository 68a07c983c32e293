/** What two-writers.pml says in Promela, for our own explorer: its operations, and how an end is written down. */
import type { DeviceRecord, Operation } from '../../model/model.ts';

const REQUESTS = [
  { flags: 1, gaddr: '0x10000', offset: 0, len: 8, pcias: 0 },
  { flags: 2, gaddr: '0x11008', offset: 8, len: 64, pcias: 0 },
] as const;

/** Each of two users submits its own request `requests` times. */
export const twoWriterOperations = (requests: number): Operation[] =>
  REQUESTS.flatMap((req, writer) =>
    Array.from({ length: requests }, () => ({
      actor: `user${writer}`,
      op: 'region_write',
      pos: 16,
      count: 32,
      req,
    })),
  );

/** What a call returned. Those of one actor are in order; how those of different actors mix does not matter. */
interface Returned {
  readonly actor: string;
  readonly ret: number | null;
}

/** An end in one line: what the calls of each actor returned, then what the device was told. */
export function describeEnd(calls: readonly Returned[], device: readonly DeviceRecord[]): string {
  const returned = new Map<string, (number | null)[]>();
  for (const { actor, ret } of calls) returned.set(actor, [...(returned.get(actor) ?? []), ret]);
  const actors = [...returned].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...actors.map(([actor, rets]) => `${actor} ${rets.join(' ')}`),
    ...device.map(
      ({ actor, insn, pcias, offset, len }) => `${actor} ${insn} pcias ${pcias} offset ${offset} len ${len}`,
    ),
  ].join('; ');
}

/** A line that two-writers.pml prints: what writer 0's calls returned, writer 1's, then five numbers an instruction. */
export function parseEnd(line: string, requests: number): string {
  const numbers = line.split(' ').slice(1).map(Number);
  const calls = numbers
    .slice(0, 2 * requests)
    .map((ret, at) => ({ actor: writer(at < requests ? 0 : 1), ret }));
  const device: DeviceRecord[] = [];
  for (let at = 2 * requests; at < numbers.length; at += 5) {
    const [actor, insn, pcias, offset, len] = numbers.slice(at, at + 5) as [
      number,
      number,
      number,
      number,
      number,
    ];
    device.push({ actor: writer(actor), insn: insn === 0 ? 'pcilg' : 'pcistb', pcias, offset, len });
  }
  return describeEnd(calls, device);
}

const writer = (number: number): string => `user${number}`;
