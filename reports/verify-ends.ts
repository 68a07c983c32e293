import type { CountedEnd, Ends } from '../harness/campaign/ends.ts';
import { describeReturn } from '../harness/machine/errno.ts';
import type { Model } from '../harness/model/model.ts';
import type { Scenario } from '../harness/scenario/scenario.ts';
import { type Limits, largeCount, scenarioBound, withAtMost } from './bound-text.ts';
import { count, thousands } from './count.ts';
import { operationText, recordText, worldText } from './operation-text.ts';
import {
  beside,
  type Line,
  labelled,
  type PageOptions,
  paragraph,
  printPage,
  sections,
  span,
  titled,
} from './page.ts';
import { stateName } from './state-name.ts';
import { verdictLines } from './verdict-lines.ts';
import { widest } from './wrap.ts';

/** Ends that are shown one by one; JSON has all. */
const ENDS_SHOWN_MAX = 12;
const LABEL_WIDTH = 12;

/** What all schedules of some operations lead to: what `verify FILE` prints. */
export function renderEnds(
  model: Model,
  scenario: Scenario,
  result: Ends,
  limits: Limits,
  options: PageOptions,
): string {
  const { width } = options;
  return printPage(
    sections(
      [...paragraph(stateName(model), width, 'strong'), ...paragraph(model.state.about, width, 'plain', 0)],
      titled('operations', operationLines(model, scenario, width)),
      titled(`${count(result.ends.length, 'different end')}`, endLines(result, width)),
      verdictLines(result.verdicts, width),
      coverageLines(result, scenario, limits, width),
      conclusion(result, limits, width),
    ),
    options,
  );
}

function operationLines({ series }: Model, { ops, world = {} }: Scenario, width: number): Line[] {
  const nameWidth = widest(ops.map(({ actor }) => actor));
  const setting = worldText(world);
  return [
    ...ops.flatMap((operation) =>
      beside(operation.actor, nameWidth, operationText(operation, series), width),
    ),
    ...(setting === '' ? [] : beside('world', nameWidth, setting, width)),
  ];
}

function endLines({ ends }: Ends, width: number): Line[] {
  const shown = ends.slice(0, ENDS_SHOWN_MAX);
  const nameWidth = widest(shown.map(({ schedules }) => `${thousands(schedules)}x`));
  const lines = shown.flatMap((end) =>
    beside(`${thousands(end.schedules)}x`, nameWidth, endText(end), width),
  );
  const left = ends.length - shown.length;
  return left === 0 ? lines : [...lines, [span(`  and ${thousands(left)} more; --json lists all`, 'faint')]];
}

/** `finished: user0 region_write 32; user1 … | device: user0 pcilg …`. */
function endText({ outcome, calls, device, byDesign }: CountedEnd): string {
  const returned = calls.map(
    ({ actor, op, ret, signal }) =>
      `${actor} ${op} ${signal ?? (ret === undefined ? 'never returned' : describeReturn(ret))}`,
  );
  const reached = device.map(({ actor, ...fields }) => `${actor} ${recordText(fields)}`);
  return [
    byDesign ? 'waits for ever, as the kernel has it:' : `${outcome}:`,
    returned.join('; '),
    ...(reached.length === 0 ? [] : [`| device: ${reached.join('; ')}`]),
  ].join(' ');
}

function coverageLines({ explored }: Ends, scenario: Scenario, limits: Limits, width: number): Line[] {
  const label = (name: string, text: string) => labelled(name, LABEL_WIDTH, text, width);
  const abandoned = explored.pruned === 0 ? '' : `, ${thousands(explored.pruned)} more abandoned half way`;
  return [
    ...label('bound', `${scenarioBound(scenario, limits)}${explored.complete ? '' : ': not finished'}`),
    ...label(
      'schedules',
      `${thousands(explored.schedules)} executed${abandoned}, ${count(explored.steps, 'step')}`,
    ),
    ...(limits.preemptionsMax === null ? label('instead of', insteadOf(explored)) : []),
  ];
}

function insteadOf({ unreduced, complete }: Ends['explored']): string {
  if (unreduced !== null) {
    return `${largeCount(String(unreduced))} schedule${unreduced === 1n ? '' : 's'} without partial-order reduction`;
  }
  return complete
    ? 'more schedules than were counted'
    : 'an unknown number: the exploration did not come to its end';
}

function conclusion(found: Ends, limits: Limits, width: number): Line[] {
  const { explored, verdicts, violations } = found;
  const of = count(verdicts.length, 'claim');
  const holding = verdicts.filter(({ verdict }) => verdict === 'holds').length;
  if (violations.length > 0) {
    const violated = verdicts.filter(({ verdict }) => verdict === 'violated').length;
    return paragraph(`violated: ${thousands(violated)} of ${of}${openEnd(found)}`, width, 'bad');
  }
  if (!explored.complete) {
    return paragraph(`nothing violated so far, and no proof: ${notComplete(found)}`, width, 'unsure');
  }
  if (holding === 0) return paragraph(`nothing proved: none of ${of} was exercised`, width, 'unsure');
  const others = holding === verdicts.length ? '' : ', the others were never exercised';
  const schedules = `every schedule${withAtMost(limits.preemptionsMax)}`;
  return paragraph(
    `proved on this model, within the bound: ${thousands(holding)} of ${of} hold under ${schedules}${others}`,
    width,
    'good',
  );
}

const openEnd = (found: Ends): string =>
  found.explored.complete ? '' : `; there may be more: ${notComplete(found)}`;

function notComplete({ explored, ends, tooMany }: Ends): string {
  const { stepLimits, livelocks, schedules, stopped } = explored;
  const endless = stepLimits + livelocks;
  if (endless > 0) return `${count(endless, 'execution')} reached the step limit or a livelock`;
  if (tooMany) return `${thousands(ends.length)} different ends, and there are more`;
  return stopped
    ? `stopped after ${count(schedules, 'schedule')}`
    : `given up after ${count(schedules, 'schedule')} (--max-schedules)`;
}
