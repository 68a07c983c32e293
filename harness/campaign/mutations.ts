/** What there is to weaken in a state: seen in executions, so that every mutation is of code that runs. */

import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import { compileProgram, execute } from '../machine/execute.ts';
import type { Machine } from '../machine/machine.ts';
import { Access, accessOf, objectIdOf, type Step } from '../machine/step.ts';
import type { Thread } from '../machine/thread.ts';
import type { Model } from '../model/model.ts';
import { type Mutation, mutationName, type Operator, objectKind } from '../model/mutation.ts';
import { smallScenarios } from '../scenario/small-scenarios.ts';

/** Scenarios looked at, evenly picked, of each bound; each under a few schedules by chance. */
const OF_A_BOUND = 150;
const SCHEDULES = 3;
const STEPS_MAX = 4_000;

/** All mutations of a state, in the order of its functions. */
export function mutationsOf(model: Model): Mutation[] {
  const seen = new Seen();
  const buffer = new Uint8Array(STEPS_MAX);
  for (const { world, ops } of scenarios(model)) {
    for (let seed = 0; seed < SCHEDULES; seed++) {
      let machine: Machine | null = null;
      seen.begin();
      const hookedModel: Model = {
        ...model,
        createWorld: (made, settings) => {
          machine = made;
          return model.createHookedWorld(made, settings, {
            replaced: (name) => {
              seen.called(name, machine!.running);
              return null;
            },
            leavesOut: (name, step) => {
              seen.step(name, step, machine!);
              return false;
            },
            returned: (name, value) => {
              seen.returned(name, value, machine!.running);
              return value;
            },
            read: (fact) => seen.read(fact),
            answered: (name, value) => {
              seen.answered(name, value);
              return value;
            },
          });
        },
      };
      execute(compileProgram(hookedModel, world, ops), new Uniform(random(seed)), STEPS_MAX, buffer);
    }
  }
  seen.begin();
  return seen.mutations(model);
}

function scenarios(model: Model) {
  const bounds = [
    { kind: 'typical', ops: 1, changes: 2 } as const,
    { kind: 'typical', ops: 2, changes: 1 } as const,
    ...model.smallWorlds.map((id) => ({ kind: 'small world', id }) as const),
  ];
  return bounds.flatMap((bound) => {
    const all = smallScenarios(model.series, bound);
    const stride = Math.max(1, Math.floor(all.length / OF_A_BOUND));
    return all.filter((_, at) => at % stride === 0);
  });
}

/** By the step that it is about. */
const OF_A_STEP: ReadonlyMap<Access, readonly Operator[]> = new Map<Access, readonly Operator[]>([
  [Access.acquire, ['drop-lock', 'late-lock', 'early-unlock']],
  [Access.acquireKillable, ['drop-lock', 'late-lock', 'early-unlock']],
  [Access.acquireShared, ['drop-lock', 'late-lock', 'early-unlock']],
  [Access.tryAcquire, ['drop-lock', 'late-lock', 'early-unlock']],
  [Access.tryAcquireShared, ['drop-lock', 'late-lock', 'early-unlock']],
  [Access.wait, ['drop-wait']],
  [Access.waitKillable, ['drop-wait']],
  [Access.signal, ['drop-signal']],
]);

/** Steps that a lock has to be held for, so that the operator makes another model. */
const OF_A_SECTION: ReadonlyMap<Operator, number> = new Map([
  ['late-lock', 1],
  ['early-unlock', 2],
]);

/** A lock that a thread has, the function that took it, and the steps since. */
interface Section {
  readonly where: string;
  steps: number;
}

class Seen {
  readonly #found = new Map<string, Mutation>();
  readonly #returns = new Map<string, Set<unknown>>();
  readonly #answers = new Map<string, Set<unknown>>();
  /** Functions that other functions call, and how deep in calls each thread is. */
  readonly #nested = new Set<string>();
  readonly #depths = new Map<Thread | null, number>();
  /** Locks held, by thread. */
  readonly #sections = new Map<Thread | null, Map<string, Section>>();
  /** Facts that functions looked at. */
  readonly #read = new Set<string>();

  step(where: string, step: Step, machine: Machine): void {
    const what = objectKind(machine.objects[objectIdOf(step)]!);
    const sections = this.#sections.get(machine.running) ?? new Map<string, Section>();
    this.#sections.set(machine.running, sections);
    for (const section of sections.values()) section.steps++;
    const operators = OF_A_STEP.get(accessOf(step)) ?? [];
    for (const operator of operators) {
      if (!OF_A_SECTION.has(operator)) this.#add({ operator, where, what });
    }
    if (operators.some((operator) => OF_A_SECTION.has(operator))) sections.set(what, { where, steps: 0 });
    if (accessOf(step) === Access.release || accessOf(step) === Access.releaseShared) {
      this.#leave(what, sections);
    }
  }

  /** What moves a lock or an unlock by a step is another model only where the section is longer than that. */
  #leave(what: string, sections: Map<string, Section>): void {
    const section = sections.get(what);
    if (section === undefined) return;
    sections.delete(what);
    // Its release is counted, too.
    for (const [operator, least] of OF_A_SECTION) {
      if (section.steps > least) this.#add({ operator, where: section.where, what });
    }
  }

  read(fact: string): void {
    this.#read.add(fact);
  }

  begin(): void {
    for (const sections of this.#sections.values()) {
      for (const what of sections.keys()) this.#leave(what, sections);
    }
    this.#sections.clear();
    this.#depths.clear();
  }

  called(where: string, by: Thread | null): void {
    const depth = this.#depths.get(by) ?? 0;
    if (depth > 0) this.#nested.add(where);
    this.#depths.set(by, depth + 1);
  }

  returned(where: string, value: unknown, by: Thread | null): void {
    this.#depths.set(by, this.#depths.get(by)! - 1);
    this.#returns.set(where, (this.#returns.get(where) ?? new Set()).add(value));
  }

  answered(where: string, value: unknown): void {
    this.#answers.set(where, (this.#answers.get(where) ?? new Set()).add(value));
  }

  #add(mutation: Mutation): void {
    this.#found.set(mutationName(mutation), mutation);
  }

  mutations(model: Model): Mutation[] {
    for (const where of model.functions) {
      const values = [...(this.#returns.get(where) ?? [])];
      for (const what of doingNothing(values)) {
        this.#add({ operator: 'drop-call', where, what });
        const isAnswer = what === 'true' || what === 'false';
        if (!isAnswer && this.#nested.has(where)) this.#add({ operator: 'late-call', where, what });
      }
      for (const value of values) {
        if (typeof value === 'number' && value < 0) {
          this.#add({ operator: 'ignore-error', where, what: String(value) });
        }
      }
    }
    for (const [where, values] of this.#answers) {
      // Always the same: nothing that runs depends on it.
      if (values.size < 2) continue;
      for (const value of values) {
        if (typeof value === 'boolean') this.#add({ operator: 'answer', where, what: String(value) });
        if (typeof value === 'number' && value < 0) this.#add({ operator: 'answer', where, what: '0' });
      }
    }
    for (const where of model.mutable.booleans) {
      if (this.#read.has(where)) this.#add({ operator: 'flip', where, what: '' });
    }
    for (const where of model.mutable.replaced) this.#add({ operator: 'revert', where, what: '' });
    const order = new Map(model.functions.map((name, at) => [name, at]));
    const place = ({ where }: Mutation): number => order.get(where) ?? model.functions.length;
    return [...this.#found.values()].sort(
      (a, b) => place(a) - place(b) || (mutationName(a) < mutationName(b) ? -1 : 1),
    );
  }
}

/** What a function would return that does nothing: success, each answer of a test, or nothing. */
function doingNothing(values: readonly unknown[]): string[] {
  if (values.length === 0) return [];
  if (values.every((value) => value === undefined)) return [''];
  if (values.every((value) => typeof value === 'boolean')) return values.map(String);
  if (values.every((value) => typeof value === 'number' || value === null)) return ['0'];
  return [];
}
