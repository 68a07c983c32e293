/** A finding as plain text for a mailing list, within 75 columns. Nothing here sends anything. */
import type { Patch } from '../../harness/model/patch.ts';
import { renderCounterexample } from '../counterexample.ts';
import { plain } from '../plain.ts';
import { stateName } from '../state-name.ts';
import { wrap } from '../wrap.ts';
import type { Failure } from './suite.ts';

const WIDTH = 75;

/** Everything that a reader of the list needs, in one message: they have no artifacts to open. */
export function findingMail({ recording, violation, reproduce }: Failure, version: string): string {
  const { model } = recording;
  const { series, patches } = model;
  const body = renderCounterexample(recording, {
    color: false,
    width: WIDTH,
    reproduce,
    property: violation,
  });
  return [
    ...wrapped(
      `zpci-fuzz ${version} looked at a model of the following series. A model is not the kernel: where it differs from the patch, please say so.`,
    ),
    '',
    ...wrapped(`${series.title}: ${stateName(model)}`),
    ...(series.thread === '' ? [] : wrapped(`thread: <${series.thread}>`)),
    ...patches.map((patch) => patchLine(patch)).flatMap(wrapped),
    '',
    'and found the following issue:',
    '',
    '***',
    '',
    body.trimEnd(),
    '',
    '***',
    '',
    ...wrapped('This report was written by a program, and sent by whoever you got it from.'),
    '',
  ].join('\n');
}

const patchLine = ({ id, subject, source }: Patch<unknown>): string =>
  `* [${id}] ${subject}${source.status === 'posted' || source.status === 'merged' ? '' : ` (${source.status})`}`;

const wrapped = (text: string): string[] => wrap(plain(text), WIDTH, 2);
