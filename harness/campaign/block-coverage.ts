import { type Debugger, type Profiler, Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/** One script, and what ran of it. */
export interface CoveredScript {
  readonly url: string;
  /** As it is executed: what was compiled from the file. */
  readonly source: string;
  readonly functions: readonly Profiler.FunctionCoverage[];
}

/**
 * Which blocks of code ran, as V8 counts them in this thread. Has to begin before a function runs for the first time: V8
 * compiles counters into it then.
 */
export class BlockCoverage {
  readonly #session = new Session();
  readonly #sources = new Map<string, string>();

  constructor() {
    // Optimized code does not count how often a function is entered: what was hot in one search would be missing in the next.
    setFlagsFromString('--no-opt');
    setFlagsFromString('--no-maglev');
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What ran since the last time, of the scripts whose address `covers` says yes to. */
  take(covers: (url: string) => boolean): CoveredScript[] {
    const { result } = this.#post<Profiler.TakePreciseCoverageReturnType>('Profiler.takePreciseCoverage');
    const covered = result.filter(({ url }) => covers(url));
    this.#readSources(covered.map(({ scriptId }) => scriptId));
    return covered.map(({ scriptId, url, functions }) => ({
      url,
      source: this.#sources.get(scriptId)!,
      functions,
    }));
  }

  end(): void {
    this.#session.disconnect();
  }

  /** With the debugger on, code runs ten times as slow: only for as long as it is asked for sources. */
  #readSources(scriptIds: readonly string[]): void {
    const missing = scriptIds.filter((scriptId) => !this.#sources.has(scriptId));
    if (missing.length === 0) return;
    this.#post('Debugger.enable');
    for (const scriptId of missing) {
      const { scriptSource } = this.#post<Debugger.GetScriptSourceReturnType>('Debugger.getScriptSource', {
        scriptId,
      });
      this.#sources.set(scriptId, scriptSource);
    }
    this.#post('Debugger.disable');
  }

  /** Within one thread the answer is there when `post` returns. */
  #post<T>(method: string, params: object = {}): T {
    let answer: T | null = null;
    this.#session.post(method, params, (error, result) => {
      if (error !== null) throw error;
      answer = result as T;
    });
    return answer!;
  }
}
