import { bothObservers, type CallObserver } from '../model/instrument.ts';
import type { Model, World } from '../model/model.ts';

/** Notes what executions of one model reach, as far as their worlds can tell. */
export class Probe implements CallObserver {
  /** Functions entered. */
  readonly functions = new Set<string>();
  /** Operations begun, as {@link situation} names them with the abstract state that they began in. */
  readonly situations = new Set<string>();

  enter(name: string): void {
    this.functions.add(name);
  }

  leave(): void {}

  /** The model with all its worlds watched. */
  watch(model: Model): Model {
    return {
      ...model,
      createWorld: (machine, settings, observer) => {
        const world = model.createWorld(machine, settings, bothObservers(this, observer));
        return this.#watchStarts(model, world);
      },
    };
  }

  #watchStarts(model: Model, world: World): World {
    const { start } = world;
    (world as { start: World['start'] }).start = (thread, call) => {
      this.situations.add(
        situation(call.work.name, model.aspects.map((aspect) => aspect.of(world)).join(', ')),
      );
      return start(thread, call);
    };
    return world;
  }
}

export const situation = (operation: string, state: string): string => `${operation} | ${state}`;

/** All combinations of the values of a model's aspects. */
export const abstractStates = ({ aspects }: Pick<Model, 'aspects'>): string[] =>
  aspects
    .reduce<string[][]>(
      (some, { values }) => some.flatMap((one) => values.map((value) => [...one, value])),
      [[]],
    )
    .map((values) => values.join(', '));
