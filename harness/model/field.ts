/** A value in a scenario file: plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What a field of an operation or of the world may hold. One declaration serves generation, validation, shrinking
 * and documentation.
 *
 * `values` are the ones worth trying, simplest first: generation draws from them, shrinking goes down the list.
 */
export type Field =
  | {
      /** A whole number; one whose `max` is beyond 32 bits may also be written as a hex string. */
      readonly kind: 'integer';
      readonly min: number;
      readonly max: number;
      readonly values: readonly number[];
      readonly about: string;
    }
  | {
      /** 0 to 2^64 - 1: a decimal number up to 2^53 or a string like `"0x100000000000"`. */
      readonly kind: 'u64';
      readonly values: readonly (number | string)[];
      readonly about: string;
    }
  | { readonly kind: 'choice'; readonly values: readonly (string | boolean)[]; readonly about: string }
  | {
      /** A value the generator draws whole from `values`; `schema` says what a file may hold besides them. */
      readonly kind: 'whole';
      readonly values: readonly Json[];
      readonly schema: Json;
      readonly about: string;
    }
  | {
      /** An identifier that a scenario chooses, to name something that it makes and uses later. */
      readonly kind: 'name';
      readonly values: readonly string[];
      readonly about: string;
    }
  | { readonly kind: 'record'; readonly fields: Fields; readonly about: string };

/**
 * Fields by name. Those with `optional` may be left out: numbers are then 0, choices their first value, records empty,
 * and what a name would name has none.
 */
export type Fields = Readonly<Record<string, Field & { readonly optional?: true }>>;

/** One kind of operation of a series. */
export interface OperationSpec {
  readonly name: string;
  readonly about: string;
  /**
   * Actor roles that may ask for it: `user` stands for user0, user1, … and plain `user`. Of several the first is the
   * one that small scenarios are made of.
   */
  readonly role: string | readonly string[];
  readonly fields: Fields;
  /** How often it is generated beside the others. */
  readonly weight: number;
}

/** Roles that may ask for an operation, at least one. */
export const rolesOf = ({ role }: OperationSpec): readonly string[] =>
  typeof role === 'string' ? [role] : role;

/** The role that small scenarios ask for it with. */
export const mainRole = (spec: OperationSpec): string => rolesOf(spec)[0]!;

/** The simplest value of a field: what is mostly asked for, not nothing at all. */
export function simplest(field: Field): Json {
  return field.kind === 'record'
    ? Object.fromEntries(Object.entries(field.fields).map(([name, inner]) => [name, simplest(inner)]))
    : field.values[0]!;
}
