/** Places in the code of a series that an execution can reach: the steps that it takes, and the errnos that it gives. */
import { parse } from 'acorn';
import { ancestor } from 'acorn-walk';
import type { CoveredScript } from './block-coverage.ts';

export interface Site {
  /** The same for the same place, whatever ran. */
  readonly id: string;
  readonly kind: 'step' | 'errno';
  /** File of the model, without its ending: `patches/v1-4-io-region`. */
  readonly file: string;
  /** Empty where the function has no name. */
  readonly function: string;
  /** `vdev.memoryLock.acquireShared`, `-EIO`. */
  readonly text: string;
}

type Covered = CoveredScript['functions'][number];

/**
 * The sites of functions that ran, and whether each site did. Of files that have steps at all: others hold data, in which
 * an errno is none that anybody gives.
 */
export function sitesOf(
  { url, source, functions }: CoveredScript,
  folder: string,
): { site: Site; reached: boolean }[] {
  const found: { at: number; kind: Site['kind']; text: string }[] = [];
  ancestor(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }), {
    YieldExpression({ delegate, argument }) {
      if (delegate || argument == null) return;
      const text = source.slice(argument.start, argument.end).replace(/\s+/g, ' ');
      found.push({ at: argument.start, kind: 'step', text: text.replace(/^(?:w|world)\./, '') });
    },
    UnaryExpression({ operator, argument, start }, _state, ancestors) {
      const name = /\bE[A-Z0-9]{2,}$/.exec(source.slice(argument.start, argument.end))?.[0];
      const parent = ancestors.at(-2)!;
      const isTest = parent.type === 'BinaryExpression';
      if (operator === '-' && name !== undefined && !isTest) {
        found.push({ at: start, kind: 'errno', text: `-${name}` });
      }
    },
  });
  if (!found.some(({ kind }) => kind === 'step')) return [];
  const file = url.slice(folder.length).replace(/\.[jt]s$/, '');
  return found
    .sort((a, b) => a.at - b.at)
    .flatMap(({ at, kind, text }) => {
      const around = innermost(functions, at);
      if (around === null || around.ranges[0]!.count === 0) return [];
      const site = { id: `${file}:${at}`, kind, file, function: around.functionName, text };
      return [{ site, reached: countAt(around, at) > 0 }];
    });
}

function innermost(functions: readonly Covered[], at: number): Covered | null {
  let found: Covered | null = null;
  for (const one of functions) {
    const { startOffset, endOffset } = one.ranges[0]!;
    if (startOffset > at || at >= endOffset) continue;
    if (found === null || startOffset >= found.ranges[0]!.startOffset) found = one;
  }
  return found;
}

/** Of nested ranges, the innermost has the count. */
function countAt({ ranges }: Covered, at: number): number {
  let count = 0;
  let width = Number.POSITIVE_INFINITY;
  for (const { startOffset, endOffset, count: times } of ranges) {
    if (startOffset > at || at >= endOffset || endOffset - startOffset > width) continue;
    count = times;
    width = endOffset - startOffset;
  }
  return count;
}
