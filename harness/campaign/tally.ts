import type { Benches, Instruments, Run } from '../machine/execute.ts';
import { lockOrderOf } from '../machine/execute.ts';
import type { Machine } from '../machine/machine.ts';
import type { Signal } from '../machine/thread.ts';
import type { CallObserver } from '../model/instrument.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../scenario/arbitrary.ts';
import type { ChunkResult, SearchOptions } from './chunk.ts';
import type { Found } from './found.ts';
import type { CoverageBy } from './result.ts';

/** Judges the executions of one chunk and adds up what they came to. */
export class Tally {
  executions = 0;
  /** Where each step's thread is written, by `execute`. */
  readonly schedule: Uint8Array;
  /** Parsed worlds and their machines, shared by all programs of the chunk. */
  readonly benches: Benches = new Map();
  /** Notes which functions are entered. */
  readonly sample: Instruments;
  readonly #model: Model;
  readonly #chunk: number;
  readonly #properties: Model['properties'];
  readonly #exercised: number[];
  readonly #found = new Map<string, { -readonly [K in keyof Found]: Found[K] }>();
  readonly #reached = new Set<string>();
  readonly #returns = new Map<string, Set<number | Signal>>();
  #steps = 0;
  #deadlocks = 0;
  #endlessByDesign = 0;
  #livelocks = 0;
  #stepLimits = 0;

  constructor(model: Model, options: SearchOptions, chunk: number) {
    this.#model = model;
    this.#chunk = chunk;
    this.schedule = new Uint8Array(options.stepsMax);
    this.#properties = model.properties.filter(({ id }) => options.properties.includes(id));
    this.#exercised = this.#properties.map(() => 0);
    this.sample = { calls: reachedFunctions(this.#reached) };
  }

  /** One execution of the `sequence`-th operation sequence, just ended. */
  add({ machine, world, outcome }: Run, sequence: number, workload: Workload): void {
    this.executions++;
    this.#steps += machine.steps;
    if (outcome === 'deadlock') {
      if (machine.waitsByDesign) this.#endlessByDesign++;
      else this.#deadlocks++;
    }
    if (outcome === 'livelock') this.#livelocks++;
    if (outcome === 'step-limit') this.#stepLimits++;
    this.#noteReturns(machine);

    const execution = { machine, outcome, evidence: world };
    for (let p = 0; p < this.#properties.length; p++) {
      const property = this.#properties[p]!;
      const happened = property.check(execution, (kind) => {
        this.#noteFound(property.id, kind, machine, sequence, workload);
      });
      if (happened) this.#exercised[p]!++;
    }
  }

  #noteFound(
    property: string,
    kind: string,
    machine: Machine,
    sequence: number,
    { world, ops }: Workload,
  ): void {
    const key = `${property} ${kind}`;
    const known = this.#found.get(key);
    if (known === undefined) {
      const schedule = machine.takers();
      const chunk = this.#chunk;
      this.#found.set(key, { property, kind, executions: 1, chunk, sequence, world, ops, schedule });
    } else if (known.lastExecution !== this.executions) {
      known.executions++;
    }
    this.#found.get(key)!.lastExecution = this.executions;
  }

  #noteReturns(machine: Machine): void {
    for (const call of machine.returned) {
      let values = this.#returns.get(call.work.name);
      if (values === undefined) {
        values = new Set();
        this.#returns.set(call.work.name, values);
      }
      values.add(call.signal ?? call.ret!);
    }
  }

  /** What it all came to. `sequences` and `distinctSchedules` are the caller's to count. */
  result(sequences: number, distinctSchedules: number, by: CoverageBy): ChunkResult {
    return {
      chunk: this.#chunk,
      sequences,
      executions: this.executions,
      distinctSchedules,
      steps: this.#steps,
      deadlocks: this.#deadlocks,
      endlessByDesign: this.#endlessByDesign,
      livelocks: this.#livelocks,
      stepLimits: this.#stepLimits,
      functionsReached: this.#model.functions.filter((name) => this.#reached.has(name)),
      returns: Object.fromEntries([...this.#returns].map(([op, values]) => [op, [...values]])),
      exercised: this.#exercised,
      found: [...this.#found.values()],
      lockOrder: lockOrderOf(this.benches),
      by,
      hangs: [],
    };
  }
}

function reachedFunctions(reached: Set<string>): CallObserver {
  return { enter: (name) => reached.add(name), leave: () => {} };
}
