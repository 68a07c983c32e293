/** A check result as `b4 review` takes it: one object, whose details are plain text. */
import type { Patch } from '../harness/model/patch.ts';
import type { StateVerdict } from '../harness/model/state-claim.ts';
import type { ViolationRecord } from '../harness/scenario/recording.ts';
import { count } from './count.ts';
import { renderCounterexample } from './counterexample.ts';
import type { Failure } from './formats/suite.ts';
import { plain } from './plain.ts';
import { cut, wrap } from './wrap.ts';

/**
 * One element of the array that b4 reads from a check command (b4 0.15, docs/maintainer/review.rst, "Writing an external
 * check script"). b4 keeps one element for each message and tool, the last one (src/b4/review/checks.py, primary key of
 * check_results), and gives each tool a column as wide as the longest name: hence one element in all, and no claim's
 * name in `tool`.
 */
export interface B4Check {
  readonly tool: 'zpci-fuzz';
  readonly status: 'pass' | 'warn' | 'fail';
  /** One line. */
  readonly summary: string;
  /** Left out where there is none that is known to exist. */
  readonly url?: string;
  /** Lines of at most 75 columns. */
  readonly details: string;
}

/**
 * `new`: holds without the patches that are checked. `on the way`: broken by some of them and whole again with all.
 * `other way`: broken without them too, but not so. `before`: broken without them. `unknown`: there is no such state.
 */
export type BrokenStanding = 'new' | 'on the way' | 'other way' | 'before' | 'unknown';

export interface BrokenClaim {
  readonly property: string;
  readonly standing: BrokenStanding;
  readonly kinds: readonly string[];
  /** The patch with which it breaks, where several are checked and it is known. */
  readonly since: Pick<Patch<unknown>, 'id' | 'subject'> | null;
  /** Why it counts as holding without the patches; null where it does not. */
  readonly without: string | null;
  /** An execution that shows it; null where it is not to be shown, and for claims that facts decide. */
  readonly failure:
    | (Pick<Failure, 'recording' | 'reproduce'> & { readonly violation: ViolationRecord })
    | null;
  readonly facts: StateVerdict['findings'];
}

export interface B4Finding {
  readonly version: string;
  /** With its label. */
  readonly after: string;
  /** With its label; null where there is none. */
  readonly before: string | null;
  /** How the mail was recognised, in a sentence. */
  readonly recognised: string;
  readonly url: string | null;
  readonly patches: readonly Pick<Patch<unknown>, 'id' | 'subject'>[];
  readonly broken: readonly BrokenClaim[];
  /** Claims that are broken without the patches and were not found to be with them. */
  readonly mended: readonly string[];
  /** Claims of which nothing can be said with the patches, and why. */
  readonly open: readonly { readonly property: string; readonly reason: string }[];
  readonly covered: {
    readonly claims: number;
    /** Claims whose precondition happened. */
    readonly exercised: number;
    readonly stored: number;
    readonly executions: number;
    readonly sequences: number;
    readonly isCutShort: boolean;
  };
}

const WIDTH = 75;
const SUMMARY_MAX = 160;
/** Counterexamples in full, about a screen each; the rest by name. */
const IN_FULL = 3;
const COUNTS: ReadonlySet<BrokenStanding> = new Set(['new', 'on the way']);

export function b4Check(finding: B4Finding): B4Check {
  const { url } = finding;
  return {
    tool: 'zpci-fuzz',
    status: statusOf(finding),
    summary: cut(plain(summaryOf(finding)), SUMMARY_MAX),
    ...(url === null ? {} : { url }),
    details: detailsOf(finding),
  };
}

/** Where nothing could be checked: said in full, and never as a pass. */
export const b4Unchecked = (summary: string, details: string): B4Check => ({
  tool: 'zpci-fuzz',
  status: 'warn',
  summary: cut(plain(summary), SUMMARY_MAX),
  details: wrap(details, WIDTH).join('\n'),
});

/** `fail` is for what the patches break. What was broken before them in the same way is somebody else's: told, no more. */
function statusOf({ broken, covered }: B4Finding): B4Check['status'] {
  if (broken.some(({ standing }) => COUNTS.has(standing))) return 'fail';
  const wasLookedAt = covered.exercised > 0 && !covered.isCutShort;
  const isOpen = broken.some(({ standing }) => standing !== 'before');
  return isOpen || !wasLookedAt ? 'warn' : 'pass';
}

const of = (broken: readonly BrokenClaim[], ...standings: readonly BrokenStanding[]): BrokenClaim[] =>
  broken.filter(({ standing }) => standings.includes(standing));

function summaryOf({ broken, covered, mended }: B4Finding): string {
  const added = of(broken, 'new');
  const between = of(broken, 'on the way');
  const before = of(broken, 'before', 'other way');
  const unknown = of(broken, 'unknown');
  const parts = [
    added.length === 0 ? null : `breaks ${namedClaims(added)}`,
    between.length === 0 ? null : `breaks ${namedClaims(between)} on the way`,
    added.length + between.length > 0 || unknown.length > 0 ? null : 'nothing newly broken',
    unknown.length === 0 ? null : `${count(unknown.length, 'claim')} broken, perhaps before`,
    before.length === 0 ? null : `${before.length} broken before`,
    mended.length === 0 ? null : `${mended.length} no longer`,
    covered.isCutShort ? 'cut short by --time' : null,
    covered.exercised === 0 ? 'no claim was put to the test' : null,
  ];
  return parts.filter((part) => part !== null).join('; ');
}

function namedClaims(broken: readonly BrokenClaim[]): string {
  const [first, ...others] = broken;
  return others.length === 0 ? first!.property : `${broken.length} claims (${first!.property}, …)`;
}

function detailsOf(finding: B4Finding): string {
  const { broken, patches, covered } = finding;
  const added = of(broken, 'new', 'on the way', 'unknown');
  const full = added.filter(({ failure }) => failure !== null).slice(0, IN_FULL);
  const parts = [
    [
      ...text(
        `zpci-fuzz ${finding.version} ran a model of the patch, not the patch: no kernel was built, and the diff in the mail was not compared with the model.`,
      ),
    ],
    [
      ...text(finding.recognised),
      ...patches.flatMap(({ id, subject }) => text(`  [${id}] ${subject}`, 4)),
      ...text(`with it     ${finding.after}`, 12),
      ...text(`without it  ${finding.before ?? 'no such state is modelled'}`, 12),
    ],
    listOf('broken by it', of(broken, 'new')),
    listOf('broken between its first patch and its last, and whole again', of(broken, 'on the way')),
    listOf('broken (whether without it too is not known)', of(broken, 'unknown')),
    listOf('broken without it too, in another way', of(broken, 'other way')),
    listOf('broken without it too', of(broken, 'before')),
    namesOf('no longer found broken', finding.mended),
    finding.open.length === 0
      ? []
      : [
          'inconclusive:',
          ...finding.open.flatMap(({ property, reason }) => text(`  ${property}: ${reason}`, 4)),
        ],
    text(
      `covered: ${covered.exercised} of ${count(covered.claims, 'claim')} exercised; ${count(covered.stored, 'stored counterexample')}, ${count(covered.executions, 'execution')} of ${count(covered.sequences, 'operation sequence')}${covered.isCutShort ? '; cut short by --time' : ''}. What was not found may be there.`,
    ),
    ...full.flatMap(({ failure }) => [['-'.repeat(WIDTH)], counterexample(failure!)]),
    full.length === 0
      ? []
      : text(
          'Commands are for the folder of zpci-fuzz. Where the model differs from the patch, please say so.',
        ),
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

const text = (sentence: string, hang = 0): string[] => wrap(sentence, WIDTH, hang);

function listOf(title: string, broken: readonly BrokenClaim[]): string[] {
  if (broken.length === 0) return [];
  return [
    ...text(`${title}:`),
    ...broken.flatMap(({ property, kinds, since, without, facts }) => [
      ...text(`  ${property}: ${kinds.join(', ')}${since === null ? '' : ` (found from ${since.id} on)`}`, 4),
      ...(without === null ? [] : text(`    without it: ${without}`, 4)),
      ...facts.flatMap(({ message, source }) => text(`    ${message} (${source})`, 4)),
    ]),
  ];
}

const namesOf = (title: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : text(`${title}: ${names.join(', ')}`, 2);

function counterexample({ recording, reproduce, violation }: NonNullable<BrokenClaim['failure']>): string[] {
  const options = { color: false, width: WIDTH, reproduce, property: violation };
  return renderCounterexample(recording, options).trimEnd().split('\n');
}
