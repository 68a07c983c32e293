/** Resources as kernel/resource.c keeps them, and who answers at an address. */
import { type ObjectTable, SharedObject } from '../../harness/machine/shared.ts';
import { Access, type Step, stepOf } from '../../harness/machine/step.ts';
import { WINDOW_SIZE } from './layout.ts';

/** `struct resource` in the memory window of the host bridge: a BAR with an address, or what holds its place. */
export interface Resource {
  readonly kind: 'BAR' | 'VF BAR' | 'dummy';
  /** `0000:01:00.0 BAR 0`. */
  readonly name: string;
  readonly device: string;
  readonly start: number;
  /** As the kernel has it. */
  readonly size: number;
  /** As the function decodes it. */
  readonly hardware: number;
}

/** A BAR of some function, at an address. */
export interface Decoder {
  readonly name: string;
  readonly device: string;
  readonly bar: number;
  readonly start: number;
  readonly size: number;
}

export const overlaps = (aStart: number, aSize: number, bStart: number, bSize: number): boolean =>
  aStart < bStart + bSize && bStart < aStart + aSize;

export const alignUp = (address: number, align: number): number => Math.ceil(address / align) * align;
export const alignDown = (address: number, align: number): number => Math.floor(address / align) * align;

/** Children of the window, in order of their addresses. */
export class ResourceList {
  readonly all: Resource[] = [];

  /** request_resource(): false where it returns -EBUSY. */
  request(resource: Resource): boolean {
    const { start, size } = resource;
    if (start < 0 || start + size > WINDOW_SIZE) return false;
    if (this.all.some((other) => overlaps(start, size, other.start, other.size))) return false;
    const after = this.all.findIndex((other) => other.start > start);
    this.all.splice(after < 0 ? this.all.length : after, 0, resource);
    return true;
  }

  /** find_resource(): the lowest address with room, or null. Dummies do not count where `bars` is set. */
  room(size: number, align: number, only: 'all' | 'BARs' = 'all'): number | null {
    let from = 0;
    for (const { kind, start, size: taken } of this.all) {
      if (only === 'BARs' && kind === 'dummy') continue;
      if (alignUp(from, align) + size <= start) break;
      from = Math.max(from, start + taken);
    }
    const found = alignUp(from, align);
    return found + size <= WINDOW_SIZE ? found : null;
  }

  release(resource: Resource): void {
    this.all.splice(this.all.indexOf(resource), 1);
  }
}

/** The resource tree of one execution: its steps are taken under resource_lock, reads of rfc3 and rfc4 excepted. */
export class ResourceTree extends SharedObject {
  readonly list = new ResourceList();
  readonly #boot: readonly Resource[];

  constructor(table: ObjectTable, boot: readonly Resource[]) {
    super(table, 'resource tree');
    this.#boot = boot;
    this.reset();
  }

  get read(): Step {
    return stepOf(this.id, Access.read);
  }

  get write(): Step {
    return stepOf(this.id, Access.write);
  }

  reset(): void {
    this.list.all.length = 0;
    this.list.all.push(...this.#boot);
  }

  show(): string {
    return this.list.all
      .map(({ name, start, size }) => `${name} 0x${start.toString(16)}-0x${(start + size - 1).toString(16)}`)
      .join(', ');
  }
}

/** BARs that functions decode: what was hot added on top of what is there since boot. */
export class Decoders extends SharedObject {
  /** In order of arrival. */
  readonly added: Decoder[] = [];
  readonly #boot: readonly Decoder[];

  constructor(table: ObjectTable, boot: readonly Decoder[]) {
    super(table, 'BARs on the bus');
    this.#boot = boot;
  }

  get write(): Step {
    return stepOf(this.id, Access.write);
  }

  at(address: number): Decoder | null {
    const holds = ({ start, size }: Decoder): boolean => address >= start && address < start + size;
    return this.#boot.find(holds) ?? this.added.find(holds) ?? null;
  }

  /** Those with bytes in a range. */
  in(start: number, size: number): Decoder[] {
    return [...this.#boot, ...this.added].filter((one) => overlaps(start, size, one.start, one.size));
  }

  reset(): void {
    this.added.length = 0;
  }

  show(): string {
    return [...this.#boot, ...this.added]
      .map(({ name, start }) => `${name} at 0x${start.toString(16)}`)
      .join(', ');
  }
}
