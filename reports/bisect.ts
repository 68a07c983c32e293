import type { BisectState, BisectVerdict, BrokenBetween, Turn } from '../harness/campaign/bisect.ts';
import type { Model } from '../harness/model/model.ts';
import type { Patch } from '../harness/model/patch.ts';
import type { Style } from './ansi.ts';
import { boundLines } from './bound-lines.ts';
import { count, thousands } from './count.ts';
import { type Line, type PageOptions, paragraph, printPage, sections, span, titled } from './page.ts';
import { stateName } from './state-name.ts';
import { cut, wrap } from './wrap.ts';

export interface BisectReport {
  readonly version: Model;
  readonly patches: readonly Patch<unknown>[];
  readonly ways: 'prefixes' | 'subsets' | 'orders';
  readonly states: readonly BisectState[];
  /** What only states on the way break. */
  readonly between: readonly BrokenBetween[];
  readonly turns: readonly Turn[];
  /** States that time or a signal left out. */
  readonly left: number;
  /** The state within which they ended it, or null. */
  readonly cut: string | null;
  readonly bound: {
    readonly opsMax: number;
    /** In words; small worlds apart. */
    readonly about: readonly string[];
    /** Small worlds of the states. */
    readonly worlds: number;
    readonly schedulesMax: number;
    readonly known: number;
  };
}

const SIGNS: Readonly<Record<BisectVerdict, string>> = {
  violated: 'x',
  proved: '=',
  searched: '.',
  inconclusive: '?',
};
const STYLES: Readonly<Record<BisectVerdict, Style>> = {
  violated: 'bad',
  proved: 'good',
  searched: 'plain',
  inconclusive: 'unsure',
};
const CLAIM_WIDTH = 36;

/** Who breaks what, and who mends it: the headline first. */
export function renderBisect(report: BisectReport, options: PageOptions): string {
  const { width } = options;
  return printPage(
    sections(
      paragraph(`bisect ${stateName(report.version)}`, width, 'strong'),
      headline(report, width),
      titled(
        'patches',
        report.patches.flatMap((patch, at) => numbered(at + 1, patch.subject, width)),
      ),
      titled('states', stateLines(report, width)),
      ...matrix(report, width),
      ...turnLines(report, width),
      explored(report, width),
      conclusion(report, width),
    ),
    options,
  );
}

const numbered = (number: number, text: string, width: number): Line[] =>
  wrap(text, width - 5, 2).map((line, at) => [
    span((at === 0 ? String(number) : '').padStart(4), 'faint'),
    span(` ${line}`),
  ]);

/** What a bisecting user meets that neither end has. */
function headline({ between, states, left, cut, version }: BisectReport, width: number): Line[] {
  if (left > 0 || cut !== null) {
    return paragraph(
      'Ended early: not known whether a state on the way breaks a claim that both the first and the last keep.',
      width,
      'unsure',
    );
  }
  if (between.length === 0) {
    return paragraph(
      'No state on the way breaks a claim that both the first and the last state keep.',
      width,
      'good',
    );
  }
  const properties = [...new Set(between.map(({ property }) => property))];
  return properties.flatMap((property) => {
    const at = between.filter((one) => one.property === property).map(({ state }) => state.id);
    const ends = [states[0], states.at(-1)].flatMap((state) => {
      const verdict = state?.verdicts.get(property);
      return verdict === undefined || verdict === 'proved' ? [] : [verdict];
    });
    const open = ends.includes('inconclusive');
    const how =
      ends.length === 0
        ? `neither before the patches nor on ${version.state.id}`
        : open
          ? `but of an end it is not known (?)`
          : `and was not found to be before the patches or on ${version.state.id}, which is no proof`;
    const where = open ? 'is broken on the way' : 'is broken only on the way';
    return paragraph(`${property} ${where}: at ${at.join(', ')}, ${how}.`, width, open ? 'unsure' : 'bad');
  });
}

/** Columns are numbered, since names of selections are too wide for them. */
function stateLines({ states }: BisectReport, width: number): Line[] {
  return states.flatMap((state, at) =>
    numbered(at, `${state.id}${state.problem === null ? '' : ': does not build'}`, width),
  );
}

/** Claims by states, in as many blocks as the width asks for; claims that hold everywhere are counted. */
function matrix({ states }: BisectReport, width: number): Line[][] {
  const properties = [...new Set(states.flatMap(({ verdicts }) => [...verdicts.keys()]))];
  const shown = properties.filter((property) =>
    states.some(({ verdicts }) => verdicts.get(property) === 'violated'),
  );
  const hasBlanks = shown.some((property) => states.some(({ verdicts }) => !verdicts.has(property)));
  const columns = Math.max(1, Math.floor((width - CLAIM_WIDTH - 2) / 4));
  const blocks = Array.from({ length: Math.ceil(states.length / columns) }, (_, block) => block * columns);
  const rest = properties.length - shown.length;
  return [
    ...blocks.map((from): Line[] => {
      const some = states.slice(from, from + columns);
      return [
        [
          span('  '.padEnd(CLAIM_WIDTH + 2)),
          ...some.map((_, at) => span(String(from + at).padStart(4), 'faint')),
        ],
        ...shown.map(
          (property): Line => [
            span(`  ${cut(property, CLAIM_WIDTH - 1).padEnd(CLAIM_WIDTH)}`),
            ...some.map(({ verdicts, model }) => {
              const verdict = verdicts.get(property);
              return model === null || verdict === undefined
                ? span('    ')
                : span(SIGNS[verdict].padStart(4), STYLES[verdict]);
            }),
          ],
        ),
      ];
    }),
    [
      ...(rest === 0
        ? []
        : paragraph(`${count(rest, 'other claim')} not broken on any state`, width, 'faint')),
      ...paragraph(
        `x broken, = proved within the bound, . not found to be broken, ? inconclusive${hasBlanks ? ', blank: does not apply' : ''}`,
        width,
        'faint',
      ),
    ],
  ];
}

/** States that a line names. */
const NAMED_MAX = 6;

function namesOf(states: readonly { readonly id: string }[]): string {
  const more = states.length - NAMED_MAX;
  const names = states.slice(0, NAMED_MAX).map(({ id }) => id);
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function turnLines({ turns, ways }: BisectReport, width: number): Line[][] {
  const list = (title: string, some: readonly string[]): Line[] =>
    titled(
      title,
      some.flatMap((text) => wrap(text, width - 2, 4).map((line) => [span(`  ${line}`)])),
    );
  const isBefore = ({ to, state, between }: Turn): boolean =>
    to === 'bad' && state.selection.length === 0 && between.length === 0;
  const of = (wanted: Turn['to']): readonly Turn[] =>
    turns.filter((turn) => turn.to === wanted && !isBefore(turn));
  const texts = ways === 'prefixes' ? (some: readonly Turn[]) => some.map(turnText) : selectionTexts;
  const least = ways === 'prefixes' ? '' : ', with the fewest patches';
  return [
    list(
      'broken before the first patch',
      turns.filter(isBefore).map(({ property }) => property),
    ),
    list(`first bad${least}`, texts(of('bad'))),
    list(`first good${least}`, texts(of('good'))),
    list('not known whether still broken', of('open').map(openText)),
  ];
}

function turnText({ property, to, state, before, between, isExact }: Turn): string {
  if (between.length > 0) {
    const where = before === null ? `at ${state.id} at the latest` : `between ${before.id} and ${state.id}`;
    return `${property}: ${where}, inconclusive at ${namesOf(between)}`;
  }
  const kept = to === 'bad' ? before : state;
  const doubt = isExact ? '' : `; that ${kept?.id ?? 'the state before'} keeps it is not proved`;
  const patch = state.patch === null ? '' : `: ${state.patch.id} "${state.patch.subject}"`;
  return `${property}${patch}${doubt}`;
}

/** One line a claim: of several selections none has the others in it. */
function selectionTexts(turns: readonly Turn[]): string[] {
  return [...new Set(turns.map(({ property }) => property))].map((property) => {
    const own = turns.filter((turn) => turn.property === property);
    const below = [...new Set(own.flatMap(({ between }) => between))];
    const doubt = below.length === 0 ? '' : `; inconclusive with fewer, at ${namesOf(below)}`;
    return `${property}: ${namesOf(own.map(({ state }) => state))}${doubt}`;
  });
}

const openText = ({ property, before, between }: Turn): string =>
  `${property}: broken at ${before!.id}, inconclusive at ${namesOf(between)}`;

function explored({ bound }: BisectReport, width: number): Line[] {
  const worlds = bound.worlds === 0 ? null : count(bound.worlds, 'small world');
  return titled(
    `explored, each under all schedules up to ${thousands(bound.schedulesMax)}`,
    boundLines(bound.about, worlds, width),
  );
}

function conclusion({ states, left, cut: stoppedAt, bound, version }: BisectReport, width: number): Line[] {
  const built = states.filter(({ model }) => model !== null).length;
  const early = stoppedAt === null ? '' : `; ended early within ${stoppedAt}`;
  const known =
    bound.known === 0 ? '' : `, ${count(bound.known, 'stored counterexample')} tried on each beside it`;
  return paragraph(
    `${count(built, 'state')} of ${version.series.name}${states.length === built ? '' : `, ${thousands(states.length - built)} that do not build`}${known}${early}${left === 0 ? '' : `; ${count(left, 'state')} not looked at`}`,
    width,
    'strong',
  );
}
