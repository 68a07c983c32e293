import type { Property } from '../harness/model/property.ts';
import { citation } from '../harness/model/source.ts';
import type { Recording, ViolationRecord } from '../harness/scenario/recording.ts';
import { codeProvenance } from './code-provenance.ts';
import { deadlockCycle } from './deadlock-cycle.ts';
import { findingDiff } from './finding-diff.ts';
import { interleaving } from './interleaving.ts';
import { operationText, worldText } from './operation-text.ts';
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
import { reproduceLine } from './reproduce-line.ts';
import { shownSteps } from './shown-steps.ts';
import { stateName } from './state-name.ts';
import { widest, wrap } from './wrap.ts';

export interface CounterexampleOptions extends PageOptions {
  /** The command that shows this again. */
  readonly reproduce: string;
  /** Which of the recording's violations to show; the first one if left out. */
  readonly property?: { readonly property: string; readonly kind: string };
  /** Whether every single reduction was tried and makes it pass. */
  readonly minimal?: boolean;
}

const LABEL_WIDTH = 8;

/**
 * One counterexample for a reader who knows the kernel and not this tool: the claim, what was asked for, what
 * differs, how it came about, and whose code it is.
 *
 * @throws if the recording does not hold the violation that is asked for.
 */
export function renderCounterexample(recording: Recording, options: CounterexampleOptions): string {
  const { model, steps, waiting } = recording;
  const { width } = options;
  const violation = violationToShow(recording, options.property);
  const name = stateName(model);
  // A deadlock is found when nobody can take a step: the last one that somebody took closed it.
  const markedAt = Math.min(violation.step, steps.length - 1);
  const rows = shownSteps(steps, markedAt);
  return printPage(
    sections(
      paragraph(`${name} breaks ${violation.property}: ${violation.kind}`, width, 'strong'),
      claimLines(recording, violation, width),
      operationLines(recording, options),
      findingDiff(violation, name, width),
      titled('interleaving', interleaving(rows, waiting, markedAt, width)),
      deadlockCycle(waiting, steps, width),
      codeProvenance(rows, model.origins, width),
      reproduceLine(options.reproduce, width),
    ),
    options,
  );
}

function violationToShow(
  { model, violations }: Recording,
  wanted: CounterexampleOptions['property'],
): ViolationRecord {
  const found =
    wanted === undefined
      ? violations[0]
      : violations.find(({ property, kind }) => property === wanted.property && kind === wanted.kind);
  if (found !== undefined) return found;
  const asked = wanted === undefined ? 'any claim' : `${wanted.property}: ${wanted.kind}`;
  const known = violations.map(({ property, kind }) => `${property}: ${kind}`).join(', ') || 'nothing';
  throw new Error(
    `expected an execution of ${model.id} that breaks ${asked}, got one that breaks ${known}. Usual causes: the model changed since the scenario was found, or it is not deterministic.`,
  );
}

function claimLines({ model, violations }: Recording, violation: ViolationRecord, width: number): Line[] {
  const property = model.properties.find(({ id }) => id === violation.property);
  const others = violations.filter((other) => other !== violation);
  return [
    ...(property === undefined ? [] : labelled('claim', LABEL_WIDTH, property.claim, width)),
    ...(property === undefined ? [] : labelled('source', LABEL_WIDTH, sourceText(property), width)),
    ...labelled('found', LABEL_WIDTH, violation.message, width),
    ...others.flatMap(({ property: id, kind }, at) =>
      labelled(at === 0 ? 'also' : '', LABEL_WIDTH, `${id}: ${kind}`, width),
    ),
  ];
}

function sourceText({ source }: Pick<Property<never>, 'source'>): string {
  return source.invariant === undefined
    ? citation(source)
    : `${citation(source)} (invariant ${source.invariant})`;
}

function operationLines({ model, scenario }: Recording, { width, minimal }: CounterexampleOptions): Line[] {
  const actors = [...new Set(scenario.ops.map(({ actor }) => actor))];
  const nameWidth = widest(actors);
  const lines: Line[] = [operationsTitle(minimal)];
  if (scenario.world !== undefined && Object.keys(scenario.world).length > 0) {
    lines.push(
      ...wrap(`world: ${worldText(scenario.world)}`, width - 2, 2).map((line) => [span(`  ${line}`)]),
    );
  }
  for (const actor of actors) {
    const own = scenario.ops.filter((operation) => operation.actor === actor);
    own.forEach((operation, at) => {
      const number = own.length === 1 ? '' : `${at + 1}. `;
      const text = number + operationText(operation, model.series);
      lines.push(...beside(at === 0 ? actor : '', nameWidth, text, width));
    });
  }
  return lines;
}

function operationsTitle(minimal: boolean | undefined): Line {
  const title = span('operations', 'strong');
  if (minimal === undefined) return [title];
  const remark = minimal
    ? ' (1-minimal: every one of them and every context switch is needed)'
    : ' (not shrunk to the end: there may be a smaller one)';
  return [title, span(remark, 'faint')];
}
