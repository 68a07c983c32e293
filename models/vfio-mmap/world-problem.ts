import type { Json } from '../../harness/model/field.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { PAGE_SIZE } from './layout.ts';
import { CHILDREN_MAX } from './world.ts';

const BAR_SIZE_MAX = 2 ** 48;

/** What is wrong with a world that is valid field by field; null if nothing. */
export function worldProblem({
  bars = [],
  arch = 's390',
  function: kind,
  mio,
  zpci,
}: WorldConfig): string | null {
  if (kind === 'ism' && arch !== 's390') {
    return `world.function is ism and world.arch ${arch}; ISM functions are s390's: leave one of the two out`;
  }
  if (mio === true && arch !== 's390') {
    return `world.mio is true and world.arch ${arch}; MIO instructions are s390's: leave one of the two out`;
  }
  if (mio === true && zpci === false) {
    return 'world.mio is true and world.zpci false; a host enables MIO with zPCI only: leave one of the two out';
  }
  const seen = new Set<Json>();
  for (const listed of bars as readonly { readonly [field: string]: Json }[]) {
    const { bar, size } = listed as { readonly bar: number; readonly size: number | string };
    const start = Number(listed.start ?? 0);
    if (seen.has(bar)) return `world.bars names BAR ${bar} twice`;
    seen.add(bar);
    if (Number(size) < 1 || Number(size) > BAR_SIZE_MAX) {
      return `world.bars gives BAR ${bar} a size of ${size}; allowed: 1 byte to 256 TiB, and a BAR that is left out does not exist`;
    }
    if (start !== 0 && start + Number(size) > PAGE_SIZE) {
      return `world.bars lets BAR ${bar} begin at ${start} and leave its page; allowed: a start other than 0 only within one page`;
    }
  }
  return null;
}

/** What is wrong with the operations of a scenario file that are valid one by one. */
export function operationsProblem(ops: readonly Operation[]): string | null {
  const forks = ops.filter(({ op }) => op === 'fork').length;
  for (const { actor } of ops) {
    const child = /^child(\d*)$/.exec(actor);
    if (child === null) continue;
    const index = Number(child[1] === '' ? 0 : child[1]);
    if (actor !== `child${index}` || index >= CHILDREN_MAX) {
      return `${actor} acts; the children that fork makes are child0 to child${CHILDREN_MAX - 1}`;
    }
    if (forks <= index) {
      return `${actor} acts, but ${forks === 0 ? 'nothing forks it' : `only ${forks} fork makes a child`}: add a fork`;
    }
  }
  return null;
}
