import type { Json } from '../../harness/model/field.ts';
import type { Request, U64 } from '../../properties/zpci-io/evidence.ts';
import { fromNumber, parseU64 } from '../../properties/zpci-io/u64.ts';
import { REQUEST_SIZE } from './layout.ts';

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
    const { hi, lo } = typeof value === 'number' ? fromNumber(value) : value;
    view.setUint32(at, hi);
    view.setUint32(at + 4, lo);
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
