import { type ObjectTable, SharedObject } from './shared.ts';
import { Access, type Step, stepOf } from './step.ts';

/** Where accesses meet a device, one at a time. What they were is in the world's list; here is the last, for recordings. */
export class Port extends SharedObject {
  last = '';

  constructor(table: ObjectTable, name: string) {
    super(table, name);
  }

  get access(): Step {
    return stepOf(this.id, Access.update);
  }

  reset(): void {
    this.last = '';
  }

  show(): string {
    return this.last;
  }
}
