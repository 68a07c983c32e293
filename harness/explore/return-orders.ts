import type { Call } from '../machine/thread.ts';
import type { EventOrder } from './linear-extensions.ts';

/** Orders that are listed of one execution; more than seven calls at once are needed to come near. */
const ORDERS_MAX = 10_000;

/**
 * The orders in which the calls of an execution return in the schedules that it stands for.
 *
 * Returning touches nothing, so that a reduction keeps one order of two returns that nothing else puts in order. User
 * space sees the difference; this gives back what was left out. Null if that would be too many.
 */
export function returnOrders(returned: readonly Call[], { clocks, stride }: EventOrder): Call[][] | null {
  const comesBefore = (a: Call, b: Call): boolean => clocks[b.returned * stride + a.thread.id]! > a.returned;
  const orders: Call[][] = [];
  const extend = (order: readonly Call[], left: readonly Call[]): boolean => {
    if (left.length === 0) {
      orders.push([...order]);
      return orders.length <= ORDERS_MAX;
    }
    return left.every((call) => {
      const rest = left.filter((other) => other !== call);
      return rest.some((other) => comesBefore(other, call)) || extend([...order, call], rest);
    });
  };
  return extend([], returned) ? orders : null;
}
