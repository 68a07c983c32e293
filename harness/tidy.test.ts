/**
 * Holds the style: each finding is `path:line: message (what to do)`. Words that must not stand anywhere are built
 * from pieces here, so that this file passes its own rules.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = normalize(join(dirname(fileURLToPath(import.meta.url)), '..'));

/** A file by its path from the root of the repository, with forward slashes. */
interface Source {
  readonly path: string;
  readonly text: string;
}

type Layer = 'harness' | 'cli' | 'bench' | 'models' | 'properties' | 'reports' | 'explorer';

/** What the tests of a folder share. */
const isFixture = (path: string): boolean => path.endsWith('.fixture.ts');

const isTest = (path: string): boolean => /\.(?:test|browser)\.ts$/.test(path) || isFixture(path);

/** Null for what belongs to no layer: configuration, documents, the workflows. */
function layerOf(path: string): Layer | null {
  if (path.startsWith('harness/cli/')) return 'cli';
  if (path.startsWith('harness/bench/')) return 'bench';
  // A program of its own, which runs in a browser: it puts machine, models and page together, as harness/cli does.
  if (path.startsWith('reports/explorer/')) return 'explorer';
  const top = path.split('/')[0];
  return top === 'harness' || top === 'models' || top === 'properties' || top === 'reports' ? top : null;
}

// Imports: harness/cli -> reports, models -> properties -> harness.

interface Import {
  readonly line: number;
  /** Path from the root of the repository. */
  readonly target: string;
  readonly typesOnly: boolean;
}

const IMPORT =
  /^(?:import|export)\b(\s+type\b)?[^;'"]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;

/** Relative imports and re-exports; `import { type T }` counts as one of values, which is what it compiles to. */
function importsOf({ path, text }: Source): Import[] {
  const imports: Import[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const specifier = match[2] ?? match[3] ?? match[4]!;
    if (!specifier.startsWith('.')) continue;
    imports.push({
      line: lineAt(text, match.index),
      target: normalize(join(dirname(path), specifier))
        .split(sep)
        .join('/'),
      typesOnly: match[1] !== undefined,
    });
  }
  return imports;
}

/** Small modules that a report may take values from: they turn what a verdict holds into words. */
const REPORTS_MAY_CALL = ['harness/model/source.ts', 'harness/machine/errno.ts'];

interface ImportRule {
  readonly message: string;
  forbids(from: Layer, to: Layer, imported: Import): boolean;
}

const IMPORT_RULES: readonly ImportRule[] = [
  {
    message: 'only tests use fixtures (move what is needed elsewhere into a module of its own)',
    forbids: (_from, _to, { target }) => isFixture(target),
  },
  {
    message: 'only harness/cli and harness/bench know the command line (take what you need as an argument)',
    forbids: (from, to) => from !== 'cli' && from !== 'bench' && (to === 'cli' || to === 'bench'),
  },
  {
    message:
      'the harness knows no series, claim or report (take it as an argument; harness/cli puts them together)',
    forbids: (from, to) => from === 'harness' && (to === 'models' || to === 'properties' || to === 'reports'),
  },
  {
    message: 'properties know no model and no report (declare what the claim needs as evidence)',
    forbids: (from, to) => from === 'properties' && (to === 'models' || to === 'reports'),
  },
  {
    message: 'models know no report (return data; reports/ turns it into text)',
    forbids: (from, to) => from === 'models' && to === 'reports',
  },
  {
    message: 'reports know no model and no claim (have harness/cli hand over what is printed)',
    forbids: (from, to) => from === 'reports' && (to === 'models' || to === 'properties'),
  },
  {
    message: 'the explorer is a program of its own (import only types from it)',
    forbids: (from, to, { typesOnly }) => from !== 'explorer' && to === 'explorer' && !typesOnly,
  },
  {
    message: `reports import only types from the harness (write \`import type\`, or have harness/cli hand the value over; values come from ${REPORTS_MAY_CALL.join(' and ')} alone)`,
    forbids: (from, to, { typesOnly, target }) =>
      from === 'reports' && to === 'harness' && !typesOnly && !REPORTS_MAY_CALL.includes(target),
  },
];

/** Tests may import anything: they put things together that otherwise only harness/cli does. */
function importFindings(source: Source): string[] {
  const from = layerOf(source.path);
  if (from === null || isTest(source.path)) return [];
  return importsOf(source).flatMap((imported) => {
    const to = layerOf(imported.target);
    if (to === null) return [];
    return IMPORT_RULES.filter((rule) => rule.forbids(from, to, imported)).map(
      ({ message }) => `${source.path}:${imported.line}: ${message}`,
    );
  });
}

// Words.

interface WordRule {
  readonly message: string;
  readonly pattern: RegExp;
  /** Where it holds. */
  covers(path: string): boolean;
  /** Comments may speak of what code must not do. */
  readonly codeOnly: boolean;
}

/** Code whose every execution must be the same for the same inputs. */
const deterministic = (path: string): boolean =>
  path.endsWith('.ts') && !isTest(path) && ['harness', 'models', 'properties'].includes(layerOf(path) ?? '');

const described = (path: string): boolean =>
  path.endsWith('.ts') && !isTest(path) && ['models', 'properties'].includes(layerOf(path) ?? '');

const typescript = (path: string): boolean => /\.tsx?$/.test(path);

/** A pattern of words that this file must not contain as a whole. */
const pieces = (...parts: readonly string[]): RegExp => new RegExp(parts.join(''), 'g');

const WORD_RULES: readonly WordRule[] = [
  {
    message: 'Math.random cannot be replayed (draw from a Random of harness/explore/rng.ts)',
    pattern: /\bMath\.random\b/g,
    covers: deterministic,
    codeOnly: true,
  },
  {
    message: 'the date cannot be replayed (take the time as an argument)',
    pattern: /\bnew Date\b|\bDate\s*[.(]/g,
    covers: deterministic,
    codeOnly: true,
  },
  {
    message: 'the clock cannot be replayed (take `now` as an argument)',
    pattern: /\bperformance\s*\.\s*now\b/g,
    covers: deterministic,
    codeOnly: true,
  },
  {
    message: 'only harness/cli looks at the process (take what you need as an argument)',
    // Not any `process.`: a model may well call a modelled process that.
    pattern:
      /(?<![\w.#])process\s*\.\s*(?:argv|env|exit|exitCode|stdin|stdout|stderr|cwd|hrtime|uptime|memoryUsage|cpuUsage|pid|platform|arch|versions?|on|once|off|nextTick|emitWarning)\b|'node:process'/g,
    covers: deterministic,
    codeOnly: true,
  },
  {
    message: 'timers make the order of things ambient (let the machine decide who runs next)',
    pattern: /\bset(?:Timeout|Interval|Immediate)\b/g,
    covers: deterministic,
    codeOnly: true,
  },
  {
    message: 'sort() without a comparator sorts numbers as text (say what comes first)',
    pattern: /\.(?:sort|toSorted)\(\s*\)/g,
    covers: deterministic,
    codeOnly: true,
  },
  {
    message: 'models and claims are not asynchronous (write a generator that yields steps)',
    pattern: /\basync\b(?!\s*[:?,=)])|\bawait\b|\bPromise\b/g,
    covers: described,
    codeOnly: true,
  },
  {
    message: 'a test that is left out or runs alone hides the others (remove it)',
    pattern: /\b(?:test|it|describe)\s*(?:\.\w+)*\.(?:only|skip|todo)\b/g,
    covers: isTest,
    codeOnly: true,
  },
  {
    message: 'leftovers stay for years (do it, or pin it as a test named `fixme: …`)',
    pattern: pieces('\\b(?:TO', 'DO|FIX', 'ME)\\b'),
    covers: () => true,
    codeOnly: false,
  },
  {
    message: 'any switches the type checker off (name the type, or use unknown and look)',
    pattern: /:\s*any\b(?!\s*[}:])|<\s*any\b|,\s*any\s*>|\bas\s+any\b|\bany\[\]/g,
    covers: typescript,
    codeOnly: true,
  },
  {
    message: 'a silenced type error comes back at run time (make the types say what is so)',
    pattern: pieces('@ts-(?:ig', 'nore|expect-', 'error|no', 'check)'),
    covers: typescript,
    codeOnly: false,
  },
  {
    message: 'the folder beside the repository is not part of it (say it here, or leave it out)',
    pattern: pieces('\\.\\./sha', 'red/'),
    covers: (path) => !path.startsWith('.ci/'),
    codeOnly: false,
  },
  {
    message: 'a path of one machine means nothing on another (write it from the root of the repository)',
    pattern: pieces('(?<![\\w.-])/(?:wo', 'rk|ho', 'me/\\w+|Us', 'ers/\\w+)/'),
    covers: () => true,
    codeOnly: false,
  },
];

function wordFindings({ path, text }: Source): string[] {
  const code = withoutComments(text);
  return WORD_RULES.filter((rule) => rule.covers(path)).flatMap(({ message, pattern, codeOnly }) =>
    [...(codeOnly ? code : text).matchAll(pattern)].map(
      (match) => `${path}:${lineAt(text, match.index)}: ${message}`,
    ),
  );
}

/** Comments and plain strings blanked out, everything else at its place. Template literals hold code and stay. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, (found) =>
    found === "'node:process'" ? found : found.replace(/[^\n]/g, ' '),
  );
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

// Folders.

const SERIES_FILES: Readonly<Record<string, string>> = {
  'README.md': 'open it with the kernel path, what is modelled and what is left out',
  'series.ts': 'export what defineSeries() returns',
  'operations.ts': 'declare the operations and what their fields may hold',
  'world.ts': 'declare the state that one execution runs on',
};

/** What the folder of a series lacks. Shared helpers of several series would be a layer of their own. */
function seriesFindings(paths: readonly string[]): string[] {
  const series = new Set<string>();
  for (const path of paths) {
    const [top, folder, ...rest] = path.split('/');
    if (top === 'models' && rest.length > 0) series.add(`models/${folder}`);
  }
  return [...series].flatMap((folder) =>
    Object.entries(SERIES_FILES)
      .filter(([file]) => !paths.includes(`${folder}/${file}`))
      .map(([file, advice]) => `${folder}/${file}:1: every series has one (${advice})`),
  );
}

// The repository.

/** `corpus` is data, `dist` is built, and `.git` and `node_modules` are not ours. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'corpus', 'coverage', '.git']);
const READ = /\.(?:tsx?|js|mjs|md|json|ya?ml)$/;

function sourcesUnder(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : sourcesUnder(path);
    if (!READ.test(entry.name) || entry.name === 'package-lock.json') return [];
    return [{ path: relative(ROOT, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }];
  });
}

const allFindings = (sources: readonly Source[]): string[] => [
  ...sources.flatMap(importFindings),
  ...sources.flatMap(wordFindings),
  ...seriesFindings(sources.map(({ path }) => path)),
];

describe('the repository', () => {
  test('keeps to its rules', () => {
    const sources = sourcesUnder(ROOT);
    expect(sources.map(({ path }) => path)).toContain('harness/tidy.test.ts');
    expect(allFindings(sources)).toEqual([]);
  });
});

describe('the rules', () => {
  const IN_MODEL = 'models/x/v1.ts';
  const word = (...parts: readonly string[]): string => parts.join('');

  const BAD: readonly { readonly path: string; readonly text: string; readonly says: string }[] = [
    { path: 'harness/a.ts', text: "import { H } from './h.fixture.ts';", says: 'only tests use fixtures' },
    {
      path: 'harness/corpus.ts',
      text: "import { main } from './cli/main.ts';",
      says: 'only harness/cli and',
    },
    {
      path: 'models/x/v1.ts',
      text: "export { main } from '../../harness/cli/main.ts';",
      says: 'only harness/cli and',
    },
    {
      path: 'harness/corpus.ts',
      text: "import type { S } from '../models/x/series.ts';",
      says: 'the harness knows',
    },
    {
      path: 'harness/a/b.ts',
      text: "const s = await import('../../models/x/series.ts');",
      says: 'the harness knows',
    },
    { path: 'harness/a/b.ts', text: "import '../../reports/text.ts';", says: 'the harness knows' },
    {
      path: 'harness/a/b.ts',
      text: "import {\n  c,\n} from '../../properties/c.ts';",
      says: 'the harness knows',
    },
    {
      path: 'properties/c.ts',
      text: "import type { W } from '../models/x/world.ts';",
      says: 'properties know no',
    },
    { path: IN_MODEL, text: "import { text } from '../../reports/text.ts';", says: 'models know no report' },
    {
      path: 'reports/text.ts',
      text: "import { trace } from './explorer/trace.ts';",
      says: 'the explorer is a program',
    },
    {
      path: 'reports/text.ts',
      text: "import type { S } from '../models/x/series.ts';",
      says: 'reports know no',
    },
    {
      path: 'reports/text.ts',
      text: "import { r } from '../harness/a.ts';",
      says: 'reports import only types',
    },
    {
      path: 'reports/text.ts',
      text: "import { type R } from '../harness/a.ts';",
      says: 'reports import only types',
    },
    { path: IN_MODEL, text: 'const x = Math.random();', says: 'Math.random cannot be replayed' },
    { path: 'harness/a.ts', text: 'const x = Date.now();', says: 'the date cannot be replayed' },
    { path: 'properties/c.ts', text: 'const x = new Date();', says: 'the date cannot be replayed' },
    { path: 'harness/a.ts', text: 'const x = performance.now();', says: 'the clock cannot be replayed' },
    {
      path: 'harness/a.ts',
      text: 'if (process.env.CI) return;',
      says: 'only harness/cli looks at the process',
    },
    {
      path: 'harness/a.ts',
      text: "import { argv } from 'node:process';",
      says: 'only harness/cli looks at the',
    },
    { path: 'harness/a.ts', text: 'setTimeout(go, 1);', says: 'timers make the order' },
    { path: 'harness/a.ts', text: 'return names.sort();', says: 'sort() without a comparator' },
    { path: IN_MODEL, text: 'async function read() {}', says: 'models and claims are not asynchronous' },
    { path: IN_MODEL, text: 'const x = await y;', says: 'models and claims are not asynchronous' },
    {
      path: 'properties/c.ts',
      text: 'let x: Promise<number>;',
      says: 'models and claims are not asynchronous',
    },
    { path: 'harness/a.test.ts', text: word('test.', 'only(name, f);'), says: 'a test that is left out' },
    { path: 'harness/a.test.ts', text: word('describe.', 'skip(name, f);'), says: 'a test that is left out' },
    { path: 'harness/a.test.ts', text: word('test.', 'todo(name);'), says: 'a test that is left out' },
    { path: 'README.md', text: word('TO', 'DO: say more'), says: 'leftovers stay for years' },
    { path: 'reports/text.ts', text: word('// FIX', 'ME'), says: 'leftovers stay for years' },
    { path: 'reports/text.ts', text: word('let x: an', 'y;'), says: 'any switches the type checker off' },
    { path: 'harness/cli/a.ts', text: word('f(x as an', 'y);'), says: 'any switches the type checker off' },
    {
      path: 'harness/a.ts',
      text: word('let x: Map<string, an', 'y>;'),
      says: 'any switches the type checker off',
    },
    { path: 'harness/a.ts', text: word('// @ts-ig', 'nore'), says: 'a silenced type error' },
    {
      path: 'README.md',
      text: word('See ../sha', 'red/design.md.'),
      says: 'the folder beside the repository',
    },
    { path: 'README.md', text: word('cd /wo', 'rk/main'), says: 'a path of one machine' },
    { path: 'harness/a.test.ts', text: word("open('/ho", "me/me/x');"), says: 'a path of one machine' },
  ];

  test.each(BAD)('find $says … in `$text`', ({ path, text, says }) => {
    const findings = [...importFindings({ path, text }), ...wordFindings({ path, text })];
    expect(findings.filter((finding) => finding.includes(` ${says}`))).toHaveLength(1);
  });

  test('each have an example above', () => {
    const unreached = [...IMPORT_RULES, ...WORD_RULES]
      .map(({ message }) => message)
      .filter((message) => !BAD.some(({ says }) => message.startsWith(says)));
    expect(unreached).toEqual([]);
  });

  test('say what to do', () => {
    for (const { message } of [...IMPORT_RULES, ...WORD_RULES]) expect(message).toMatch(/ \(.+\)$/);
  });

  test('name path and line', () => {
    expect(wordFindings({ path: IN_MODEL, text: '\n\nconst x = Math.random();\n' })).toEqual([
      'models/x/v1.ts:3: Math.random cannot be replayed (draw from a Random of harness/explore/rng.ts)',
    ]);
    expect(
      importFindings({
        path: IN_MODEL,
        text: "// why\nimport { a } from './a.ts';\nimport { t } from '../../reports/t.ts';",
      }),
    ).toEqual(['models/x/v1.ts:3: models know no report (return data; reports/ turns it into text)']);
  });

  const GOOD: readonly Source[] = [
    {
      path: 'harness/cli/main.ts',
      text: "import { s } from '../../models/x/series.ts';\nconst t = Date.now();",
    },
    { path: 'harness/bench/main.ts', text: "import { main } from '../cli/main.ts';\nperformance.now();" },
    { path: 'harness/a.test.ts', text: "import { s } from '../models/x/series.ts';\nMath.random();" },
    { path: 'properties/c.ts', text: "import { a } from '../harness/a.ts';\nimport { d } from './d.ts';" },
    {
      path: IN_MODEL,
      text: "import { a } from '../../harness/a.ts';\nimport { c } from '../../properties/c.ts';",
    },
    { path: 'reports/a.ts', text: "import type { A } from '../harness/a.ts';\nimport { diff } from 'diff';" },
    { path: 'reports/explorer/a.tsx', text: "import { series } from '../../models/x/series.ts';" },
    { path: 'reports/a.ts', text: "import { describeReturn } from '../harness/machine/errno.ts';" },
    { path: 'reports/a.ts', text: "import { sourceLabel } from '../harness/model/source.ts';" },
    {
      path: 'harness/a.ts',
      text: "/** Never Math.random, Date.now() or process.env. */ const usual = 'Math.random';",
    },
    { path: 'harness/a.ts', text: 'process.threads.push(thread); thread.process.env = 1; update(date);' },
    { path: 'harness/a.ts', text: 'names.sort(byName);\nasync function read() { await x; }' },
    {
      path: 'harness/a.ts',
      text: '/** One of them: any thread. */ const anyone = company; const b: boolean = many;',
    },
    { path: 'README.md', text: 'Workers work, and a homework is at https://example.org/work/x.' },
  ];

  test.each(GOOD)('have nothing against `$text` in $path', (source) => {
    expect([...importFindings(source), ...wordFindings(source)]).toEqual([]);
  });

  test('miss files in the folder of a series', () => {
    expect(seriesFindings(['models/x/series.ts', 'models/x/README.md', 'models/x/patches/v1.ts'])).toEqual([
      'models/x/operations.ts:1: every series has one (declare the operations and what their fields may hold)',
      'models/x/world.ts:1: every series has one (declare the state that one execution runs on)',
    ]);
    expect(seriesFindings(['models/y/v1.ts'])).toHaveLength(4);
    expect(seriesFindings(['models/all.ts'])).toEqual([]);
    expect(seriesFindings(Object.keys(SERIES_FILES).map((file) => `models/x/${file}`))).toEqual([]);
  });
});
