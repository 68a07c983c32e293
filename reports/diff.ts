import { structuredPatch } from 'diff';
import type { Behaviour } from '../harness/campaign/behaviour.ts';
import type { ShownEnd } from '../harness/campaign/change-example.ts';
import type { ChangeGroup } from '../harness/campaign/change-groups.ts';
import type { ComparedClass, PatchPair } from '../harness/campaign/diff-result.ts';
import type { Marker } from '../harness/campaign/difference.ts';
import { describeEnd } from '../harness/machine/errno.ts';
import type { Model } from '../harness/model/model.ts';
import type { Patch } from '../harness/model/patch.ts';
import { sourceLabel } from '../harness/model/source.ts';
import type { Style } from './ansi.ts';
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
  /** Whose doing it is on each; null: it was so before the patches of the state. */
  readonly patches: readonly [PatchInfo | null, PatchInfo | null];
}

export interface DiffReport {
  readonly first: Model;
  readonly second: Model;
  readonly patches: readonly PatchPair[];
  readonly classes: readonly ComparedClass[];
  readonly groups: readonly ShownGroup[];
  readonly bound: {
    readonly opsMax: number;
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
      titled(
        'patches',
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
  return marked(marker, `${ids}  ${subject}`, width);
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
  const rest = (marker: Marker, some: readonly ComparedClass[], what: string): Line[] => {
    const scenarios = some.reduce((sum, one) => sum + totalOf(one), 0);
    const text = `${count(some.length, 'other class', 'other classes')}${what}, ${count(scenarios, 'scenario')}`;
    return some.length === 0 ? [] : marked(marker, text, width);
  };
  return [
    ...differing.filter(isFirst).flatMap((one) => {
      const differ = one.changed + one.onlyFirst + one.onlySecond;
      const text = `${one.name}: ${thousands(differ)} of ${count(totalOf(one), 'scenario')}`;
      return marked(one.marker, text, width);
    }),
    ...rest(
      '!',
      differing.filter((one) => !isFirst(one)),
      ' that differ as these do',
    ),
    ...rest(
      '=',
      classes.filter(({ marker }) => marker === '='),
      '',
    ),
  ];
}

const totalOf = ({ same, changed, onlyFirst, onlySecond, unknown }: ComparedClass): number =>
  same + changed + onlyFirst + onlySecond + unknown;

function groupLines(report: DiffReport, group: ShownGroup, number: number, width: number): Line[] {
  return [
    ...group.changes.flatMap(({ text }, at) =>
      wrap(text, width - 4, 4).map((line, nth) => [
        span(at + nth === 0 ? `${number}.`.padEnd(4) : '    ', 'strong'),
        span(line, 'strong'),
      ]),
    ),
    ...indented(`${group.smallest.marker} in ${count(group.scenarios, 'scenario')}`, width),
    ...(group.shown === null
      ? indented('not reached: an example', width)
      : exampleLines(report, group.shown, width)),
  ];
}

function exampleLines(report: DiffReport, shown: ShownChange, width: number): Line[] {
  const { first, second, patches } = shown;
  const { world = {}, ops } = first.scenario;
  const { series } = report.first;
  const actors = widest(ops.map(({ actor }) => actor));
  return [
    ...indented(`${report.first.state.id}: ${patchText(patches[0])}`, width),
    ...indented(`${report.second.state.id}: ${patchText(patches[1])}`, width),
    ...(Object.keys(world).length === 0 ? [] : indented(`world ${worldText(world)}`, width)),
    ...ops.flatMap((op) => beside(`  ${op.actor}`, actors + 2, operationText(op, series), width)),
    ...executionDiff(report, first, second, width),
    ...scheduleLines(report, shown, width),
  ];
}

const patchText = (patch: PatchInfo | null): string =>
  patch === null ? 'as before its patches' : `${patch.id} ${patch.subject} (${sourceLabel(patch.source)})`;

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

const fileOf = ({ outcome, calls, device }: Behaviour): string =>
  [
    outcome,
    ...calls.flatMap((call) => (call === null ? [] : [`${call.actor} ${call.op} ${describeEnd(call)}`])),
    ...(device.length === 0
      ? ['nothing reaches the device']
      : device.map((record) => `device ${recordText(record)}`)),
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

function conclusion({ classes, groups, bound, left }: DiffReport, width: number): Line[] {
  const scenarios = classes.reduce((sum, one) => sum + totalOf(one), 0);
  const unknown = classes.reduce((sum, one) => sum + one.unknown, 0);
  const differing = classes.filter((one) => one.marker !== '=').length;
  const worlds =
    bound.worlds.length === 0
      ? ''
      : ` and of ${count(bound.worlds.length, 'small world')} (of each at most ${thousands(bound.worldScenariosMax)}, evenly picked)`;
  const what = [
    `${count(scenarios, 'scenario')} of up to ${count(bound.opsMax, 'operation')}${worlds}, each under all schedules`,
    ...(unknown === 0
      ? []
      : [`${thousands(unknown)} of them with more than ${thousands(bound.schedulesMax)}, not compared`]),
    ...(left === 0 ? [] : [`${thousands(left)} not reached`]),
  ].join('; ');
  const found =
    groups.length === 0
      ? 'no difference'
      : `${count(groups.length, 'change')}, in ${thousands(differing)} of ${count(classes.length, 'class', 'classes')}`;
  return paragraph(`${found}: ${what}`, width, 'strong');
}
