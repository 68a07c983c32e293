import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count } from './count.ts';
import { plain } from './plain.ts';
import { UNPRINTABLE } from './recordings.fixture.ts';
import { reproduceLine } from './reproduce-line.ts';
import { cut, widthOf, wrap } from './wrap.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

describe('plain', () => {
  it('leaves nothing that a terminal obeys, and is done after one pass', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(plain(text)).not.toMatch(UNPRINTABLE);
        expect(plain(plain(text))).toBe(plain(text));
      }),
    );
    expect(plain('a\u001b[31mb\u202ec\nd\u0085e\u200bf')).toBe('a[31mbc d ef');
  });
});

describe('wrap', () => {
  it('exceeds no width and loses no character but spaces', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 8 }),
        (text, width, hang) => {
          const lines = wrap(text, width, hang);
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
          const letters = (from: string) => from.replace(/\s/g, '');
          expect(letters(lines.join(''))).toBe(letters(plain(text)));
        },
      ),
    );
  });

  it('breaks between words, and long names behind a separator', () => {
    expect(wrap('lock pci_rescan_remove_lock', 23, 2)).toEqual(['lock', ' pci_rescan_remove_lock']);
    expect(wrap('vfio_req_notifier_handler:', 24, 2)).toEqual(['vfio_req_notifier_', '  handler:']);
  });
});

describe('cut', () => {
  it('marks what it cuts', () => {
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdefg', 6)).toBe('abcde…');
  });
});

describe('count', () => {
  it('separates thousands and agrees in number', () => {
    expect([count(0, 'step'), count(1, 'step'), count(1234567, 'step')]).toEqual([
      '0 steps',
      '1 step',
      '1,234,567 steps',
    ]);
  });
});

describe('reproduceLine', () => {
  it('is what the shell runs where a quoted argument is broken', () => {
    for (const path of ['my corpus/', "it'\\''s a corpus/"]) {
      const argument = `'${path}${'folder/'.repeat(20)}x.json'`;
      for (let width = 40; width < 60; width++) {
        const lines = reproduceLine(`zpci-fuzz replay ${argument} --model v1`, width);
        const typed = lines
          .map((line) => line.map(({ text }) => text).join(''))
          .join('\n')
          .slice('reproduce: '.length);
        const given = execFileSync('sh', ['-c', typed.replace('zpci-fuzz replay', "printf '%s\\n'")], {
          encoding: 'utf8',
        });
        expect(given.split('\n')[0]).toBe(`${path.replace("'\\''", "'")}${'folder/'.repeat(20)}x.json`);
      }
    }
  });

  it('keeps quoted arguments in one piece', () => {
    const lines = reproduceLine("zpci-fuzz run --model 'zpci-io/* and more' --seed 7", 40);
    expect(lines.map((line) => line.map(({ text }) => text).join(''))).toEqual([
      'reproduce: zpci-fuzz run --model \\',
      "  'zpci-io/* and more' --seed 7",
    ]);
  });

  it('leaves room to say that it goes on after an argument that fills a line', () => {
    const path = `corpus/${'a'.repeat(31)}`;
    const lines = reproduceLine(`zpci-fuzz exec ${path} --model v1`, 40);
    const texts = lines.map((line) => line.map(({ text }) => text).join(''));
    expect(texts.filter((text) => text.length > 40)).toEqual([]);
    expect(
      texts
        .join('\n')
        .replace(/ \\\n {2}/g, ' ')
        .replace(/\\\n/g, ''),
    ).toBe(`reproduce: zpci-fuzz exec ${path} --model v1`);
  });
});
