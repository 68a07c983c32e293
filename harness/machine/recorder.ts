import type { CallObserver } from '../model/instrument.ts';
import type { Machine, Observer, StepResult } from './machine.ts';
import type { SharedObject } from './shared.ts';
import { Access, accessOf, mayBlock, objectIdOf, type Step } from './step.ts';
import type { Call, Thread } from './thread.ts';

/** One step of a recorded execution, in words. */
export interface RecordedStep {
  readonly actor: string;
  /** The modelled function that the step happens in, or null (an operation begins). */
  readonly function: string | null;
  /** What was done, and the value after it where there is one: `write req.gaddr = 0x...`. */
  readonly text: string;
  /** Set where the actor's operation returned in this step. */
  readonly returns: (Pick<Call, 'ret' | 'signal'> & { readonly op: string }) | null;
}

/** Writes down each step of an execution. A wrapper around it, never a flag in the machine. */
export class Recorder implements Observer, CallObserver {
  readonly steps: RecordedStep[] = [];
  readonly #machine: Machine;
  readonly #frames = new Map<Thread | null, string[]>();
  #running: Thread | null = null;
  #function: string | null = null;
  #description = '';

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  enter(name: string): void {
    this.#stack(this.#running).push(name);
  }

  leave(): void {
    this.#stack(this.#running).pop();
  }

  before(thread: Thread, step: Step): void {
    this.#running = thread;
    this.#function = this.#stack(thread).at(-1) ?? null;
    const object = this.#machine.objects[objectIdOf(step)]!;
    // A read shows what it is about to see, everything else what it left behind.
    this.#description = accessOf(step) === Access.read ? `read ${valued(object)}` : '';
  }

  after(thread: Thread, step: Step, result: StepResult): void {
    const call = thread.call;
    this.steps.push({
      actor: thread.name,
      function: this.#function,
      text: this.#text(thread, step, result),
      returns:
        call !== null && thread.path === null
          ? { op: call.work.name, ret: call.ret, signal: call.signal }
          : null,
    });
    this.#running = null;
  }

  #text(thread: Thread, step: Step, result: StepResult): string {
    const access = accessOf(step);
    if (access === Access.begin) return `begin ${thread.call!.work.name}`;
    if (this.#description !== '') return this.#description;
    const object = this.#machine.objects[objectIdOf(step)]!;
    const suffix = result === 'done' ? '' : ` (${mayBlock(step) && result === 'queued' ? 'queued' : result})`;
    return `${verb(access, object)}${suffix}`;
  }

  #stack(thread: Thread | null): string[] {
    let stack = this.#frames.get(thread);
    if (stack === undefined) {
      stack = [];
      this.#frames.set(thread, stack);
    }
    return stack;
  }
}

function verb(access: Access, object: SharedObject): string {
  const { name } = object;
  switch (access) {
    case Access.write:
      return `write ${valued(object)}`;
    case Access.update:
    case Access.adjust:
      return `${name}: ${object.show()}`;
    case Access.acquire:
    case Access.acquireKillable:
      return `lock ${name}`;
    case Access.acquireShared:
      return `lock ${name} for read`;
    case Access.tryAcquire:
    case Access.tryAcquireShared:
      return `trylock ${name}`;
    case Access.release:
    case Access.releaseShared:
      return `unlock ${name}`;
    case Access.wait:
    case Access.waitKillable:
      return `waited for ${name}`;
    case Access.signal:
      return `signal ${name}`;
    case Access.begin:
    case Access.read:
      return '';
    default:
      return access satisfies never;
  }
}

/** `req.flags = 0x1`; only the name where contents are not modelled. */
function valued(object: SharedObject): string {
  const value = object.show();
  return value === '' ? object.name : `${object.name} = ${value}`;
}
