import { bisect } from '../cli/bisect.ts';
import { type BisectFlags, parseBisectOptions } from '../cli/bisect-options.ts';
import { DEFAULTS } from '../cli/defaults.ts';
import { gate } from '../cli/gate.ts';
import { type GateFlags, parseGateOptions } from '../cli/gate-options.ts';
import { run } from '../cli/run.ts';
import { parseRunOptions, type RunFlags } from '../cli/run-options.ts';
import { shellWord } from '../cli/shell-word.ts';
import type { Terminal } from '../cli/terminal.ts';
import { terminalPicture } from './terminal-picture.ts';

/** One picture of the README, made from what a command prints. */
export interface Screenshot {
  /** Of the file in docs/screenshots, without its ending. */
  readonly name: string;
  svg(): Promise<string>;
}

/** First and last line of what is shown of an output, counted from 1; the last may be beyond the end. */
type Window = readonly [first: number, last: number];

const ALL: readonly Window[] = [[1, Number.POSITIVE_INFINITY]];

const SEARCH: RunFlags = {
  model: [],
  property: [],
  runs: '50',
  time: undefined,
  seed: '1',
  'max-ops': DEFAULTS.maxOps,
  'max-steps': DEFAULTS.maxSteps,
  'max-schedules': DEFAULTS.runSchedules,
  strategy: DEFAULTS.strategy,
  jobs: undefined,
  shard: '1/1',
  reporter: [],
  corpus: DEFAULTS.corpus,
  save: false,
  bail: false,
  json: false,
  quiet: false,
};
const GATE: GateFlags = {
  ...SEARCH,
  profile: 'quick',
  changed: undefined,
  all: false,
  'exit-style': 'plain',
};
const BISECT: BisectFlags = {
  series: '',
  subsets: false,
  orders: false,
  property: [],
  'max-ops': '1',
  world: ['none'],
  'max-schedules': DEFAULTS.runSchedules,
  'max-steps': DEFAULTS.maxSteps,
  time: undefined,
  jobs: undefined,
  corpus: DEFAULTS.corpus,
  'exit-style': 'plain',
  json: false,
  quiet: false,
};

const SEARCH_DEFAULTS = { runs: DEFAULTS.runs };
const CLAIM = 'request-executes-as-validated';
const GATED = 'vfio-mmap/v3*';
const BISECTED = 'vfio-mmap/v3';
const BISECT_CLAIMS = ['interfaces-*', 'every-*', 'zap-*'];

export const SCREENSHOTS: readonly Screenshot[] = [
  screenshot({
    name: 'run',
    command: 'run --model v3 --seed 1 --runs 50',
    title: 'A state on which every claim holds',
    description:
      'The verdicts of a search of zpci-io/v3: each claim holds, with how often it was exercised, and what the search covered.',
    windows: ALL,
    print: (terminal) => run(parseRunOptions({ ...SEARCH, model: ['v3'] }, SEARCH_DEFAULTS, {}), terminal),
  }),
  screenshot({
    name: 'counterexample',
    command: `run --model v1 --property ${CLAIM} --seed 1 --runs 50 --no-save`,
    title: 'A counterexample',
    description:
      'zpci-io/v1 executes a request that its checks would refuse: the operations of two threads, the difference as a diff, the end of their interleaving, and whose code it is.',
    windows: [
      [1, 28],
      [69, 100],
    ],
    print: (terminal) =>
      run(parseRunOptions({ ...SEARCH, model: ['v1'], property: [CLAIM] }, SEARCH_DEFAULTS, {}), terminal),
  }),
  screenshot({
    name: 'gate',
    command: `gate --model ${shellWord(GATED)} --no-save`,
    title: 'Verdicts held against what is expected',
    description:
      'A table of the states of vfio-mmap/v3 with the numbers of claims that are broken, newly or still, and fixed; all as expected.',
    windows: ALL,
    print: (terminal) => gate(parseGateOptions({ ...GATE, runs: undefined, model: [GATED] }, {}), terminal),
  }),
  screenshot({
    name: 'bisect',
    command: `bisect ${BISECTED} --max-ops 1 --world none ${BISECT_CLAIMS.map((claim) => `--property ${shellWord(claim)}`).join(' ')}`,
    title: 'Which patch broke what',
    description:
      'A matrix of claims and prefixes of vfio-mmap/v3: two claims are broken from its second patch on.',
    windows: ALL,
    print: (terminal) =>
      bisect(parseBisectOptions({ ...BISECT, series: BISECTED, property: BISECT_CLAIMS }), terminal),
  }),
];

interface Scene {
  readonly name: string;
  readonly command: string;
  readonly title: string;
  readonly description: string;
  /** What is shown, in order; where something between them is cut, a mark says so. */
  readonly windows: readonly Window[];
  print(terminal: Terminal): Promise<unknown>;
}

function screenshot({ name, command, windows, print, ...words }: Scene): Screenshot {
  return {
    name,
    async svg() {
      let printed = '';
      await print({
        color: true,
        width: 80,
        interactive: false,
        stepSummary: null,
        print: (text) => {
          printed += text;
        },
        error: () => {},
        now: () => 0,
        today: () => '2026-01-01',
        onSignal: () => () => {},
      });
      const lines = shown(printed.trimEnd().split('\n'), windows);
      return terminalPicture({ ...words, command: `npx zpci-fuzz ${command}`, lines });
    },
  };
}

function shown(lines: readonly string[], windows: readonly Window[]): string[] {
  const parts = windows.map(([first, last]) => lines.slice(first - 1, last));
  const end = windows.at(-1)![1];
  const isCut = lines.length > end;
  const mark = `\u001b[2m${' '.repeat(30)}[ lines cut here ]\u001b[0m`;
  return parts.flatMap((part, at) => [...part, ...(at < parts.length - 1 || isCut ? ['', mark, ''] : [])]);
}
