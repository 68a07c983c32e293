/** A counterexample as a picture: a lane for each actor, its steps in order, and bars for the locks that it holds. */
import { describeReturn } from '../../harness/machine/errno.ts';
import type { RecordedStep } from '../../harness/machine/recorder.ts';
import { type HeldLock, heldLocks } from '../held-locks.ts';
import { type Row, shownSteps } from '../shown-steps.ts';
import { cut, widest, widthOf } from '../wrap.ts';
import { actorsOf, type Diagram, markedAtOf, titleOf } from './diagram.ts';
import { xmlText } from './xml-text.ts';

const ROW = 18;
const TOP = 64;
const MARGIN = 16;
/** Of a lock's bar and the gap beside it. */
const BAR = 4;
/** Columns of the widest common monospace font at this size. */
const COLUMN = 7.4;
/** What is longer is cut off: a lane as wide as that is as much as a page shows. */
const COLUMNS_MAX = 64;
const COLUMNS_MIN = 16;

/** Colours for light and dark pages alike: the reader's browser chooses. */
const STYLE = `
    text { font: 12px ui-monospace, monospace; fill: #1f2328; white-space: pre }
    .faint { fill: #656d76 } .strong { font-weight: bold } .bad { fill: #cf222e; font-weight: bold }
    .lane { stroke: #d0d7de } .lock { fill: #d4a72c } .page { fill: #ffffff }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .faint { fill: #8d96a0 } .bad { fill: #ff7b72 }
      .lane { stroke: #30363d } .lock { fill: #9e6a03 } .page { fill: #0d1117 }
    }`;

export function svg(diagram: Diagram): string {
  const { recording, reproduce } = diagram;
  const { steps, waiting } = recording;
  const markedAt = markedAtOf(diagram);
  const actors = actorsOf(recording);
  const waits = waiting.map(
    (wait): Text => ({ actor: wait.actor, text: `waits for ${wait.waitsFor}`, style: 'bad', step: null }),
  );
  const { violation } = diagram;
  // Nobody takes a step where how the world is made decides it.
  const message: Text[] =
    steps.length > 0 || violation === null
      ? []
      : [{ actor: null, text: violation.message, style: 'bad', step: null }];
  const texts = [...rowTexts(shownSteps(steps, markedAt), markedAt), ...waits, ...message];
  const bars = lockBars(texts, steps);
  const lanes = lanesOf(actors, texts, bars);
  const name = titleOf(diagram);
  const width = Math.ceil(
    Math.max(
      MARGIN,
      ...[...lanes.values()].map(({ end }) => end),
      widthOf(cut(name, 2 * COLUMNS_MAX)) * COLUMN,
      ...message.map((one) => widthOf(shown(one.text, null)) * COLUMN),
    ) + MARGIN,
  );
  const height = TOP + texts.length * ROW + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${xml(name)}">`,
    `  <title>${xml(name)}</title>`,
    `  <desc>${xml(`reproduce: ${reproduce}`)}</desc>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="page" width="${width}" height="${height}"/>`,
    `  <text class="strong" x="${MARGIN}" y="20">${xml(cut(name, 2 * COLUMNS_MAX))}</text>`,
    ...[...lanes].flatMap(([actor, { at, text }]) => [
      `  <line class="lane" x1="${at}" y1="${TOP - 14}" x2="${at}" y2="${height - 8}"/>`,
      `  <text class="strong" x="${text}" y="${TOP - 20}">${xml(cut(actor, COLUMNS_MAX))}</text>`,
    ]),
    ...bars.map(
      ({ actor, from, to, lock, depth }) =>
        `  <rect class="lock" x="${lanes.get(actor)!.at + 2 + depth * BAR}" y="${TOP + from * ROW - 12}" width="${BAR - 1}" height="${(to - from + 1) * ROW - 4}"><title>${xml(`${actor} holds ${lock}`)}</title></rect>`,
    ),
    ...texts.map(({ actor, text, style, step }, at) => {
      const x = actor === null ? MARGIN : lanes.get(actor)!.text;
      const number = step === null ? '' : `<tspan class="faint">${step} </tspan>`;
      return `  <text class="${style}" x="${x}" y="${TOP + at * ROW}">${number}${xml(shown(text, step))}</text>`;
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

const numberOf = (step: number | null): string => (step === null ? '' : `${step} `);

/** What fits beside its number. */
const shown = (text: string, step: number | null): string =>
  cut(xmlText(text), COLUMNS_MAX - numberOf(step).length);

/** Functions are named where an actor enters another one, as in the text of a counterexample. */
function rowTexts(rows: readonly Row[], markedAt: number): Text[] {
  const entered = new Map<string, string | null>();
  return rows.flatMap((row): Text[] => {
    if (row.kind === 'left-out') {
      return [{ actor: row.actor, text: `… ${row.steps} more`, style: 'faint', step: null }];
    }
    const { step, index } = row;
    const { actor, returns, function: place } = step;
    const texts: Text[] = [];
    if (place !== null && place !== entered.get(actor))
      texts.push({ actor, text: `${place}:`, style: 'faint', step: null });
    entered.set(actor, place);
    texts.push({ actor, text: step.text, style: index === markedAt ? 'bad' : 'plain', step: index });
    if (returns !== null) {
      const { op, ret, signal } = returns;
      const end =
        signal !== null ? `gets ${signal}` : ret === null ? 'ends' : `returns ${describeReturn(ret)}`;
      texts.push({ actor, text: `${op} ${end}`, style: 'strong', step: null });
    }
    return texts;
  });
}

/** Where a lane is, where its texts begin, and where it ends. */
interface Lane {
  readonly at: number;
  readonly text: number;
  readonly end: number;
}

/** Each as wide as what it says. */
function lanesOf(
  actors: readonly string[],
  texts: readonly Text[],
  bars: readonly HeldLock[],
): ReadonlyMap<string, Lane> {
  const lanes = new Map<string, Lane>();
  let at = MARGIN;
  for (const actor of actors) {
    const locks = Math.max(0, ...bars.filter((bar) => bar.actor === actor).map(({ depth }) => depth + 1));
    const own = texts
      .filter((text) => text.actor === actor)
      .map(({ text, step }) => numberOf(step) + shown(text, step));
    const columns = Math.max(COLUMNS_MIN, widest([...own, cut(actor, COLUMNS_MAX)]));
    const text = at + 6 + locks * BAR;
    const end = Math.ceil(text + columns * COLUMN);
    lanes.set(actor, { at, text, end });
    at = end + MARGIN;
  }
  return lanes;
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
