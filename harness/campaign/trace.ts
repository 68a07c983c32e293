import type { Machine, Observer } from '../machine/machine.ts';
import { Access, accessOf, type Step } from '../machine/step.ts';
import type { Thread } from '../machine/thread.ts';
import { bothObservers, type CallObserver } from '../model/instrument.ts';
import type { Model, Operation, WorldConfig } from '../model/model.ts';
import type { Workload } from '../scenario/arbitrary.ts';
import type { HangPlace } from './hang.ts';

/** A place without its schedule, which is long and only worth spelling out for the last place of all. */
export type TracedPlace = Omit<HangPlace, 'schedule'>;

/** Takes down where an execution is, before it goes on from there. `machine` is null outside an execution. */
export type WritePlace = (place: TracedPlace, machine: Machine | null) => void;

/**
 * Follows work that is done a second time, since the first time it did not come back. Up to the beat at which it
 * stopped then, it only keeps up with what is executed; from there on, it says before each step where it is.
 *
 * The model is wrapped rather than the search instrumented, so that the very same work is done, on machines and worlds
 * that are used again as they were the first time.
 */
export class Trace {
  #beats = 0;
  readonly #from: number;
  readonly #write: WritePlace;
  readonly #followed: Followed[] = [];
  /** Of settings, since only those reach a world. */
  readonly #worlds = new Map<unknown, WorldConfig>();
  #world: WorldConfig = {};
  #ops: Operation[] = [];
  /** Whether the operations come with the beats; where not, they are those parsed last. */
  #told = false;
  /** Set once the operations were executed: those parsed next begin another sequence. */
  #executed = false;

  /** `from`: how many beats there were before it hung. */
  constructor(from: number, write: WritePlace) {
    this.#from = from;
    this.#write = write;
    if (this.on) this.#note('generation');
  }

  get on(): boolean {
    return this.#beats >= this.#from;
  }

  /** Before each execution, with its operations where those who execute it know them. */
  beat(workload: Workload | null): void {
    this.#beats++;
    if (workload !== null) {
      this.#told = true;
      this.#world = workload.world;
      this.#ops = [...workload.ops];
    }
    if (!this.on) return;
    for (const followed of this.#followed) followed.follow();
    this.#note('preparation');
  }

  /** The model with everything that could hang announced. */
  follow(model: Model): Model {
    return {
      ...model,
      compile: (operation) => {
        if (!this.#told) this.#parsed(operation);
        if (this.on) this.#note('preparation', { operation: operation.op, actor: operation.actor });
        return model.compile(operation);
      },
      configure: (config) => {
        if (!this.#told) this.#world = config;
        if (this.on) this.#note('preparation');
        const settings = model.configure(config);
        this.#worlds.set(settings, config);
        return settings;
      },
      createWorld: (machine, settings, observer) => {
        const world = this.#worlds.get(settings) ?? {};
        const followed = new Followed(machine, (place) => this.#say({ ...place, world }, machine));
        if (!this.#told) this.#world = world;
        this.#followed.push(followed);
        if (this.on) {
          followed.follow();
          this.#note('preparation');
        }
        return model.createWorld(machine, settings, bothObservers(followed, observer));
      },
      properties: model.properties.map((property) => ({
        ...property,
        check: (execution, report) => {
          this.#executed = true;
          const { machine } = execution;
          const followed = this.#followed.find((one) => one.machine === machine);
          if (this.on)
            this.#say({ ...NOWHERE, ...followed?.last, during: 'claim', claim: property.id }, machine);
          const happened = property.check(execution, report);
          if (this.on) this.#note('preparation');
          return happened;
        },
      })),
    };
  }

  /** Operations are parsed one after the other, before they are executed. */
  #parsed(operation: Operation): void {
    if (this.#executed) this.#ops = [];
    this.#executed = false;
    this.#ops.push(operation);
  }

  #note(during: 'generation' | 'preparation', place: Partial<TracedPlace> = {}): void {
    this.#write({ ...NOWHERE, world: this.#world, ops: this.#ops, ...place, during }, null);
  }

  #say(place: Omit<TracedPlace, 'ops'>, machine: Machine): void {
    this.#executed = true;
    this.#write({ ...place, ops: this.#ops }, machine);
  }
}

const NOWHERE: Omit<TracedPlace, 'during' | 'ops'> = {
  actor: null,
  operation: null,
  function: null,
  claim: null,
  step: null,
  world: {},
};

/** One machine that is followed: who takes which step, and in which function. */
class Followed implements Observer, CallObserver {
  readonly machine: Machine;
  /** The place last announced. */
  last: Omit<TracedPlace, 'ops' | 'during'> = NOWHERE;
  readonly #say: (place: Omit<TracedPlace, 'ops'>) => void;
  readonly #functions = new Map<Thread, string[]>();
  #running: Thread | null = null;
  #before: Observer | null = null;

  constructor(machine: Machine, say: (place: Omit<TracedPlace, 'ops'>) => void) {
    this.machine = machine;
    this.#say = say;
  }

  /** From the next execution on; one that is recorded anyway goes on being so. */
  follow(): void {
    if (this.machine.observer === this) return;
    this.#before = this.machine.observer;
    this.machine.observer = this;
  }

  enter(name: string): void {
    if (this.#running === null) return;
    this.#stack(this.#running).push(name);
    this.#announce('step', this.#running);
  }

  leave(): void {
    if (this.#running === null) return;
    this.#stack(this.#running).pop();
    this.#announce('step', this.#running);
  }

  before(thread: Thread, step: Step): void {
    this.#running = thread;
    // Threads of the execution before this one have left nothing that counts.
    if (accessOf(step) === Access.begin) this.#functions.delete(thread);
    this.#announce('step', thread, accessOf(step) === Access.begin ? thread.begun : thread.begun - 1);
    this.#before?.before(thread, step);
  }

  after(thread: Thread, step: Step, result: Parameters<Observer['after']>[2]): void {
    this.#before?.after(thread, step, result);
    this.#running = null;
    this.#announce('choice', thread);
  }

  #announce(during: 'step' | 'choice', thread: Thread, work = thread.begun - 1): void {
    this.last = {
      ...NOWHERE,
      actor: thread.name,
      operation: thread.work[work]?.name ?? null,
      function: this.#stack(thread).at(-1) ?? null,
      step: this.machine.steps,
    };
    this.#say({ ...this.last, during });
  }

  #stack(thread: Thread): string[] {
    let stack = this.#functions.get(thread);
    if (stack === undefined) {
      stack = [];
      this.#functions.set(thread, stack);
    }
    return stack;
  }
}
