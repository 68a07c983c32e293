import type { Json } from '../../harness/model/field.ts';
import type { Request, U64 } from '../../properties/zpci-io/evidence.ts';
import { REQUEST_SIZE } from './layout.ts';
import { parseU64 } from './u64.ts';

/** The 32 bytes of a request, big endian: flags 0, gaddr 8, offset 16, reserved 24, len 28, pcias 30, reserved2 31. */
export function requestImage(request: {
  flags: number | U64;
  gaddr: number | U64;
  offset: U64;
  len: number;
  pcias: number;
}): Uint8Array {
  const image = new Uint8Array(REQUEST_SIZE);
  const view = new DataView(image.buffer);
  const put = (at: number, value: number | U64) => {
    view.setUint32(at, typeof value === 'number' ? Math.floor(value / 0x1_0000_0000) : value.hi);
    view.setUint32(at + 4, typeof value === 'number' ? value >>> 0 : value.lo);
  };
  put(0, request.flags);
  put(8, request.gaddr);
  put(16, request.offset);
  view.setUint16(28, request.len);
  view.setUint8(30, request.pcias);
  return image;
}

/** A request as a scenario writes it; fields left out are zero. */
export function parseRequest(fields: { readonly [field: string]: Json }): Request {
  const flags = parseU64(fields.flags ?? 0);
  const gaddr = parseU64(fields.gaddr ?? 0);
  const offset = parseU64(fields.offset ?? 0);
  const len = (fields.len ?? 0) as number;
  const pcias = (fields.pcias ?? 0) as number;
  return { flags, gaddr, offset, len, pcias, image: requestImage({ flags, gaddr, offset, len, pcias }) };
}
