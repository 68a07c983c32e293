import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SCREENSHOTS } from './screenshots.ts';
import { terminalPicture } from './terminal-picture.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'screenshots');

describe('the pictures of the README are what is printed today (npm run screenshots writes them)', () => {
  test.each(SCREENSHOTS)('$name', async ({ name, svg }) => {
    expect(await svg()).toBe(readFileSync(join(FOLDER, `${name}.svg`), 'utf8'));
  });
});

describe('a picture of a terminal', () => {
  const words = { command: 'x', title: 'A <title>', description: 'a & b' };

  test('keeps text as text, each stretch at its column, and escapes what XML would obey', () => {
    const svg = terminalPicture({ ...words, lines: ['ab\u001b[31m<c> & d\u001b[0me'] });
    expect(svg).toContain('<title id="title">A &lt;title&gt;</title>');
    expect(svg).toContain('<desc id="desc">a &amp; b</desc>');
    expect(svg).toContain(
      '<tspan x="14.0">ab</tspan><tspan x="30.9" class="bad">&lt;c&gt; &amp; d</tspan><tspan x="89.9">e</tspan>',
    );
  });

  test('breaks a long command between its arguments', () => {
    const command = `npx zpci-fuzz run ${'--property some-claim '.repeat(4).trim()}`;
    const svg = terminalPicture({ ...words, command, lines: [] });
    expect(svg).toMatch(/>\$ npx .* \\<\/tspan>/);
    expect(svg).toMatch(/> {2}--?[a-z]/);
  });

  test('refuses what does not fit, and what it cannot show', () => {
    expect(() => terminalPicture({ ...words, lines: ['x'.repeat(81)] })).toThrow(/wider than 80 columns/);
    expect(() => terminalPicture({ ...words, lines: ['\u001b[35mx'] })).toThrow(/escape sequence 35/);
  });
});
