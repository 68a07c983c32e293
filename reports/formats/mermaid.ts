/** A counterexample as a Mermaid sequence diagram, which GitHub and GitLab draw in Markdown. */
import { describeReturn } from '../../harness/machine/errno.ts';
import { count } from '../count.ts';
import { plain } from '../plain.ts';
import { type Row, shownSteps } from '../shown-steps.ts';
import { stateName } from '../state-name.ts';
import { actorsOf, type Diagram, failureName, markedAtOf } from './diagram.ts';

/** Lines of one note: what is longer is hard to follow beside the other lanes. */
const NOTE_MAX = 12;

export function mermaid(diagram: Diagram): string {
  const { recording, reproduce } = diagram;
  const { model, steps, waiting } = recording;
  const actors = actorsOf(recording);
  const participants = new Map(actors.map((actor, at) => [actor, `a${at}`]));
  const everybody = actors.length > 1 ? `a0,a${actors.length - 1}` : 'a0';
  const markedAt = markedAtOf(diagram);
  const items = itemsOf(shownSteps(steps, markedAt), markedAt);
  return [
    'sequenceDiagram',
    `  %% reproduce: ${comment(reproduce)}`,
    // A title that is wider than the lanes is cut off: what is broken goes into a note.
    `  title ${text(stateName(model))}`,
    ...actors.map((actor) => `  participant ${participants.get(actor)} as ${text(actor)}`),
    // Nobody takes a step where how the world is made decides it.
    ...(actors.length === 0 ? ['  participant a0 as nobody'] : []),
    `  Note over ${everybody}: ${text(failureName(diagram))}`,
    ...items.map((item) => {
      const own = item.actor === null ? everybody : participants.get(item.actor)!;
      switch (item.kind) {
        case 'note':
          return `  Note over ${own}: ${item.lines.map(text).join('<br/>')}`;
        case 'return':
          return `  ${own}-->>${own}: ${text(item.text)}`;
        default:
          return item satisfies never;
      }
    }),
    ...waiting.map(
      ({ actor, waitsFor }) => `  Note over ${participants.get(actor)}: waits for ${text(waitsFor)} for ever`,
    ),
    '',
  ].join('\n');
}

/** A null actor: everybody. */
type Item =
  | {
      readonly kind: 'note';
      readonly actor: string | null;
      readonly function: string | null;
      readonly lines: readonly string[];
    }
  | { readonly kind: 'return'; readonly actor: string; readonly text: string };

/** Steps that an actor takes in one function without another's between them are one note. */
function itemsOf(rows: readonly Row[], markedAt: number): Item[] {
  const items: Item[] = [];
  for (const row of rows) {
    if (row.kind === 'left-out') {
      const text = `… ${count(row.steps, 'more step')}`;
      const last = items.at(-1);
      if (last?.kind === 'note' && last.actor === row.actor && row.actor !== null)
        items[items.length - 1] = { ...last, lines: [...last.lines, text] };
      else items.push({ kind: 'note', actor: row.actor, function: null, lines: [text] });
      continue;
    }
    const { step, index } = row;
    const { actor, returns, function: place } = step;
    const line = `${index} ${index === markedAt ? 'breaks the claim: ' : ''}${step.text}`;
    const last = items.at(-1);
    const isOpen = last?.kind === 'note' && last.actor === actor && last.lines.length < NOTE_MAX;
    if (isOpen && last.function === place)
      items[items.length - 1] = { ...last, lines: [...last.lines, line] };
    else
      items.push({
        kind: 'note',
        actor,
        function: place,
        lines: place === null ? [line] : [`${place}():`, line],
      });
    if (returns !== null) {
      const { op, ret, signal } = returns;
      const end =
        signal !== null ? `gets ${signal}` : ret === null ? 'ends' : `returns ${describeReturn(ret)}`;
      items.push({ kind: 'return', actor, text: `${op} ${end}` });
    }
  }
  return items;
}

/**
 * What Mermaid would take for its own syntax goes as a code of the character: also `end`, which closes a block, `wrap:`,
 * which asks for broken lines, and `$$`, which asks for a formula.
 */
const text = (raw: string): string =>
  plain(raw).replace(
    /[#;<>&%{}"`\\@$]|\be(?=nd\b)|(?<=wrap):/g,
    (character) => `#${character.charCodeAt(0)};`,
  );

/** Braces in a comment would begin a directive. */
const comment = (raw: string): string => plain(raw).replace(/[{}]/g, '?');
