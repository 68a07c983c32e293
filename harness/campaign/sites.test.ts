import { expect, test } from 'vitest';
import { sitesOf } from './sites.ts';

const FOLDER = 'file:///models/tiny/';

const SOURCE = `import { EBUSY, EIO } from './errno.js';
export function* probe(t, w) {
  yield w.lock.acquire;
  if (w.ret === -EBUSY) {
    yield w.cell.write;
    return -EIO;
  }
  yield* w.kernel.more(t, w);
  return w.last ? -EBUSY : 0;
}
export function* unused() {
  yield never.read;
}
`;

/** The range of a piece of the source. */
const range = (text: string, count: number) => {
  const startOffset = SOURCE.indexOf(text);
  return { startOffset, endOffset: startOffset + text.length, count };
};
const body = (name: string): string => {
  const start = SOURCE.indexOf(`function* ${name}`);
  return SOURCE.slice(start, SOURCE.indexOf('\n}\n', start) + 2);
};

const script = (url: string) => ({
  url,
  source: SOURCE,
  functions: [
    {
      functionName: '',
      isBlockCoverage: true,
      ranges: [{ startOffset: 0, endOffset: SOURCE.length, count: 1 }],
    },
    {
      functionName: 'probe',
      isBlockCoverage: true,
      ranges: [
        range(body('probe'), 3),
        range('{\n    yield w.cell.write;\n    return -EIO;\n  }', 1),
        range('return -EIO;', 0),
        range('-EBUSY : 0', 0),
      ],
    },
    { functionName: 'unused', isBlockCoverage: true, ranges: [range(body('unused'), 0)] },
  ],
});

test('steps and errnos of functions that ran are sites, each with whether it ran', () => {
  const sites = sitesOf(script(`${FOLDER}patches/v1.js`), FOLDER);

  expect(sites.map(({ site, reached }) => `${site.kind} ${site.text} ${reached}`)).toEqual([
    'step lock.acquire true',
    'step cell.write true',
    'errno -EIO false',
    'errno -EBUSY false',
  ]);
  expect(sites[0]!.site).toMatchObject({ file: 'patches/v1', function: 'probe' });
});

test('an errno in a file without steps is data', () => {
  const source = 'export const settings = (ok) => (ok ? 0 : -EIO);\n';
  const all = [{ startOffset: 0, endOffset: source.length, count: 1 }];
  const functions = [{ functionName: '', isBlockCoverage: true, ranges: all }];

  expect(sitesOf({ url: `${FOLDER}settings.ts`, source, functions }, FOLDER)).toEqual([]);
});
