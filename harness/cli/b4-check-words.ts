/** What is said of a mail before anything is run: how it was recognised, and why it cannot be checked. */
import { type B4Check, b4Unchecked } from '../../reports/b4-check.ts';
import { count } from '../../reports/count.ts';
import { loreLink } from '../../reports/lore-link.ts';
import { plain } from '../../reports/plain.ts';
import type { Mail } from '../mail/mail.ts';
import { parsePatchSubject } from '../mail/patch-subject.ts';
import type { Recognition } from '../mail/recognise.ts';
import type { Series } from '../model/series.ts';
import type { CheckPlan } from './b4-check-plan.ts';
import { labelled } from './select.ts';

type Recognised = Extract<Recognition, { kind: 'patch' | 'state' }>;

/** A subject can be as long as somebody likes. */
const SUBJECT_MAX = 200;

/** Where a version is archived that was sent: its cover letter, or the first patch of its own; null where nobody knows. */
export function versionLink(series: Series, stateId: string): string | null {
  const { state } = series.model(stateId)!;
  const { status, date, messageId } = state.source;
  if (status !== 'posted' && status !== 'merged') return null;
  const own = series.numberedPatches(stateId).find(({ source }) => source.date === date)?.source.messageId;
  return loreLink(messageId ?? own ?? null);
}

/** How sure it is what the mail is, in a sentence or two. */
export function recognisedBy(found: Recognised, { after, patches }: CheckPlan, mail: Mail): string {
  const { number, version } = parsePatchSubject(mail.subject);
  const what =
    found.kind === 'state'
      ? `${found.series.name}/${found.state}`
      : `patch ${found.number} of ${found.series.name}/${found.state}`;
  return `${signOf(found, mail)} as ${what}.${renumbered()}${unposted()}`;

  function renumbered(): string {
    if (found.kind !== 'patch' || number === null || number === found.number) return '';
    return ` The mail says patch ${number}; the model applies it as its patch ${found.number}, "${patches[0]!.subject}".`;
  }

  function unposted(): string {
    const { status } = after.state.source;
    if (status === 'posted' || status === 'merged') return '';
    return ` The state is ${status}: what v${version} posted was not read.`;
  }
}

function signOf({ sign }: Recognised, { messageId, subject }: Mail): string {
  const shown = plain(subject).slice(0, SUBJECT_MAX);
  switch (sign) {
    case 'message id':
      return `Recognised by its Message-ID, <${messageId}>,`;
    case 'subject':
      return `Recognised by subject and version alone, "${shown}", so that a changed diff would go unnoticed,`;
    case 'shortlog':
      return `Recognised by the patches that it lists and its version, "${shown}",`;
    default:
      return sign satisfies never;
  }
}

/** The series is known, and this version of it has no model. */
export function otherVersion({ series, versions }: Extract<Recognition, { kind: 'other version' }>): B4Check {
  const ids = versions.map((id) => `${series.name}/${id}`).join(', ') || 'none that was posted';
  return b4Unchecked(
    `not checked: no model of this version of ${series.name}`,
    `The subject is that of a patch of ${series.name} (${series.title}), in a version that has no model. Nothing was run. Versions that have one: ${ids}. \`npx zpci-fuzz b4-check --model ${series.name}/STATE\` checks a state that you name.`,
  );
}

/** No patch of a series, in files that its patches touch. */
export function mayConcern({ series, files }: Extract<Recognition, { kind: 'files' }>): B4Check {
  const names = series.map(({ name }) => name).join(', ');
  const shown = files.slice(0, 5).map(plain).join(', ');
  const more = files.length > 5 ? ` and ${count(files.length - 5, 'more')}` : '';
  const states = series.flatMap((one) => {
    const model = one.states.findLast(({ source }) => source.status === 'merged');
    const latest = model === undefined ? null : one.model(model.id);
    return latest === null ? [] : [labelled(latest)];
  });
  return b4Unchecked(
    `not checked: may concern ${names}`,
    `No model knows this patch; nothing was run. It touches ${shown}${more}, as the patches of ${names} do. If it changes what their models say (${states.join(', ')}), please tell us.`,
  );
}
