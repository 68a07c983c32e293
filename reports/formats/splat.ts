/**
 * A deadlock in the words of the kernel's own reports: those of the hung task detector (kernel/hung_task.c), and of
 * lockdep for what is held. The first line says that no kernel ran.
 */
import type { RecordedStep } from '../../harness/machine/recorder.ts';
import type { Recording, WaitRecord } from '../../harness/scenario/recording.ts';
import { count } from '../count.ts';
import { plain } from '../plain.ts';
import { stateName } from '../state-name.ts';
import { wrap } from '../wrap.ts';

const WIDTH = 75;

/** Empty where nobody waits. */
export function splat({ model, waiting, steps }: Recording): string {
  if (waiting.length === 0) return '';
  const hasEvent = waiting.some(({ edge }) => edge === 'event');
  return [
    ...wrapped(`zpci-fuzz: from a model, ${stateName(model)}; no kernel ran and nothing was hung.`),
    ...waiting.flatMap((wait) => taskLines(wait, steps)),
    '',
    ' *** DEADLOCK ***',
    ...(hasEvent
      ? ['', ...wrapped('One of the waits is for an event: lockdep could not have seen this.')]
      : []),
    '',
  ].join('\n');
}

function taskLines(
  { actor, op, waitsFor, edge, heldBy, holds }: WaitRecord,
  steps: readonly RecordedStep[],
): string[] {
  const task = op === actor ? actor : `${actor} (${op})`;
  const names = heldBy.length === 0 ? 'nobody' : heldBy.join(', ');
  const wait =
    edge === 'lock'
      ? `is trying to acquire lock: ${waitsFor}, held by ${names}`
      : `waits for an event: ${waitsFor}, up to ${names}`;
  return [
    '',
    ...wrapped(`INFO: task ${task} blocked for ever.`),
    ...wrapped(`  ${wait}`),
    ...(holds.length === 0
      ? wrapped(`no locks held by ${actor}.`)
      : [
          ...wrapped(`${count(holds.length, 'lock')} held by ${actor}:`),
          ...holds.flatMap((lock, at) => wrapped(` #${at}: ${lock}${placeOf(lock, actor, steps)}`)),
        ]),
  ];
}

/** The function that took it last. */
function placeOf(lock: string, actor: string, steps: readonly RecordedStep[]): string {
  const taken = steps.findLast(
    (step) => step.actor === actor && (step.text === `lock ${lock}` || step.text === `lock ${lock} for read`),
  );
  return taken?.function == null ? '' : `, at: ${taken.function}`;
}

const wrapped = (text: string): string[] => {
  const indent = /^ */.exec(text)![0];
  return wrap(plain(text.trimStart()), WIDTH - indent.length, 4).map((line) => indent + line);
};
