import { afterAll } from 'vitest';
import { makePool, type Pool } from './pool.ts';

/**
 * Pools that the tests of one file share, gone after them: workers take longer to start than all they have to do there.
 */
export function keptPools(): (
  size: number,
  modules?: readonly string[],
  patienceMs?: number,
) => Promise<Pool> {
  const pools = new Map<string, Promise<Pool>>();
  afterAll(async () => {
    for (const pool of pools.values()) await (await pool).close();
  });
  return (size, modules, patienceMs) => {
    const key = [size, ...(modules ?? [])].join(' ');
    const pool = pools.get(key) ?? makePool(size, modules, patienceMs);
    pools.set(key, pool);
    return pool;
  };
}
