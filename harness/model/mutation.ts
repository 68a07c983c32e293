/** One systematic weakening of a kernel: what a model would be if somebody had left a line out. */

import { ExclusiveLock, isHeldBy, RwSemaphore } from '../machine/locks.ts';
import type { Machine } from '../machine/machine.ts';
import type { SharedObject } from '../machine/shared.ts';
import { Access, accessOf, type CodePath, objectIdOf, type Step, stepOf } from '../machine/step.ts';
import { isCodePath } from './instrument.ts';

/**
 * `drop-lock`: a function asks for a lock no more, and whoever releases it does not either. `late-lock`: it takes it one
 * step later, `early-unlock`: it lets go one step after it took it. `drop-wait`, `drop-signal`: it goes on without waiting,
 * or without waking. `drop-call`: a function does nothing. `late-call`: it is called only after what its caller calls
 * next. `ignore-error`: what it returns as an error counts as success. `answer`: a test has always the same result.
 * `flip`: a fact is the other way round. `revert`: an entry is as in the base.
 */
export const OPERATORS = [
  'drop-lock',
  'late-lock',
  'early-unlock',
  'drop-wait',
  'drop-signal',
  'drop-call',
  'late-call',
  'ignore-error',
  'answer',
  'flip',
  'revert',
] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Mutation {
  readonly operator: Operator;
  /** Function of the kernel that it is in, or the entry or fact that it is of. */
  readonly where: string;
  /** The object (`zdev->lock`, numbers as `#`), the errno, or the answer; empty where there is none. */
  readonly what: string;
}

/** `drop-lock(vfio_pci_zdev_io_rw, zdev->lock)`: also the name under which the command line takes it. */
export const mutationName = ({ operator, where, what }: Mutation): string =>
  `${operator}(${where}${what === '' ? '' : `, ${what}`})`;

/** Null for what is no mutation. */
export function parseMutation(name: string): Mutation | null {
  const match = /^(?<operator>[a-z-]+)\((?<where>[^,()]+)(?:, (?<what>.*))?\)$/.exec(name)?.groups;
  const operator = OPERATORS.find((one) => one === match?.operator);
  return operator === undefined ? null : { operator, where: match!.where!, what: match!.what ?? '' };
}

/** Objects of one kind by one name: `wq0 wq_lock` is `wq# wq_lock`. */
export const objectKind = ({ name }: SharedObject): string => name.replace(/\d+/g, '#');

/** Hears and changes what the functions of a kernel do. */
export interface Hooks {
  /** Returned at once in the place of a call. */
  replaced?(name: string): { readonly value: unknown } | null;
  /** The same, and the call is made when the next one in that thread has returned, or whoever made it returns. */
  postponed?(name: string): { readonly value: unknown } | null;
  /** The operation under way, within which calls are postponed; null outside of any. */
  operation?(): object | null;
  /** Asked for each step that a function itself takes; true leaves it out. */
  leavesOut?(name: string, step: Step): boolean;
  /** Asked of each step that a function itself takes: a step to be taken in addition, before the second one from here. */
  adds?(name: string, step: Step): Step | null;
  /** What a call comes to. */
  returned?(name: string, value: unknown): unknown;
  /** Hears which facts are looked at, dotted as in `zdev.relaxedAlign`. */
  read?(fact: string): void;
  /** The same of functions that take no step. */
  answered?(name: string, value: unknown): unknown;
}

/** The same kernel with hooks at every function. A step is its innermost function's. */
export function hooked<K extends object>(kernel: K, hooks: Hooks): K {
  const wrapped: Record<string, unknown> = { ...(kernel as Record<string, unknown>) };
  const shared: Shared = { innermost: false, postponed: new WeakMap() };
  for (const [name, value] of Object.entries(kernel)) {
    if (isCodePath(value)) wrapped[name] = hookedPath(name, value, hooks, shared);
    else if (typeof value === 'function' && hooks.answered !== undefined) {
      const { answered } = hooks;
      wrapped[name] = (...args: readonly unknown[]) =>
        answered(name, (value as (...a: unknown[]) => unknown)(...args));
    }
  }
  return (hooks.read === undefined ? wrapped : overheard(wrapped, hooks.read)) as K;
}

/** A record whose facts tell when they are looked at, and so do those of the records in it. */
function overheard(record: object, read: (fact: string) => void, prefix = ''): object {
  return new Proxy(record, {
    get: (target, name) => {
      const value = (target as Record<string | symbol, unknown>)[name];
      if (typeof name === 'symbol') return value;
      if (typeof value === 'boolean') read(prefix + name);
      const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isRecord && prefix === '' ? overheard(value, read, `${name}.`) : value;
    },
  });
}

/** What the functions of one kernel tell each other. */
interface Shared {
  /** Set by the innermost function that a step passes. */
  innermost: boolean;
  /** By operation: where no other call ends in it any more, it is never made. */
  readonly postponed: WeakMap<object, CodePath<unknown>>;
}

function hookedPath(
  name: string,
  original: (...args: readonly never[]) => CodePath<unknown>,
  { replaced, postponed, operation, leavesOut, adds, returned }: Hooks,
  shared: Shared,
): (...args: readonly never[]) => CodePath<unknown> {
  return function* (...args: readonly never[]) {
    const instead = replaced?.(name) ?? null;
    if (instead !== null) return instead.value;
    const path = original(...args);
    const meanwhile = postponed?.(name) ?? null;
    const within = operation?.() ?? null;
    if (meanwhile !== null && within !== null && !shared.postponed.has(within)) {
      shared.postponed.set(within, path);
      return meanwhile.value;
    }
    let result = 0;
    let added: { readonly step: Step; next: boolean } | null = null;
    for (;;) {
      shared.innermost = false;
      const next = path.next(result);
      if (next.done === true) {
        const late = within === null ? undefined : shared.postponed.get(within);
        if (late !== undefined) {
          shared.postponed.delete(within!);
          yield* late;
        }
        return returned === undefined ? next.value : returned(name, next.value);
      }
      const step = next.value;
      const isOwn = !shared.innermost;
      if (added?.next === true) {
        shared.innermost = true;
        // Nothing is left out where it would have come now anyway.
        if (step !== added.step) yield added.step;
        added = null;
      } else if (added !== null) added.next = true;
      const more: Step | null = isOwn ? (adds?.(name, step) ?? null) : null;
      if (more !== null) added = { step: more, next: false };
      if (isOwn && leavesOut?.(name, step) === true) {
        // It is left out together with what would have undone it.
        if (more === null) added = null;
        // As if it had been granted.
        result = accessOf(step) === Access.tryAcquire || accessOf(step) === Access.tryAcquireShared ? 1 : 0;
        continue;
      }
      shared.innermost = true;
      result = yield step;
    }
  };
}

/** The kernel of a mutation, on one machine. `base`: what `revert` goes back to. */
export function mutate<K extends object>(kernel: K, base: K, mutation: Mutation, machine: Machine): K {
  const { operator, where, what } = mutation;
  const object = (step: Step): SharedObject => machine.objects[objectIdOf(step)]!;
  const isIt = (name: string, step: Step, accesses: readonly Access[]): boolean =>
    name === where && accesses.includes(accessOf(step)) && objectKind(object(step)) === what;
  const releasesUnheld = (step: Step): boolean =>
    RELEASES.includes(accessOf(step)) && objectKind(object(step)) === what && !holds(machine, object(step));
  switch (operator) {
    case 'drop-lock':
      return hooked(kernel, {
        leavesOut: (name, step) => isIt(name, step, ACQUIRES) || releasesUnheld(step),
      });
    case 'late-lock':
      return hooked(kernel, {
        leavesOut: (name, step) => isIt(name, step, ACQUIRES) || releasesUnheld(step),
        adds: (name, step) => (isIt(name, step, ACQUIRES) ? step : null),
      });
    case 'early-unlock':
      return hooked(kernel, {
        leavesOut: (_name, step) => releasesUnheld(step),
        adds: (name, step) => (isIt(name, step, ACQUIRES) ? releaseOf(step) : null),
      });
    case 'drop-wait':
      return hooked(kernel, {
        leavesOut: (name, step) => isIt(name, step, [Access.wait, Access.waitKillable]),
      });
    case 'drop-signal':
      return hooked(kernel, { leavesOut: (name, step) => isIt(name, step, [Access.signal]) });
    case 'drop-call':
      return hooked(kernel, { replaced: (name) => (name === where ? { value: parsed(what) } : null) });
    case 'late-call':
      return hooked(kernel, {
        postponed: (name) => (name === where ? { value: parsed(what) } : null),
        operation: () => machine.running?.call ?? null,
      });
    case 'ignore-error':
      return hooked(kernel, {
        returned: (name, value) => (name === where && value === Number(what) ? 0 : value),
      });
    case 'answer':
      return hooked(kernel, { answered: (name, value) => (name === where ? parsed(what) : value) });
    case 'flip':
      return flipped(kernel, where.split('.'));
    case 'revert':
      return { ...kernel, [where]: (base as Record<string, unknown>)[where] };
    default:
      return operator satisfies never;
  }
}

const ACQUIRES: readonly Access[] = [
  Access.acquire,
  Access.acquireKillable,
  Access.acquireShared,
  Access.tryAcquire,
  Access.tryAcquireShared,
];
const RELEASES: readonly Access[] = [Access.release, Access.releaseShared];

function releaseOf(step: Step): Step {
  const shared = accessOf(step) === Access.acquireShared || accessOf(step) === Access.tryAcquireShared;
  return stepOf(objectIdOf(step), shared ? Access.releaseShared : Access.release);
}

function holds({ running }: Machine, lock: SharedObject): boolean {
  const isLock = lock instanceof ExclusiveLock || lock instanceof RwSemaphore;
  return running !== null && isLock && isHeldBy(lock, running, false);
}

/** What a mutation's text says, as JSON; nothing for nothing. */
const parsed = (text: string): unknown => (text === '' ? undefined : (JSON.parse(text) as unknown));

/** `zdev.relaxedAlign`. */
function flipped<K extends object>(kernel: K, [first, ...rest]: readonly string[]): K {
  const value = (kernel as Record<string, unknown>)[first!];
  return { ...kernel, [first!]: rest.length === 0 ? value !== true : flipped(value as object, rest) };
}
