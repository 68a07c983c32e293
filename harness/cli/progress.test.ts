import { describe, expect, test } from 'vitest';
import { barLine, makeProgress } from './progress.ts';
import { isInteractive, showsColor } from './terminal.ts';

const NAME = 'zpci-io/v3 (proposed in review 2021-01-27)';
const NOTE = '1,250 sequences, 0 failures';

describe('a bar', () => {
  test('is as long as there is room for it', () => {
    expect(barLine(120, NAME, 0.5, NOTE)).toBe(`${NAME} ============------------ 50% | ${NOTE}`);
    expect(barLine(86, NAME, 0.5, NOTE)).toBe(`${NAME} ====---- 50% | ${NOTE}`);
    expect(barLine(80, NAME, 0.5, NOTE)).toBe(`${NAME} 50% | ${NOTE}`);
    expect(barLine(60, NAME, 0.5, NOTE)).toBe(`50% ${NAME}`);
    expect(barLine(40, NAME, 0.5, NOTE)).toBe('50% zpci-io/v3 (proposed in review 202…');
  });

  test('is none where nobody knows the end', () => {
    expect(barLine(80, 'zpci-io/v3', null, NOTE)).toBe(`zpci-io/v3 ${NOTE}`);
  });

  test.each([1, 2, 10, 20, 40, 60, 79, 80, 81, 120])('leaves the last of %d columns free', (columns) => {
    for (const progress of [0, 0.333, 1, null])
      expect(barLine(columns, NAME, progress, NOTE).length).toBeLessThanOrEqual(Math.max(1, columns - 1));
  });
});

test('a bar is drawn in one line, over and over, and leaves nothing behind', () => {
  const text = written((stream) => {
    const progress = makeProgress(stream, { quiet: false, plain: false });
    progress.start('a', 4);
    progress.advance(2, 'half');
    progress.stop();
    progress.start('b', Number.POSITIVE_INFINITY);
    progress.advance(2, '2 done');
  });
  const drawn = [
    'a ------------------------ 0% | searching\r',
    'a ============------------ 50% | half\r',
    '',
    'b searching\r',
    'b 2 done\r',
  ];
  expect(text).toBe(drawn.map((line) => `\u001b[2K${line}`).join(''));
});

/** What was written to a stream. */
function written(act: (stream: Parameters<typeof makeProgress>[0]) => void): string {
  let text = '';
  const write = (part: string | Uint8Array): boolean => {
    text += part;
    return true;
  };
  act({ columns: 80, write });
  return text;
}

describe('lines', () => {
  test('come at a quarter, and not at each where many things are done one after the other', () => {
    let now = 0;
    const text = written((stream) => {
      const progress = makeProgress(stream, { quiet: false, plain: true }, () => now);
      for (const model of ['a', 'b', 'c', 'd']) {
        progress.start(model, 100);
        for (const done of [10, 30, 60, 80, 100]) progress.advance(done, `${done} done`);
        progress.stop();
        now += 3_000;
      }
    });
    expect(text).toBe('a: 25% (30 done)\nc: 25% (30 done)\n');
  });

  test('hold no escape sequence', () => {
    const text = written((stream) => {
      const progress = makeProgress(stream, { quiet: false, plain: true });
      progress.start('a', 4);
      progress.advance(4, '');
      progress.stop();
    });
    expect(text).toBe('a: 100%\n');
  });

  test('do not come where nothing is to be said', () => {
    const text = written((stream) => {
      const progress = makeProgress(stream, { quiet: true, plain: true });
      progress.start('a', 4);
      progress.advance(4, '');
    });
    expect(text).toBe('');
  });
});

describe('a terminal', () => {
  test.each([
    [true, { TERM: 'xterm' }, true, true],
    [true, {}, true, true],
    [true, { TERM: 'dumb' }, false, false],
    [true, { TERM: 'xterm', NO_COLOR: '1' }, false, true],
    [true, { TERM: 'xterm', CI: 'true' }, true, false],
    [false, { TERM: 'xterm' }, false, false],
  ] as const)(
    'that is one: %j, with %j, has colors: %j, and a cursor to move: %j',
    (isTty, env, color, moves) => {
      expect([showsColor(isTty, env), isInteractive(isTty, env)]).toEqual([color, moves]);
    },
  );
});
