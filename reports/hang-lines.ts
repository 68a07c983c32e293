import type { Hang } from '../harness/campaign/hang.ts';
import { count } from './count.ts';
import { recordText, worldText } from './operation-text.ts';
import { type Line, paragraph, span, titled } from './page.ts';
import { plain } from './plain.ts';
import { widest, wrap } from './wrap.ts';

/** Where a model did not come back: what it was at, how often, and what was asked of it the first time. */
export function hangLines(hangs: readonly Hang[], width: number): Line[] {
  return titled(
    'hang (a broken model: it was stopped, and what hung is left out)',
    hangs.flatMap((hang) => oneHang(hang, width)),
  ).flatMap((line, at) => (at === 0 ? paragraph(line[0]!.text, width, 'bad') : [line]));
}

function oneHang(hang: Hang, width: number): Line[] {
  return [
    ...indented(2, hangText(hang), width, 'plain'),
    ...indented(4, timesText(hang), width, 'faint'),
    ...operationLines(hang, width),
  ];
}

/** Where it did not come back, in words. */
export function hangText({ during, actor, operation, function: name, claim, step }: Hang): string {
  const who = operation === null ? '' : `${operation} of ${actor}`;
  const where = name === null ? '' : ` in ${name}`;
  switch (during) {
    case 'step':
      return `${who} does not come back${where}, at step ${step}`;
    case 'choice':
      return `whether a thread can run is never said, after step ${step} (${who}${where})`;
    case 'claim':
      return `${claim} does not come back from judging${step === null ? '' : `, after step ${step}`}`;
    case 'preparation':
      return operation === null
        ? 'the world is never ready'
        : `the fields of ${who} are parsed without end, or its world is never ready`;
    case 'generation':
    case 'unknown':
      return 'it does not come back, but did when looked at: the model is not deterministic';
    default:
      return during satisfies never;
  }
}

function timesText({ times, foundWith: { run, sequence, shrinking } }: Hang): string {
  const again = times === 1 ? '' : `${count(times, 'time')}, first `;
  if (shrinking === null) return `${again}in operation sequence ${sequence} of chunk ${run}`;
  const what = sequence === null ? 'executing what is stored for' : 'shrinking';
  return `${again}while ${what} ${shrinking.property}: ${shrinking.kind}`;
}

function operationLines({ world, ops }: Hang, width: number): Line[] {
  const actors = widest(ops.map(({ actor }) => actor));
  const settings = worldText(world);
  return [
    ...(settings === '' ? [] : indented(4, `world: ${settings}`, width, 'plain')),
    ...ops.flatMap(({ actor, op, ...fields }) =>
      indented(4, `${plain(actor).padEnd(actors)}  ${op} ${recordText(fields)}`, width, 'plain'),
    ),
  ];
}

const indented = (indent: number, text: string, width: number, style: 'plain' | 'faint'): Line[] =>
  wrap(text, Math.max(8, width - indent), 2).map((line) => [span(' '.repeat(indent) + line, style)]);
