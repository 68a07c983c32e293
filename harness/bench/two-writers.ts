import fc from 'fast-check';
import type { Operation } from '../model/model.ts';

/** Two users, one request each that passes its own checks: what the races of v1 need, and nothing else. */
export const twoWriters: fc.Arbitrary<Operation[]> = fc
  .tuple(request(), request())
  .map(([first, second]) => [write('user0', first), write('user1', second)]);

type RequestImage = { readonly [field: string]: number | string };

function request(): fc.Arbitrary<RequestImage> {
  return fc.record({
    flags: fc.constantFrom(1, 2),
    gaddr: fc.constantFrom('0x10000', '0x10008', '0x11000', '0x10ff8'),
    offset: fc.constantFrom(0, 8, 16),
    len: fc.constantFrom(8, 1, 2, 4),
    pcias: fc.constant(0),
  });
}

const write = (actor: string, req: RequestImage): Operation => ({
  actor,
  op: 'region_write',
  pos: 16,
  count: 32,
  req,
});
