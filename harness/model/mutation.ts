/** One systematic weakening of a kernel: what a model would be if somebody had left a line out. */

import { ExclusiveLock, RwSemaphore } from '../machine/locks.ts';
import type { Machine } from '../machine/machine.ts';
import type { SharedObject } from '../machine/shared.ts';
import { Access, accessOf, type CodePath, objectIdOf, type Step, stepOf } from '../machine/step.ts';
import { isCodePath } from './instrument.ts';

/**
 * `drop-lock`: a function asks for a lock no more, and whoever releases it does not either. `early-unlock`: it lets go one
 * step after it took it. `drop-wait`, `drop-signal`: it goes on without waiting, or without waking. `drop-call`: a function
 * does nothing. `ignore-error`: what it returns as an error counts as success. `answer`: a test has always the same
 * result. `flip`: a fact is the other way round. `revert`: an entry is as in the base.
 */
export const OPERATORS = [
  'drop-lock',
  'early-unlock',
  'drop-wait',
  'drop-signal',
  'drop-call',
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
  /** Asked for each step that a function itself takes; true leaves it out. */
  leavesOut?(name: string, step: Step): boolean;
  /** Asked of each step that a function itself takes: a step to be taken in addition, before the second one from here. */
  adds?(name: string, step: Step): Step | null;
  /** What a call comes to. */
  returned?(name: string, value: unknown): unknown;
  /** The same of functions that take no step. */
  answered?(name: string, value: unknown): unknown;
}

/** The same kernel with hooks at every function. A step is its innermost function's. */
export function hooked<K extends object>(kernel: K, hooks: Hooks): K {
  const wrapped: Record<string, unknown> = { ...(kernel as Record<string, unknown>) };
  const innermost = { found: false };
  for (const [name, value] of Object.entries(kernel)) {
    if (isCodePath(value)) wrapped[name] = hookedPath(name, value, hooks, innermost);
    else if (typeof value === 'function' && hooks.answered !== undefined) {
      const { answered } = hooks;
      wrapped[name] = (...args: readonly unknown[]) =>
        answered(name, (value as (...a: unknown[]) => unknown)(...args));
    }
  }
  return wrapped as K;
}

function hookedPath(
  name: string,
  original: (...args: readonly never[]) => CodePath<unknown>,
  { replaced, leavesOut, adds, returned }: Hooks,
  innermost: { found: boolean },
): (...args: readonly never[]) => CodePath<unknown> {
  return function* (...args: readonly never[]) {
    const instead = replaced?.(name) ?? null;
    if (instead !== null) return instead.value;
    const path = original(...args);
    let result = 0;
    let added: { readonly step: Step; next: boolean } | null = null;
    for (;;) {
      innermost.found = false;
      const next = path.next(result);
      if (next.done === true) return returned === undefined ? next.value : returned(name, next.value);
      const step = next.value;
      const isOwn = !innermost.found;
      if (added?.next === true) {
        innermost.found = true;
        // Nothing is left out where it would have come now anyway.
        if (step !== added.step) yield added.step;
        added = null;
      } else if (added !== null) added.next = true;
      if (isOwn && leavesOut?.(name, step) === true) {
        // As if it had been granted.
        result = accessOf(step) === Access.tryAcquire || accessOf(step) === Access.tryAcquireShared ? 1 : 0;
        continue;
      }
      const more: Step | null = isOwn ? (adds?.(name, step) ?? null) : null;
      if (more !== null) added = { step: more, next: false };
      innermost.found = true;
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
      return hooked(kernel, { replaced: (name) => (name === where ? { value: valueOf(what) } : null) });
    case 'ignore-error':
      return hooked(kernel, {
        returned: (name, value) => (name === where && value === Number(what) ? 0 : value),
      });
    case 'answer':
      return hooked(kernel, { answered: (name, value) => (name === where ? valueOf(what) : value) });
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
  if (running === null) return false;
  if (lock instanceof ExclusiveLock) return lock.owner === running;
  return lock instanceof RwSemaphore && (lock.writer === running || lock.readers.includes(running));
}

/** What a mutation's text says, as JSON; nothing for nothing. */
const valueOf = (text: string): unknown => (text === '' ? undefined : (JSON.parse(text) as unknown));

/** `zdev.relaxedAlign`. */
function flipped<K extends object>(kernel: K, [first, ...rest]: readonly string[]): K {
  const value = (kernel as Record<string, unknown>)[first!];
  return { ...kernel, [first!]: rest.length === 0 ? value !== true : flipped(value as object, rest) };
}
