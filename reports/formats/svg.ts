/** A counterexample as a picture: a lane for each actor, its steps in order, and bars for the locks that it holds. */
import { describeReturn } from '../../harness/machine/errno.ts';
import type { RecordedStep } from '../../harness/machine/recorder.ts';
import { type HeldLock, heldLocks } from '../held-locks.ts';
import { type Row, shownSteps } from '../shown-steps.ts';
import { cut } from '../wrap.ts';
import { actorsOf, type Diagram, markedAtOf, titleOf } from './diagram.ts';
import { xmlText } from './xml-text.ts';

const LANE = 300;
const ROW = 18;
const TOP = 64;
const GUTTER = 40;
const CHARACTERS = 38;

/** Colours for light and dark pages alike: the reader's browser chooses. */
const STYLE = `
    text { font: 12px ui-monospace, monospace; fill: #1f2328 }
    .faint { fill: #656d76 } .strong { font-weight: bold } .bad { fill: #cf222e; font-weight: bold }
    .lane { stroke: #d0d7de } .lock { fill: #bf8700; opacity: .35 } .page { fill: #ffffff }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .faint { fill: #8d96a0 } .bad { fill: #ff7b72 }
      .lane { stroke: #30363d } .page { fill: #0d1117 }
    }`;

export function svg(diagram: Diagram): string {
  const { recording, reproduce } = diagram;
  const { steps, waiting } = recording;
  const markedAt = markedAtOf(diagram);
  const rows = shownSteps(steps, markedAt);
  const actors = actorsOf(recording);
  const lines = rows.flatMap((row) => rowTexts(row, markedAt));
  const waits = waiting.map(
    (wait): Text => ({ actor: wait.actor, text: `waits for ${wait.waitsFor}`, style: 'bad', step: null }),
  );
  const all = [...lines, ...waits];
  const width = GUTTER + actors.length * LANE;
  const height = TOP + all.length * ROW + 16;
  const name = titleOf(diagram);
  const x = (actor: string): number => GUTTER + Math.max(0, actors.indexOf(actor)) * LANE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${xml(name)}">`,
    `  <title>${xml(name)}</title>`,
    `  <desc>${xml(`reproduce: ${reproduce}`)}</desc>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="page" width="${width}" height="${height}"/>`,
    `  <text class="strong" x="8" y="20">${xml(cut(name, Math.floor(width / 7.4)))}</text>`,
    ...actors.flatMap((actor) => [
      `  <line class="lane" x1="${x(actor) - 6}" y1="${TOP - 14}" x2="${x(actor) - 6}" y2="${height - 8}"/>`,
      `  <text class="strong" x="${x(actor)}" y="${TOP - 20}">${xml(cut(actor, CHARACTERS))}</text>`,
    ]),
    ...lockBars(all, steps).map(
      ({ actor, from, to, lock, depth }) =>
        `  <rect class="lock" x="${x(actor) - 5 + depth * 4}" y="${TOP + from * ROW - 12}" width="3" height="${(to - from + 1) * ROW - 4}"><title>${xml(`${actor} holds ${lock}`)}</title></rect>`,
    ),
    ...all.map(({ actor, text, style, step }, at) => {
      const y = TOP + at * ROW;
      const number = step === null ? '' : `<tspan class="faint">${step} </tspan>`;
      return `  <text class="${style}" x="${actor === null ? 8 : x(actor) + 14}" y="${y}">${number}${xml(cut(text, CHARACTERS))}</text>`;
    }),
    '</svg>',
    '',
  ].join('\n');
}

interface Text {
  /** Null: of anybody. */
  readonly actor: string | null;
  readonly text: string;
  readonly style: 'plain' | 'faint' | 'strong' | 'bad';
  readonly step: number | null;
}

function rowTexts(row: Row, markedAt: number): Text[] {
  if (row.kind === 'left-out') {
    return [{ actor: row.actor, text: `… ${row.steps} more`, style: 'faint', step: null }];
  }
  const { step, index } = row;
  const { actor, returns } = step;
  const texts: Text[] = [
    { actor, text: step.text, style: index === markedAt ? 'bad' : 'plain', step: index },
  ];
  if (returns !== null) {
    const { op, ret, signal } = returns;
    const end = signal ?? (ret === null ? 'ends' : `returns ${describeReturn(ret)}`);
    texts.push({ actor, text: `${op} ${end}`, style: 'strong', step: null });
  }
  return texts;
}

/** From the row in which a lock is taken to that in which it is released, or the end. */
function lockBars(texts: readonly Text[], steps: readonly RecordedStep[]): HeldLock[] {
  const rowOf = (step: number): number => {
    const at = texts.findIndex((text) => text.step !== null && text.step >= step);
    return at < 0 ? texts.length - 1 : at;
  };
  return heldLocks(steps).map((held) => ({ ...held, from: rowOf(held.from), to: rowOf(held.to) }));
}

const xml = (text: string): string =>
  xmlText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
