/** Claims about how calls come back: with an error where there is a cause for it, and nowhere else. */
import type { Property } from '../../harness/model/property.ts';
import { type Cause, causesOf } from './causes.ts';
import { answerName, operationOf } from './describe.ts';
import type { Evidence, MemAttrOperation } from './evidence.ts';

const causeLine = ({ answer, what }: Cause<MemAttrOperation>): string => `${answerName(answer)}: ${what}`;

/** Goes by what was so at some time during the call: who else comes in between may be what the call has met. */
export const errorsHaveCause: Property<Evidence> = {
  id: 'errors-have-a-cause',
  claim:
    'a call that fails, or an access that does not arrive, has met what is documented to give that answer',
  source: {
    status: 'inferred',
    note: 'from the sources of each call (v6.8) and the Arm ARM: causes.ts has the table',
  },
  check({ machine, evidence }, report) {
    let exercised = false;
    for (const call of machine.returned) {
      const { ret, returned, thread, work } = call;
      if (ret === null || ret === 0) continue;
      exercised = true;
      const operation = operationOf(call);
      let isFounded = false;
      for (const cause of causesOf(operation)) {
        if (cause.answer === ret && cause.possible(operation, call, evidence, machine)) isFounded = true;
      }
      if (isFounded) continue;
      report(`${answerName(ret)}-without-cause`, returned, () => ({
        message: `${work.name} of ${thread.name} comes back with ${answerName(ret)}, and none of its causes was there at any time during the call.`,
        expected: causesOf(operation)
          .filter((cause) => cause.possible(operation, call, evidence, machine))
          .map(causeLine)
          .concat(['success']),
        actual: [answerName(ret)],
      }));
    }
    return exercised;
  },
};

/** Goes by what was so all the time of the call. Which of several causes is found first is not judged. */
export const causesGiveError: Property<Evidence> = {
  id: 'causes-give-an-error',
  claim: 'a call does not succeed, nor does an access arrive, where a cause of failure is there all the time',
  source: {
    status: 'inferred',
    note: 'from the sources of each call (v6.8) and the Arm ARM: causes.ts has the table',
  },
  check({ machine, evidence }, report) {
    let exercised = false;
    for (const call of machine.returned) {
      const { ret, returned, thread, work } = call;
      const operation = operationOf(call);
      for (const cause of causesOf(operation)) {
        if (!cause.certain(operation, call, evidence, machine)) continue;
        exercised = true;
        if (ret !== 0) continue;
        report(`succeeds-despite-${answerName(cause.answer)}`, returned, () => ({
          message: `${work.name} of ${thread.name} succeeds, and from its beginning to its end: ${cause.what}.`,
          expected: [causeLine(cause)],
          actual: ['success'],
        }));
      }
    }
    return exercised;
  },
};
