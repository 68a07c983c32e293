import { describe, expect, test } from 'vitest';
import { Folder } from './folder.fixture.ts';
import { readJson } from './read-json.ts';
import { InvalidInput } from './scenario/validate.ts';

const folder = new Folder();
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('a file is refused in words', () => {
  test.each([
    ['empty', '', 'the file is empty.'],
    ['white space', ' \n\t', 'the file is empty.'],
    ['cut off', '{"format":1,', /^not valid JSON: .*It may be cut off: mend or restore it\.$/],
    ['followed by garbage', '{} x', /^not valid JSON: .*mend or restore it\.$/],
    ['full of tricks', '{"\u001b[31m\u202e": \u0000', /^not valid JSON: [\u0020-\u007e]*$/],
    ['deep', deep(66), 'nested more than 64 levels deep.'],
    ['so deep that walking it would overflow', deep(100_000), 'nested more than 64 levels deep.'],
  ])('that is %s', (name, text, expected) => {
    const path = folder.write(name, text);
    const complaint = (() => {
      try {
        return readJson(path);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInput);
        return (error as Error).message;
      }
    })() as string;
    expect(complaint.startsWith(`${path}: `)).toBe(true);
    expect(complaint.slice(path.length + 2)).toMatch(
      typeof expected === 'string' ? new RegExp(`^${expected.replaceAll('.', '\\.')}$`) : expected,
    );
  });

  test('that is not there', () => {
    expect(() => readJson(folder.at('nothing'))).toThrow('nothing: there is no such file.');
  });

  test('that is a folder', () => {
    expect(() => readJson(folder.path)).toThrow(`${folder.path}: is a folder, expected a file.`);
  });

  test('that lies below a file', () => {
    folder.write('file', '{}');
    expect(() => readJson(folder.at('file', 'below'))).toThrow('below: cannot be read (ENOTDIR).');
  });
});

describe('a file is read', () => {
  test.each<[string, string, unknown]>([
    ['plain', '{"a": [1]}', { a: [1] }],
    ['after a byte order mark', '\ufeff{"a": 1}', { a: 1 }],
    ['down to 64 levels', deep(64), JSON.parse(deep(64))],
  ])('%s', (name, text, expected) => {
    expect(readJson(folder.write(name, text))).toEqual(expected);
  });
});
