import type { CodePath } from '../machine/step.ts';

/** Hears which kernel function a thread enters and leaves. */
export interface CallObserver {
  enter(name: string): void;
  leave(name: string): void;
}

type AnyCodePath = (...args: readonly never[]) => CodePath<unknown>;

/**
 * The same kernel with every code path reporting when it is entered and left. Search runs the plain kernel; only
 * recorded and sampled executions pay for this.
 */
export function instrument<K extends object>(kernel: K, observer: CallObserver): K {
  const wrapped: Record<string, unknown> = { ...(kernel as Record<string, unknown>) };
  for (const [name, value] of Object.entries(kernel)) {
    if (isCodePath(value)) wrapped[name] = observed(name, value, observer);
  }
  return wrapped as K;
}

export function isCodePath(value: unknown): value is AnyCodePath {
  return (
    typeof value === 'function' && Object.prototype.toString.call(value) === '[object GeneratorFunction]'
  );
}

function observed(name: string, path: AnyCodePath, observer: CallObserver): AnyCodePath {
  return function* (...args: readonly never[]) {
    observer.enter(name);
    try {
      return yield* path(...args);
    } finally {
      observer.leave(name);
    }
  };
}

/** Names of the code paths that a kernel has. */
export function codePathNames(kernel: object): string[] {
  return Object.entries(kernel)
    .filter(([, value]) => isCodePath(value))
    .map(([name]) => name);
}

/** Tells both, the second one first: it is inside. */
export function bothObservers(one: CallObserver, other: CallObserver | null): CallObserver {
  if (other === null) return one;
  return {
    enter(name) {
      other.enter(name);
      one.enter(name);
    },
    leave(name) {
      other.leave(name);
      one.leave(name);
    },
  };
}
