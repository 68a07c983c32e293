/** Which patch of which series a mail is. */
import type { StateInfo } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Series } from '../model/series.ts';
import type { Mail } from './mail.ts';
import { type PatchSubject, parsePatchSubject, titleKey } from './patch-subject.ts';
import { touchedFiles } from './touched-files.ts';

/** What a mail was recognised by. Only a message id names one mail; the others name what it claims to be. */
export type Sign = 'message id' | 'subject' | 'shortlog';

/** A state that a mail belongs to. */
interface Recognised {
  readonly sign: Sign;
  readonly series: Series;
  /** As it is listed: `v3`. */
  readonly state: string;
}

export type Recognition =
  /** The `number`-th of the numbered patches of a version, from 1. */
  | (Recognised & { readonly kind: 'patch'; readonly number: number })
  /** The cover letter of a version, or a patch on top that makes a state of its own. */
  | (Recognised & { readonly kind: 'state' })
  /** A patch of the series, in a version that has no model. `versions` are those that have it and were posted. */
  | { readonly kind: 'other version'; readonly series: Series; readonly versions: readonly string[] }
  /** No patch of any series, in files that patches of these touch. */
  | { readonly kind: 'files'; readonly series: readonly Series[]; readonly files: readonly string[] }
  /** An answer to a mail, not a patch. */
  | { readonly kind: 'reply' }
  | { readonly kind: 'nothing' };

/** By message id, else by subject and version, else by the patches that a cover letter lists, else by files. */
export function recognise(all: readonly Series[], mail: Mail): Recognition {
  const subject = parsePatchSubject(mail.subject);
  if (subject.isReply) return { kind: 'reply' };
  return (
    byMessageId(all, mail.messageId) ??
    bySubject(all, subject) ??
    (subject.number === 0 ? byShortlog(all, subject, mail.body) : null) ??
    byFiles(all, mail.body)
  );
}

/** A numbered patch of a listed state. */
interface Place {
  readonly series: Series;
  readonly state: StateInfo;
  readonly patch: Patch<unknown>;
  readonly number: number;
}

/** Mutants are nobody's mails. */
const statesOf = ({ states }: Series): StateInfo[] =>
  states.filter(({ source }) => source.status !== 'mutant');

const placesOf = (all: readonly Series[]): Place[] =>
  all.flatMap((series) =>
    statesOf(series).flatMap((state) =>
      series.numberedPatches(state.id).map((patch, at) => ({ series, state, patch, number: at + 1 })),
    ),
  );

function byMessageId(all: readonly Series[], messageId: string | null): Recognition | null {
  if (messageId === null) return null;
  const sign = 'message id';
  const places = placesOf(all).filter(({ patch }) => patch.source.messageId === messageId);
  // A patch that later versions took over as it was belongs to the one of its own posting.
  const place = places.find(({ state, patch }) => state.source.date === patch.source.date) ?? places[0];
  if (place !== undefined) {
    const { series, state, number } = place;
    return { kind: 'patch', sign, series, state: state.id, number };
  }
  for (const series of all) {
    const state = statesOf(series).find(({ source }) => wasSent(source) && source.messageId === messageId);
    if (state !== undefined) return { kind: 'state', sign, series, state: state.id };
  }
  return null;
}

/** What was only asked for in words has the message id of whoever asked: no patch. */
const wasSent = ({ status }: StateInfo['source']): boolean => status === 'posted' || status === 'merged';

/** Names that a version has among the states: `v3`, `rfc4`, and `rfc` for the first. A `v2` that nobody sent is no mail. */
const isVersion = (state: StateInfo, { version, isRfc }: PatchSubject): boolean =>
  isRfc
    ? state.id === `rfc${version}` || (version === 1 && state.id === 'rfc')
    : state.id === `v${version}` && wasSent(state.source);

function bySubject(all: readonly Series[], subject: PatchSubject): Recognition | null {
  const key = titleKey(subject.title);
  if (!subject.isPatch || key === '') return null;
  const places = placesOf(all).filter(({ patch }) => titleKey(patch.subject) === key);
  const place = places.find(({ state }) => isVersion(state, subject));
  const sign = 'subject';
  if (place !== undefined) {
    const { series, state, number } = place;
    return { kind: 'patch', sign, series, state: state.id, number };
  }
  for (const series of all) {
    const state = statesOf(series).find(({ id, source }) => {
      const isOnTop = wasSent(source) && series.numberedPatches(id).length === 0;
      return isOnTop && titleKey(series.model(id)?.patches.at(-1)?.subject ?? '') === key;
    });
    if (state !== undefined) return { kind: 'state', sign, series, state: state.id };
  }
  const [first] = places;
  if (first === undefined) return null;
  const versions = places.filter(({ series, state }) => series === first.series && wasSent(state.source));
  return { kind: 'other version', series: first.series, versions: versions.map(({ state }) => state.id) };
}

/** A cover letter lists its patches: the version of that number of which it lists most. */
function byShortlog(all: readonly Series[], subject: PatchSubject, body: string): Recognition | null {
  const listed = new Set(shortlogOf(body).map(titleKey));
  const places = placesOf(all).filter(({ patch }) => listed.has(titleKey(patch.subject)));
  const counted = new Map<string, { place: Place; count: number }>();
  for (const place of places.filter(({ state }) => isVersion(state, subject))) {
    const id = `${place.series.name}/${place.state.id}`;
    counted.set(id, { place, count: (counted.get(id)?.count ?? 0) + 1 });
  }
  const [best] = [...counted.values()].sort((a, b) => b.count - a.count);
  if (best !== undefined && isMost(best.count, best.place, subject)) {
    const { series, state } = best.place;
    return { kind: 'state', sign: 'shortlog', series, state: state.id };
  }
  // A series that only builds on one of these, or has one patch in common with it.
  const first = places.find(({ series, state }) => {
    const own = places.filter((one) => one.series === series && one.state === state);
    return own.length * 2 > (subject.count ?? 0);
  });
  if (first === undefined) return null;
  const versions = places.filter(({ series, state }) => series === first.series && wasSent(state.source));
  return {
    kind: 'other version',
    series: first.series,
    versions: [...new Set(versions.map(({ state }) => state.id))],
  };
}

/** More than half of what the cover letter announces, and of what the version has. */
const isMost = (count: number, { series, state }: Place, subject: PatchSubject): boolean =>
  count * 2 > Math.max(subject.count ?? 0, series.numberedPatches(state.id).length);

/** What stands indented below `Author (2):`, as git lists patches; all lines where there is no such list. */
function shortlogOf(body: string): string[] {
  const lines = body.split('\n');
  let isList = false;
  const listed = lines.filter((line) => {
    if (/^\S.* \(\d+\):\s*$/.test(line)) isList = true;
    else if (!/^\s+\S/.test(line)) isList = false;
    else return isList;
    return false;
  });
  return listed.length > 0 ? listed : lines;
}

function byFiles(all: readonly Series[], body: string): Recognition {
  const touched = touchedFiles(body);
  const isOf = (series: Series, file: string): boolean =>
    (series.files ?? []).some((one) => (one.endsWith('/') ? file.startsWith(one) : file === one));
  const series = all.filter((one) => touched.some((file) => isOf(one, file)));
  const files = touched.filter((file) => series.some((one) => isOf(one, file)));
  return series.length === 0 ? { kind: 'nothing' } : { kind: 'files', series, files };
}
