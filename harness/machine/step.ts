/**
 * A step is what a thread is about to do, offered to the scheduler before it happens.
 *
 * It is a number, `object id << 4 | access`, and not an object: a code path that yields allocates nothing, a
 * whole execution is an array of small integers, and what a step touches (for race reports and partial-order
 * reduction) is read off the number.
 */
declare const stepBrand: unique symbol;
export type Step = number & { readonly [stepBrand]: true };

/**
 * What a step does to its object. Those up to `adjust` the code path itself carries out, those from `acquire` on may
 * block; {@link isPlain} and {@link mayBlock} rely on the order.
 */
export const Access = {
  /** An operation or a started actor begins; touches nothing. */
  begin: 0,
  read: 1,
  write: 2,
  /** An atomic read-modify-write: a reference count, a device instruction. */
  update: 3,
  /** A get or put of a reference count: commutes with its like while the initial reference is held. */
  adjust: 4,
  release: 5,
  releaseShared: 6,
  signal: 7,
  tryAcquire: 8,
  tryAcquireShared: 9,
  acquire: 10,
  acquireKillable: 11,
  acquireShared: 12,
  wait: 13,
  waitKillable: 14,
} as const;
export type Access = (typeof Access)[keyof typeof Access];

const ACCESS_BITS = 4;
const ACCESS_MASK = (1 << ACCESS_BITS) - 1;

export const stepOf = (objectId: number, access: Access): Step =>
  ((objectId << ACCESS_BITS) | access) as Step;
export const accessOf = (step: Step): Access => (step & ACCESS_MASK) as Access;
export const objectIdOf = (step: Step): number => step >>> ACCESS_BITS;

/** Whether nothing but the code path decides what a step does. */
export const isPlain = (access: Access): boolean => access <= Access.adjust;

/** Whether a thread can be found unable to take this step. */
export const mayBlock = (step: Step): boolean => (step & ACCESS_MASK) >= Access.acquire;

/** The step every operation starts with. */
export const BEGIN = stepOf(0, Access.begin);

/**
 * One thread of execution in one function: yields steps, is resumed with each step's result (0, a trylock's
 * 0 or 1, or -EINTR from a killable wait that was killed), returns the function's value.
 *
 * Between two yields everything happens at once. A code path must not touch more than the one shared object its
 * last step named, and must not read clocks, random numbers or anything outside its world.
 */
export type CodePath<T> = Generator<Step, T, number>;
