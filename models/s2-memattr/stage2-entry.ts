import { type ObjectTable, SharedObject } from '../../harness/machine/shared.ts';
import { Access, type Step, stepOf } from '../../harness/machine/step.ts';
import type { GuestPage, Leaf } from '../../properties/s2-memattr/evidence.ts';

/** The entry of one guest page in the tables of stage 2, and what TLBs have of it. Null: invalid. */
export class Stage2Entry extends SharedObject {
  readonly page: GuestPage;
  leaf: Leaf | null = null;

  constructor(table: ObjectTable, page: GuestPage) {
    super(table, `stage 2 of ${page}`);
    this.page = page;
  }

  get read(): Step {
    return stepOf(this.id, Access.read);
  }

  /** One cmpxchg of the entry, with the invalidation that goes with it. */
  get update(): Step {
    return stepOf(this.id, Access.update);
  }

  reset(): void {
    this.leaf = null;
  }

  show(): string {
    if (this.leaf === null) return 'invalid';
    const { attr, pageFrame, write, exec } = this.leaf;
    return `${pageFrame}, ${attr}, r${write ? 'w' : ''}${exec ? 'x' : ''}`;
  }
}

/** Whether an entry lets an access through. */
export function permits(leaf: Leaf | null, access: 'read' | 'write' | 'exec'): boolean {
  return leaf?.[access] === true;
}
