import type { CallObserver } from '../model/instrument.ts';
import type { Machine, Observer } from './machine.ts';
import type { AccessLog, SharedObject } from './shared.ts';
import { Access, accessOf, objectIdOf, type Step } from './step.ts';
import type { Thread } from './thread.ts';

/** A place where a code path did something else than its step said. */
export interface AuditFinding {
  readonly kind: 'undeclared object' | 'write under a read step';
  readonly thread: string;
  /** The step as it was offered to the scheduler: `read zdev->fh`. */
  readonly step: string;
  /** What was touched. */
  readonly object: string;
  /** The modelled function that touched it, or null where none is known. */
  readonly function: string | null;
}

/**
 * Compares what code paths touch with what their steps name. Everything between two yields is atomic, so that an
 * access no step announced hides a race, and one announced wrongly misleads partial-order reduction.
 *
 * Sees what a `Cell` and a `Word` hold; plain fields of a world and the counts of events are out of its sight. A
 * write step may read its object, too: it excludes whoever a read step would.
 *
 * Pass it twice, since it hears accesses and steps: `execute(…, { audit, observe: (machine) => audit.observing(machine) })`.
 * Not together with a Recorder, whose words read what they show.
 */
export class Audit implements AccessLog, Observer, CallObserver {
  readonly #findings = new Map<string, AuditFinding>();
  #machine: Machine | null = null;
  #frames = new Map<Thread, string[]>();
  #running: Thread | null = null;
  #step: Step | null = null;

  /** Each place once, however many threads and executions came by. */
  get findings(): readonly AuditFinding[] {
    return [...this.#findings.values()];
  }

  /** Goes on with the next execution; findings stay. */
  observing(machine: Machine): this {
    this.#machine = machine;
    this.#frames = new Map();
    this.#running = null;
    this.#step = null;
    return this;
  }

  enter(name: string): void {
    this.#stack()?.push(name);
  }

  leave(): void {
    this.#stack()?.pop();
  }

  before(thread: Thread, step: Step): void {
    this.#running = thread;
    this.#step = step;
  }

  after(): void {
    this.#running = null;
    this.#step = null;
  }

  accessed(object: SharedObject, kind: 'read' | 'write'): void {
    if (this.#machine === null) {
      throw new Error(
        `audit heard an access to ${object.name} but hears no steps: pass \`observe: (machine) => audit.observing(machine)\` to execute()`,
      );
    }
    // Outside of steps it is the world's construction or a claim that looks, and no code path.
    if (this.#running === null || this.#step === null) return;
    const declared = objectIdOf(this.#step) === object.id;
    if (declared && !(kind === 'write' && accessOf(this.#step) === Access.read)) return;
    this.#add({
      kind: declared ? 'write under a read step' : 'undeclared object',
      thread: this.#running.name,
      step: describeStep(this.#machine, this.#step),
      object: object.name,
      function: this.#stack()?.at(-1) ?? null,
    });
  }

  #add(finding: AuditFinding): void {
    const place = [finding.kind, finding.function ?? '', finding.step, finding.object].join('\n');
    if (!this.#findings.has(place)) this.#findings.set(place, finding);
  }

  /** Functions that the running thread is in; null while the world is built. */
  #stack(): string[] | null {
    if (this.#running === null) return null;
    let stack = this.#frames.get(this.#running);
    if (stack === undefined) {
      stack = [];
      this.#frames.set(this.#running, stack);
    }
    return stack;
  }
}

const ACCESS_NAMES: ReadonlyMap<Access, string> = new Map(
  Object.entries(Access).map(([name, access]) => [access, name]),
);

function describeStep(machine: Machine, step: Step): string {
  const access = accessOf(step);
  const name = ACCESS_NAMES.get(access)!;
  return access === Access.begin ? name : `${name} ${machine.objects[objectIdOf(step)]!.name}`;
}
