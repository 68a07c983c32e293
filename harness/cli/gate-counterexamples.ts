import type { GateEntry } from '../../reports/gate.ts';
import { paragraph, printPage } from '../../reports/page.ts';
import type { RunSettings } from '../../reports/run-json.ts';
import type { Counterexample } from '../campaign/result.ts';
import { sourceLabel } from '../model/source.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { counterexampleTexts } from './run-text.ts';
import type { StoredFailure } from './stored-failures.ts';
import type { Terminal } from './terminal.ts';

/** An entry of the report, with where its counterexamples are stored. */
export interface ShownEntry extends GateEntry {
  /** By failure identity. */
  readonly paths: ReadonlyMap<string, string>;
  /** Its counterexamples that were stored before. */
  readonly known: readonly StoredFailure[];
}

interface Failure {
  readonly entry: ShownEntry;
  readonly found: Counterexample;
}

/** Counterexamples in full; each is about a screen or two. */
const IN_FULL = 5;

/**
 * One counterexample of each cause in full, with the other states that show the same; the rest by name. With `all`, every
 * one of them.
 */
export function* gateCounterexamples(
  settings: RunSettings,
  terminal: Terminal,
  entries: readonly ShownEntry[],
  all: boolean,
): Generator<string> {
  const failures = entries.flatMap((entry) =>
    entry.result.counterexamples.map((found) => ({ entry, found })),
  );
  const groups = all ? failures.map((failure) => [failure]) : sameCause(failures);
  const shown = all ? groups : groups.slice(0, IN_FULL);
  const say = (text: string): string => `${printPage(paragraph(text, terminal.width), terminal)}\n`;
  for (const [first, ...others] of shown) {
    const { entry, found } = first!;
    const one = { ...entry.result, counterexamples: [found] };
    const again = () => entry.searchAgain(found.property);
    for (const text of counterexampleTexts(settings, terminal, entry.model, one, entry.paths, again))
      yield `${text}\n`;
    if (others.length > 0)
      yield say(`The same operations show ${found.kind} on ${statesOf(others)}; --all shows each.`);
  }
  for (const group of groups.slice(shown.length)) {
    const { property, kind } = group[0]!.found;
    yield say(`Not shown without --all: ${property}: ${kind} on ${statesOf(group)}.`);
  }
}

const statesOf = (failures: readonly Failure[]): string =>
  failures.map(({ entry: { model } }) => `${model.id} (${sourceLabel(model.state.source)})`).join(', ');

function sameCause(failures: readonly Failure[]): Failure[][] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const { property, kind, scenario } = failure.found;
    const series = failure.entry.model.series.name;
    const key = [series, property, kind, shapeOf(scenario)].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return [...groups.values()];
}

/** Who does what in which world, whatever the values are and whichever of its like an actor is: `user0` or `user1`. */
export function shapeOf({ ops, world = {} }: Pick<Scenario, 'ops' | 'world'>): string {
  const actors = [...new Set(ops.map(({ actor }) => actor))];
  const done = actors.map((actor) => {
    const names = ops.filter((one) => one.actor === actor).map(({ op }) => op);
    return `${actor.replace(/\d+$/, '')}: ${names.join(', ')}`;
  });
  const inOrder = (texts: readonly string[]): string[] => texts.toSorted((a, b) => (a < b ? -1 : 1));
  return [...inOrder(done), ...inOrder(Object.keys(world))].join('; ');
}
