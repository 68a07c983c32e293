/**
 * How many schedules an executed one stands for: the number of ways to order its events that keep every two in order
 * that do not commute, which is the number of linear extensions of its happens-before order.
 *
 * Since exhaustive exploration runs exactly one execution of each such class, these numbers add up to how many
 * schedules there are without any reduction, without running them.
 */

/** The events of an execution: the thread of each, and the last event (plus one) of each thread that precedes it. */
export interface EventOrder {
  readonly threads: Uint8Array;
  readonly clocks: Int32Array;
  readonly stride: number;
}

/**
 * Counts by filling a table with a place for each number of events that each thread may have done; null if that needs
 * more places than allowed.
 */
export function linearExtensions(
  { threads, clocks, stride }: EventOrder,
  placesMax = 100_000,
): { readonly count: bigint; readonly places: number } | null {
  const eventsOf: number[][] = [];
  const ranks = new Int32Array(threads.length + 1);
  threads.forEach((thread, at) => {
    while (eventsOf.length <= thread) eventsOf.push([]);
    ranks[at + 1] = eventsOf[thread]!.push(at);
  });
  const lanes = eventsOf
    .map((events, thread) => ({ thread, events }))
    .filter(({ events }) => events.length > 0);
  const places = lanes.reduce((product, { events }) => product * (events.length + 1), 1);
  if (places > placesMax) return null;

  // For each event of a lane, how many events of the other lanes must be done before it.
  const needs = lanes.map(({ thread, events }) =>
    events.map((event) =>
      lanes.map(({ thread: other }) => (other === thread ? 0 : ranks[clocks[event * stride + other]!]!)),
    ),
  );
  const quick = fill(new Float64Array(places), 1, needs);
  // Sums of whole numbers are exact up to here.
  if (quick <= Number.MAX_SAFE_INTEGER) return { count: BigInt(quick), places };
  return { count: fill(new Array<bigint>(places).fill(0n), 1n, needs), places };
}

type Needs = readonly (readonly (readonly number[])[])[];

/** Ways to come to the last place; every step is one event of one lane that has all it needs. */
function fill<N extends number | bigint>(
  ways: { [place: number]: N; length: number },
  one: N,
  needs: Needs,
): N {
  const lanes = needs.length;
  const strides: number[] = [];
  for (let lane = 0, stride = 1; lane < lanes; lane++) {
    strides.push(stride);
    stride *= needs[lane]!.length + 1;
  }
  const done = new Array<number>(lanes).fill(0);
  ways[0] = one;
  for (let place = 0; place < ways.length; place++) {
    const count = ways[place]!;
    if (count !== 0 && count !== 0n) {
      for (let lane = 0; lane < lanes; lane++) {
        const need = needs[lane]![done[lane]!];
        if (need === undefined || !isMet(need, done)) continue;
        const next = place + strides[lane]!;
        ways[next] = ((ways[next] as never) + (count as never)) as N;
      }
    }
    for (let lane = 0; lane < lanes; lane++) {
      if (++done[lane]! <= needs[lane]!.length) break;
      done[lane] = 0;
    }
  }
  return ways[ways.length - 1]!;
}

function isMet(need: readonly number[], done: readonly number[]): boolean {
  for (let lane = 0; lane < need.length; lane++) if (done[lane]! < need[lane]!) return false;
  return true;
}
