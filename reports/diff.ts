import { structuredPatch } from 'diff';
import type { Behaviour } from '../harness/campaign/behaviour.ts';
import type { ShownEnd } from '../harness/campaign/change-example.ts';
import type { ChangeGroup } from '../harness/campaign/change-groups.ts';
import type { ComparedClass, PatchPair } from '../harness/campaign/diff-result.ts';
import type { Change, Marker } from '../harness/campaign/difference.ts';
import { describeEnd } from '../harness/machine/errno.ts';
import type { Model } from '../harness/model/model.ts';
import type { Patch } from '../harness/model/patch.ts';
import { sourceLabel } from '../harness/model/source.ts';
import type { Style } from './ansi.ts';
import { boundLines } from './bound-lines.ts';
import { count, thousands } from './count.ts';
import { operationText, recordText, worldText } from './operation-text.ts';
import { beside, type Line, type PageOptions, paragraph, printPage, sections, span, titled } from './page.ts';
import { stateName } from './state-name.ts';
import { widest, wrap } from './wrap.ts';

type PatchInfo = Pick<Patch<unknown>, 'id' | 'subject' | 'source'>;

/** A change with the smallest scenario that shows it. */
export interface ShownGroup extends ChangeGroup {
  /** Null where time was over before. */
  readonly shown: ShownChange | null;
}

export interface ShownChange {
  readonly first: ShownEnd;
  readonly second: ShownEnd;
  /** What the two ends show of the changes, and what only other ends of the scenario do. */
  readonly changes: readonly Change[];
  readonly others: readonly Change[];
  /** Whose doing it is on each; null: none of the patches that only this state has. */
  readonly patches: readonly [PatchInfo | null, PatchInfo | null];
  /** Whether nothing of the scenario can be left out. */
  readonly isMinimal: boolean;
}

export interface DiffReport {
  readonly first: Model;
  readonly second: Model;
  /** Whether they are one state by two names, or by one; nothing is compared then. */
  readonly isSame: boolean;
  readonly patches: readonly PatchPair[];
  readonly classes: readonly ComparedClass[];
  readonly groups: readonly ShownGroup[];
  readonly bound: {
    readonly opsMax: number;
    /** In words; small worlds apart. */
    readonly about: readonly string[];
    readonly worlds: readonly string[];
    /** Scenarios of a small world that are compared at most. */
    readonly worldScenariosMax: number;
    readonly schedulesMax: number;
  };
  /** Scenarios that time or a signal left out. */
  readonly left: number;
}

/** More than that nobody reads through. */
export const CHANGES_SHOWN_MAX = 20;

/** What two states do differently, in the vocabulary of `git range-diff`. */
export function renderDiff(
  report: DiffReport,
  { quiet, all }: { readonly quiet: boolean; readonly all: boolean },
  options: PageOptions,
): string {
  const { width } = options;
  const { first, second } = report;
  const shown = all ? report.groups : report.groups.slice(0, CHANGES_SHOWN_MAX);
  return printPage(
    sections(
      [
        ...paragraph(`--- ${stateName(first)}`, width, 'bad'),
        ...paragraph(`+++ ${stateName(second)}`, width, 'good'),
      ],
      report.isSame ? paragraph('Both are the same state: nothing was compared.', width, 'unsure') : [],
      titled(
        'patches (= does the same in the model)',
        report.patches.flatMap((pair) => patchLines(pair, width)),
      ),
      titled('operations (; by one actor, | by another)', classLines(report, width)),
      ...(quiet ? [] : shown.map((group, at) => groupLines(report, group, at + 1, width))),
      quiet || shown.length === report.groups.length
        ? []
        : paragraph(
            `and ${count(report.groups.length - shown.length, 'more change')}; --all shows them`,
            width,
            'faint',
          ),
      boundsOf(report, width),
      conclusion(report, width),
    ),
    options,
  );
}

const STYLES: Readonly<Record<Marker, Style>> = { '=': 'faint', '!': 'unsure', '<': 'bad', '>': 'good' };

function patchLines({ marker, first, second }: PatchPair, width: number): Line[] {
  const { subject } = second ?? first!;
  const number = [first, second].map((patch) => patch?.id ?? '-');
  const ids = number[0] === number[1] ? number[0] : number.join(' : ');
  const before = first === null || first.subject === subject ? '' : `${first.subject} -> `;
  return marked(marker, `${ids}  ${before}${subject}`, width);
}

const marked = (marker: Marker, text: string, width: number): Line[] =>
  wrap(text, width - 4, 2).map((line, at) => [
    span(at === 0 ? `  ${marker} ` : '    ', STYLES[marker]),
    span(line),
  ]);

/** Classes that show a change for the first time, one by one; those that differ as others do, and the rest, in one line each. */
function classLines({ classes, groups }: DiffReport, width: number): Line[] {
  const isFirst = ({ name }: ComparedClass): boolean =>
    groups.some(({ smallest }) => smallest.class === name);
  const differing = classes.filter(({ marker }) => marker !== '=');
  const first = differing.filter(isFirst);
  const rest = (marker: Marker, some: readonly ComparedClass[], how: string): Line[] => {
    const scenarios = some.reduce((sum, one) => sum + totalOf(one), 0);
    const all = some.length === classes.length ? 'all ' : '';
    const more = first.length > 0 && marker === '!' ? 'more ' : '';
    const text = `${all}${thousands(some.length)} ${more}${some.length === 1 ? 'class' : 'classes'} ${how}: ${count(scenarios, 'scenario')}`;
    return some.length === 0 ? [] : marked(marker, text, width);
  };
  return [
    ...first.flatMap((one) => {
      const differ = one.changed + one.onlyFirst + one.onlySecond;
      const text = `${one.name}: ${thousands(differ)} of ${count(totalOf(one), 'scenario')}`;
      return marked(one.marker, text, width);
    }),
    ...rest(
      '!',
      differing.filter((one) => !isFirst(one)),
      'in which the same shows',
    ),
    ...rest(
      '=',
      classes.filter(({ marker }) => marker === '='),
      'without a difference',
    ),
  ];
}

const totalOf = ({ same, changed, onlyFirst, onlySecond, unknown }: ComparedClass): number =>
  same + changed + onlyFirst + onlySecond + unknown;

function groupLines(report: DiffReport, group: ShownGroup, number: number, width: number): Line[] {
  const { shown, likewise, smallest } = group;
  // What the example shows is told in its own values.
  const told = shown === null || shown.changes.length === 0 ? group.changes : shown.changes;
  const titles = told.map((change) => ({
    change,
    of: [...new Set([change.of, ...likewise.filter(isOf(change)).map(({ of }) => of)])],
  }));
  const rest = likewise.filter((one) => !told.some((change) => isOf(change)(one)));
  return [
    ...titles.flatMap(({ change, of }, at) =>
      wrap(`${namesText(of)}: ${change.effect}`, width - 4, 4).map((line, nth) => [
        span(at + nth === 0 ? `${number}.`.padEnd(4) : '    ', 'strong'),
        span(line, 'strong'),
      ]),
    ),
    ...indented(
      `${smallest.marker} in ${count(group.scenarios, 'scenario')} of ${count(group.classes, 'class', 'classes')}`,
      width,
    ),
    ...(rest.length === 0 ? [] : indented(`likewise ${effectsText(rest)}`, width)),
    ...(shown === null ? indented('not reached: an example', width) : exampleLines(report, shown, width)),
  ];
}

const isOf =
  ({ aspect, effect }: Change) =>
  (other: Change): boolean =>
    other.aspect.kind === aspect.kind && other.effect === effect;

/** `device, load, store`: where it is said once. */
const namesText = (names: readonly string[]): string =>
  names.map((name, at) => (at === 0 ? name : name.replace(/^device, /, ''))).join(', ');

const EFFECTS_SHOWN_MAX = 6;

/** Each effect once: `pread, pwrite: done -> -EBADF; mmap: -EINVAL -> -EBADF`. */
function effectsText(changes: readonly Change[]): string {
  const byEffect = new Map<string, Set<string>>();
  for (const { aspect, of, effect } of changes) {
    const key = `${aspect.kind} ${effect}`;
    byEffect.set(key, (byEffect.get(key) ?? new Set()).add(of));
  }
  const effects = [...byEffect];
  const more = effects.length - EFFECTS_SHOWN_MAX;
  const texts = effects
    .slice(0, EFFECTS_SHOWN_MAX)
    .map(([key, of]) => `${namesText([...of])}: ${key.slice(key.indexOf(' ') + 1)}`);
  return [...texts, ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

function exampleLines(report: DiffReport, shown: ShownChange, width: number): Line[] {
  const { first, second, others, isMinimal } = shown;
  const { world = {}, ops } = first.scenario;
  const { series } = report.first;
  const actors = widest(ops.map(({ actor }) => actor));
  return [
    ...(others.length === 0
      ? []
      : indented(`other schedules of this also show ${effectsText(others)}`, width)),
    ...patchLinesOf(report, shown, width),
    ...(isMinimal ? [] : indented('perhaps not the smallest: not all that is smaller was tried', width)),
    ...(Object.keys(world).length === 0 ? [] : indented(`world ${worldText(world)}`, width)),
    ...ops.flatMap((op) => beside(`  ${op.actor}`, actors + 2, operationText(op, series), width)),
    ...executionDiff(report, first, second, width),
    ...scheduleLines(report, shown, width),
  ];
}

/** Patches that are named one by one where no single one can be. */
const OWN_SHOWN_MAX = 4;

/** Of a state that has no patches of its own nothing is to be said. */
function patchLinesOf(
  { first, second, patches: pairs }: DiffReport,
  { patches }: ShownChange,
  width: number,
): Line[] {
  const own = (side: 'first' | 'second') =>
    pairs.flatMap((pair) => (pair.marker === '=' || pair[side] === null ? [] : [pair[side]]));
  const isKnown = patches.some((patch) => patch !== null);
  return ([first, second] as const).flatMap(({ state }, at) => {
    const some = own(at === 0 ? 'first' : 'second');
    const patch = patches[at as 0 | 1];
    if (some.length === 0) return [];
    const unsure =
      some.length > OWN_SHOWN_MAX
        ? `which of its ${some.length} own patches is not known`
        : some.map(({ id }) => id).join(' or ');
    const text =
      patch === null
        ? isKnown
          ? 'none of its own patches'
          : unsure
        : `${patch.id} ${patch.subject} (${sourceLabel(patch.source)})`;
    return indented(`${state.id}: ${text}`, width);
  });
}

const indented = (text: string, width: number): Line[] =>
  wrap(text, width - 4, 2).map((line) => [span(`    ${line}`, 'faint')]);

function executionDiff(
  { first: a, second: b }: DiffReport,
  first: ShownEnd,
  second: ShownEnd,
  width: number,
): Line[] {
  const { hunks } = structuredPatch(
    '',
    '',
    fileOf(first.behaviour),
    fileOf(second.behaviour),
    undefined,
    undefined,
    {
      context: Number.MAX_SAFE_INTEGER,
    },
  );
  const head = (sign: string, model: Model, { isOwn }: ShownEnd): string =>
    `${sign} ${stateName(model)}${isOwn ? '' : ', an end that both have'}`;
  return [
    ...wrap(head('---', a, first), width - 4, 4).map((line) => [span(`    ${line}`, 'bad')]),
    ...wrap(head('+++', b, second), width - 4, 4).map((line) => [span(`    ${line}`, 'good')]),
    ...hunks.flatMap(({ lines }) =>
      lines.flatMap((text) => {
        const sign = text.slice(0, 1);
        const style: Style = sign === '-' ? 'bad' : sign === '+' ? 'good' : 'plain';
        return wrap(text.slice(1), width - 6, 4).map((line) => [span(`    ${sign}${line}`, style)]);
      }),
    ),
  ];
}

const fileOf = ({ outcome, calls, device, seen }: Behaviour): string =>
  [
    outcome,
    ...calls.flatMap((call) => (call === null ? [] : [`${call.actor} ${call.op} ${describeEnd(call)}`])),
    ...(device.length === 0
      ? ['nothing reaches the device']
      : device.map((record) => `device ${recordText(record)}`)),
    ...seen.map(({ actor, op, ...fields }) => `${actor} ${op} sees ${recordText(fields)}`),
  ]
    .map((line) => `${line}\n`)
    .join('');

/** Who runs when, where more than one could. */
function scheduleLines({ first: a, second: b }: DiffReport, shown: ShownChange, width: number): Line[] {
  return [
    { model: a, end: shown.first },
    { model: b, end: shown.second },
  ].flatMap(({ model, end }) => {
    const { schedule = [], ops } = end.scenario;
    if (new Set(ops.map(({ actor }) => actor)).size < 2 || schedule.length === 0) return [];
    return indented(`schedule on ${model.state.id}: ${runsOf(schedule)}, then by name`, width);
  });
}

/** `user0 7, user1 3`: who takes how many steps in turn. */
function runsOf(schedule: readonly string[]): string {
  const runs: { actor: string; steps: number }[] = [];
  for (const actor of schedule) {
    const last = runs.at(-1);
    if (last?.actor === actor) last.steps++;
    else runs.push({ actor, steps: 1 });
  }
  return runs.map(({ actor, steps }) => `${actor} ${steps}`).join(', ');
}

function boundsOf({ bound, isSame }: DiffReport, width: number): Line[] {
  if (isSame) return [];
  const { worlds, worldScenariosMax } = bound;
  const some =
    worlds.length === 0
      ? null
      : `${count(worlds.length, 'small world')}, of each at most ${thousands(worldScenariosMax)} scenarios, evenly picked`;
  return titled('compared, each under all schedules', boundLines(bound.about, some, width));
}

function conclusion({ classes, groups, bound, left, isSame }: DiffReport, width: number): Line[] {
  if (isSame) return [];
  const sum = (of: (one: ComparedClass) => number): number =>
    classes.reduce((total, one) => total + of(one), 0);
  const [unknown, partly] = [sum((one) => one.unknown), sum((one) => one.partly)];
  const differing = classes.filter((one) => one.marker !== '=').length;
  const many = `more than ${thousands(bound.schedulesMax)} schedules`;
  const what = [
    `${count(sum(totalOf), 'scenario')}`,
    ...(partly === 0
      ? []
      : [
          `${thousands(partly)} of them with ${many} on one state, of which only what the other lacks is told`,
        ]),
    ...(unknown === 0 ? [] : [`${thousands(unknown)} of them with ${many}, not compared`]),
    ...(left === 0 ? [] : [`${thousands(left)} not reached`]),
  ].join('; ');
  const found =
    groups.length === 0
      ? 'no difference'
      : `${count(groups.length, 'change')}, in ${thousands(differing)} of ${count(classes.length, 'class', 'classes')}`;
  return paragraph(`${found}: ${what}`, width, 'strong');
}
