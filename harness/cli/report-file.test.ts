import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Folder } from '../folder.fixture.ts';
import { CapturedTerminal } from './captured-terminal.fixture.ts';
import { ExitCode } from './exit.ts';
import { codeWith, outputsOf } from './report-file.ts';

const folder = new Folder();

test('a report that cannot be written is told of once, and keeps no other from being written', () => {
  mkdirSync(folder.at('gone'));
  const terminal = new CapturedTerminal();
  const [lost, kept] = outputsOf(
    [
      { name: 'jsonl', file: folder.at('gone', 'a.jsonl') },
      { name: 'text', file: folder.at('b.txt') },
    ],
    terminal,
  );
  rmSync(folder.at('gone'), { recursive: true });
  for (const part of ['one', 'two']) {
    lost!.write(part);
    kept!.write(part);
  }

  expect(readFileSync(folder.at('b.txt'), 'utf8')).toBe('onetwo');
  expect(terminal.stderr).toMatch(
    /^the report .*a\.jsonl is lost: it cannot be written \(ENOENT: no such file or directory\)\.\n$/,
  );
  expect(codeWith([kept!], ExitCode.violated)).toBe(ExitCode.violated);
  expect(codeWith([kept!, lost!], ExitCode.violated)).toBe(ExitCode.brokenContract);
});
