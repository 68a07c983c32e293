/** A counterexample as lanes in plain ASCII, within 75 columns: for mails and commit messages. */
import { describeReturn } from '../../harness/machine/errno.ts';
import type { Recording } from '../../harness/scenario/recording.ts';
import { count } from '../count.ts';
import { findingDiff } from '../finding-diff.ts';
import { type HeldLock, heldLocks } from '../held-locks.ts';
import { operationText, worldText } from '../operation-text.ts';
import { type Line, printPage, sections, span } from '../page.ts';
import { plain } from '../plain.ts';
import { reproduceLine } from '../reproduce-line.ts';
import { shownSteps } from '../shown-steps.ts';
import { stateName } from '../state-name.ts';
import { cut, wrap } from '../wrap.ts';
import { actorsOf, type Diagram, markedAtOf, titleOf } from './diagram.ts';

const WIDTH = 75;
/** A lane and the space behind it. */
const LANE = 3;
/** However many actors there are, so much of a line is text: what does not fit goes over several lines. */
const TEXT_MIN = 30;

/**
 * One lane an actor, as wide as a mark, so that any number of them leaves room for what happens; their names stand
 * above, each on a line of its own.
 */
export function ascii(diagram: Diagram): string {
  const { recording, violation, reproduce } = diagram;
  const { model, scenario, waiting } = recording;
  const { world = {}, ops } = scenario;
  const markedAt = markedAtOf(diagram);
  const legend = [
    '* a step',
    ...(markedAt < 0 ? [] : ['X the one that breaks the claim']),
    '= a return',
    '# holds a lock',
    ...(waiting.length === 0 ? [] : ['? waits for ever']),
    '. not there yet',
  ];
  const lines = [
    ...wrapped(titleOf(diagram)),
    ...(violation === null ? [] : wrapped(violation.message)),
    '',
    ...(Object.keys(world).length === 0 ? [] : wrapped(`  world: ${worldText(world)}`)),
    ...ops.flatMap((one) => wrapped(`  ${one.actor}: ${operationText(one, model.series)}`)),
  ];
  const page = sections(
    lines.map((line): Line => [span(line)]),
    violation === null ? [] : findingDiff(violation, stateName(model), WIDTH),
    lanes(recording, markedAt).map((line): Line => [span(line)]),
    wrapped(legend.join(', ')).map((line): Line => [span(line)]),
    reproduceLine(reproduce, WIDTH),
  );
  return printPage(page, { color: false, width: WIDTH }).split('\n').map(asciiOnly).join('\n');
}

function lanes(recording: Recording, markedAt: number): string[] {
  const { steps, waiting } = recording;
  const actors = actorsOf(recording);
  const lane = Math.max(1, Math.min(LANE, Math.floor((WIDTH - TEXT_MIN) / Math.max(1, actors.length))));
  const room = actors.length * lane > WIDTH - TEXT_MIN ? 0 : WIDTH - actors.length * lane - 1;
  const locks = heldLocks(steps);
  const numberWidth = String(steps.length).length;
  const spanOf = (actor: string): { readonly from: number; readonly to: number } => ({
    from: steps.findIndex((step) => step.actor === actor),
    to: waiting.some((wait) => wait.actor === actor)
      ? steps.length
      : steps.findLastIndex((step) => step.actor === actor),
  });
  const spans = new Map(actors.map((actor) => [actor, spanOf(actor)]));
  const rail = (at: number, marks: ReadonlyMap<string, string>): string =>
    actors
      .map((actor) => (marks.get(actor) ?? railOf(at, spans.get(actor)!, locks, actor)).padEnd(lane))
      .join('');
  /** The text beside the lanes; of several lines all but the first are beside lanes without a mark. */
  const row = (at: number, marks: ReadonlyMap<string, string>, text: string): string[] => {
    const hang = numberWidth + 3;
    if (room === 0)
      return [
        rail(at, marks).trimEnd(),
        ...wrap(text, WIDTH - lane, hang).map((line) => ' '.repeat(lane) + line),
      ];
    return wrap(text, room, hang).map((line, index) =>
      `${rail(at, index === 0 ? marks : new Map())} ${line}`.trimEnd(),
    );
  };
  const numbered = (at: number, text: string): string => `${String(at).padStart(numberWidth)} ${text}`;
  const beside = (text: string): string => `${' '.repeat(numberWidth)} ${text}`;
  let next = 0;
  return [
    ...actors.map((actor, index) =>
      cut(`${`|${' '.repeat(lane - 1)}`.repeat(index)}${plain(actor)}`, WIDTH).trimEnd(),
    ),
    ...shownSteps(steps, markedAt).flatMap((shown) => {
      if (shown.kind === 'left-out') {
        const text = `... ${count(shown.steps, shown.allReads ? 'read' : 'step')} left out`;
        const marks = new Map(shown.actor === null ? [] : [[shown.actor, ':']]);
        next += shown.steps;
        return row(next - 1, marks, beside(text));
      }
      const { step, index } = shown;
      next = index + 1;
      const place = step.function === null ? '' : `${step.function}: `;
      const mark = index === markedAt ? 'X' : '*';
      const lines = row(index, new Map([[step.actor, mark]]), numbered(index, place + step.text));
      if (step.returns === null) return lines;
      const { op, ret, signal } = step.returns;
      const end =
        signal !== null
          ? `${op} gets ${signal}`
          : ret === null
            ? `${op} ends`
            : `${op} returns ${describeReturn(ret)}`;
      return [...lines, ...row(index, new Map([[step.actor, '=']]), beside(end))];
    }),
    ...waiting.flatMap(({ actor, waitsFor, edge, heldBy }) =>
      row(
        steps.length - 1,
        new Map([[actor, '?']]),
        beside(
          `waits for ${waitsFor}, ${edge === 'lock' ? 'held by' : 'up to'} ${heldBy.join(', ') || 'nobody'}`,
        ),
      ),
    ),
  ];
}

/** What a lane shows beside another one's step. */
function railOf(
  at: number,
  { from, to }: { readonly from: number; readonly to: number },
  locks: readonly HeldLock[],
  actor: string,
): string {
  if (from < 0 || at < from) return '.';
  if (at > to) return ' ';
  return locks.some((held) => held.actor === actor && held.from <= at && at < held.to) ? '#' : '|';
}

/** The same number of columns in ASCII: what was cut off ends in `~`, a character of elsewhere is a `?`. */
const asciiOnly = (line: string): string => line.replaceAll('…', '~').replace(/[^\n -~]/gu, '?');

const wrapped = (text: string): string[] => {
  const indent = /^ */.exec(text)![0];
  return wrap(plain(text.trimStart()), WIDTH - indent.length, 2).map((line) => indent + line);
};
