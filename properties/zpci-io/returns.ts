/** Claims about what calls return, and why. */
import { describeReturn } from '../../harness/machine/errno.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import { ask, type Interface } from './causes.ts';
import type { Evidence } from './evidence.ts';

const asDocumented = {
  status: 'inferred',
  note: 'read off v1 4/4, vfio_pci_rdwr.c, vfio/ism as merged and s390-pci-inst.c; what v3 checks is inferred',
} as const;

/** `EINVAL` of 22. */
const nameOf = (errno: number): string => /\(-(\w+)\)/.exec(describeReturn(-errno))?.[1] ?? String(errno);

function isAccountedFor<O>(
  asked: Interface<O>,
  operation: O,
  execution: Execution<Evidence>,
  call: Call,
): boolean {
  for (const { errno, presence } of asked.causes) {
    if (-errno === call.ret && presence(operation, execution, call) !== 'absent') return true;
  }
  return false;
}

function presentCauses<O>(
  asked: Interface<O>,
  operation: O,
  execution: Execution<Evidence>,
  call: Call,
): readonly string[] {
  const present = asked.causes.filter(({ presence }) => presence(operation, execution, call) !== 'absent');
  return present.map(({ errno, what }) => `-${nameOf(errno)}: ${what}`);
}

export const errorsHaveACause: Property<Evidence> = {
  id: 'errors-have-a-cause',
  claim: 'a call that returns an error was in a situation that is documented to give that error',
  source: asDocumented,
  check(execution, report) {
    let exercised = false;
    for (const call of execution.machine.returned) {
      if (call.ret === null || call.ret >= 0) continue;
      exercised = true;
      if (ask(call, execution, isAccountedFor, true)) continue;
      const { ret } = call;
      report(`${nameOf(-ret)}-without-cause`, call.returned, () => {
        const causes = ask<readonly string[]>(call, execution, presentCauses, []);
        return {
          message: `${call.thread.name}: ${call.work.name} returned ${describeReturn(ret)}, for which there was no reason.`,
          expected: causes.length === 0 ? ['success'] : causes,
          actual: [`ret ${describeReturn(ret)}`],
        };
      });
    }
    return exercised;
  },
};

/** What must fail, and what may be said of it: 0 where nothing must. */
function certainErrno<O>(
  asked: Interface<O>,
  operation: O,
  execution: Execution<Evidence>,
  call: Call,
): number {
  for (const { errno, presence } of asked.causes) {
    if (presence(operation, execution, call) === 'certain') return errno;
  }
  return 0;
}

/** Whether a check that comes first was there all the time, and the error is that of a later one. */
function comesTooEarly<O>(
  asked: Interface<O>,
  operation: O,
  execution: Execution<Evidence>,
  call: Call,
): boolean {
  if (!asked.ordered) return false;
  for (const { errno, presence } of asked.causes) {
    const there = presence(operation, execution, call);
    if (there !== 'absent' && -errno === call.ret) return false;
    if (there === 'certain') return true;
  }
  return false;
}

export const causesGiveAnError: Property<Evidence> = {
  id: 'causes-give-an-error',
  claim: 'a call with a cause of an error does not succeed, and of several checks the first one answers',
  source: asDocumented,
  check(execution, report) {
    let exercised = false;
    for (const call of execution.machine.returned) {
      const { ret } = call;
      if (ret === null) continue;
      const errno = ask(call, execution, certainErrno, 0);
      if (errno === 0) continue;
      exercised = true;
      const name = nameOf(errno);
      if (ret < 0 && (ret === -errno || !ask(call, execution, comesTooEarly, false))) continue;
      // An error without any cause is the other claim's matter.
      if (ret < 0 && !ask(call, execution, isAccountedFor, true)) continue;
      report(ret >= 0 ? `succeeds-despite-${name}` : `${nameOf(-ret)}-before-${name}`, call.returned, () => ({
        message: `${call.thread.name}: ${call.work.name} returned ${describeReturn(ret)}, where it had to fail.`,
        expected: ask<readonly string[]>(call, execution, presentCauses, []),
        actual: [`ret ${describeReturn(ret)}`],
      }));
    }
    return exercised;
  },
};
