/** A counterexample as a picture: a lane for each actor, its steps in order, and bars for the locks that it holds. */
import { describeReturn } from '../../harness/machine/errno.ts';
import type { RecordedStep } from '../../harness/machine/recorder.ts';
import type { Recording } from '../../harness/scenario/recording.ts';
import { plain } from '../plain.ts';
import { type Row, shownSteps } from '../shown-steps.ts';
import { stateName } from '../state-name.ts';
import { cut } from '../wrap.ts';

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

/** `markedAt`: the step that breaks the claim. */
export function svg(recording: Recording, title: string, markedAt: number): string {
  const { model, steps, waiting } = recording;
  const rows = shownSteps(steps, markedAt);
  const actors = [...new Set([...steps.map(({ actor }) => actor), ...waiting.map(({ actor }) => actor)])];
  const lines = rows.flatMap((row) => rowTexts(row, markedAt));
  const waits = waiting.map(
    (wait): Text => ({ actor: wait.actor, text: `waits for ${wait.waitsFor}`, style: 'bad', step: null }),
  );
  const all = [...lines, ...waits];
  const width = GUTTER + actors.length * LANE;
  const height = TOP + all.length * ROW + 16;
  const name = `${stateName(model)}: ${title}`;
  const x = (actor: string): number => GUTTER + Math.max(0, actors.indexOf(actor)) * LANE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${xml(name)}">`,
    `  <title>${xml(name)}</title>`,
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

interface Bar {
  readonly actor: string;
  readonly lock: string;
  readonly from: number;
  readonly to: number;
  /** How many other locks it held when it took this one. */
  readonly depth: number;
}

/** From the row in which a lock is taken to that in which it is released, or the end. */
function lockBars(texts: readonly Text[], steps: readonly RecordedStep[]): Bar[] {
  const held = new Map<string, { lock: string; from: number; depth: number }[]>();
  const bars: Bar[] = [];
  const rowOf = (step: number): number => {
    const at = texts.findIndex((text) => text.step !== null && text.step >= step);
    return at < 0 ? texts.length - 1 : at;
  };
  steps.forEach(({ actor, text }, at) => {
    const own = held.get(actor) ?? [];
    held.set(actor, own);
    const isTaken = !/ \((?:queued|failed|interrupted)\)$/.test(text);
    const taken = /^(?:try)?lock (?<lock>.*?)(?: for read)?$/.exec(text)?.groups?.lock;
    if (isTaken && taken !== undefined) own.push({ lock: taken, from: rowOf(at), depth: own.length });
    const released = /^unlock (?<lock>.*)$/.exec(text)?.groups?.lock;
    const index = own.findLastIndex(({ lock }) => lock === released);
    if (index >= 0) bars.push({ actor, ...own.splice(index, 1)[0]!, to: rowOf(at) });
  });
  for (const [actor, own] of held) for (const bar of own) bars.push({ actor, ...bar, to: texts.length - 1 });
  return bars;
}

const xml = (text: string): string =>
  plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
