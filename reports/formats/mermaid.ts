/** A counterexample as a Mermaid sequence diagram, which GitHub and GitLab draw in Markdown. */
import { describeReturn } from '../../harness/machine/errno.ts';
import { plain } from '../plain.ts';
import { type Row, shownSteps } from '../shown-steps.ts';
import { actorsOf, type Diagram, markedAtOf, titleOf } from './diagram.ts';

export function mermaid(diagram: Diagram): string {
  const { recording, reproduce } = diagram;
  const { steps, waiting } = recording;
  const markedAt = markedAtOf(diagram);
  const actors = actorsOf(recording);
  const participants = new Map(actors.map((actor, at) => [actor, `a${at}`]));
  return [
    'sequenceDiagram',
    `  %% reproduce: ${comment(reproduce)}`,
    `  title ${text(titleOf(diagram))}`,
    ...actors.map((actor) => `  participant ${participants.get(actor)} as ${text(actor)}`),
    ...shownSteps(steps, markedAt).flatMap((row) => rowLines(row, participants, actors, markedAt)),
    ...waiting.map(
      ({ actor, waitsFor }) => `  Note over ${participants.get(actor)}: waits for ${text(waitsFor)} for ever`,
    ),
    '',
  ].join('\n');
}

function rowLines(
  row: Row,
  participants: ReadonlyMap<string, string>,
  actors: readonly string[],
  markedAt: number,
): string[] {
  if (row.kind === 'left-out') {
    const over =
      row.actor === null
        ? `a0${actors.length > 1 ? `,a${actors.length - 1}` : ''}`
        : participants.get(row.actor)!;
    return [`  Note over ${over}: … ${row.steps} more`];
  }
  const { step, index } = row;
  const own = participants.get(step.actor)!;
  const mark = index === markedAt ? 'breaks the claim: ' : '';
  const place = step.function === null ? '' : `${text(step.function)}<br/>`;
  const lines = [`  Note over ${own}: ${place}${index} ${mark}${text(step.text)}`];
  if (step.returns !== null) {
    const { op, ret, signal } = step.returns;
    const end = signal ?? (ret === null ? 'ends' : `returns ${describeReturn(ret)}`);
    lines.push(`  ${own}-->>${own}: ${text(`${op} ${end}`)}`);
  }
  return lines;
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
