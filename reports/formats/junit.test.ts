import { describe, expect, test } from 'vitest';
import { junit } from './junit.ts';
import type { Suite } from './suite.ts';
import { HOSTILE, reportOf, SUITES, saying } from './suites.fixture.ts';
import { readXml, type XmlElement } from './xml-reader.fixture.ts';

describe('JUnit', () => {
  const casesOf = (suite: Suite): readonly XmlElement[] => {
    const root = readXml(junit(reportOf([suite])));
    expect(root.name).toBe('testsuites');
    return root.children[0]!.children.filter(({ name }) => name === 'testcase');
  };

  test('has a case for each claim, with what readers count by', () => {
    const [failed, passed, expected, skipped, broken] = casesOf(SUITES[0]!);
    const partsOf = (one: XmlElement): string[] => one.children.map(({ name }) => name);

    expect(partsOf(failed!)).toEqual(['failure', 'system-out']);
    expect(failed!.children[0]!.text).toMatch(/\nreproduce: npx zpci-fuzz replay corpus\/x\.json$/);
    expect(partsOf(passed!)).toEqual(['system-out']);
    expect(expected!.children[0]!.text).toMatch(/^claim: it is known\nexpected failure: as posted\n/);
    expect(partsOf(skipped!)).toEqual(['skipped', 'system-out']);
    expect(partsOf(broken!)).toEqual(['error', 'system-out']);
    const [suite] = readXml(junit(reportOf(SUITES))).children;
    const counts = ['tests', 'failures', 'errors', 'skipped'].map((name) => suite!.attributes.get(name));
    expect(counts).toEqual(['5', '1', '1', '1']);
  });

  test('can be read back, whatever stands in a scenario', () => {
    for (const suite of HOSTILE) expect(casesOf(suite)).toHaveLength(5);
    for (const said of ['<a b="c">&amp;</a>', ']]>', '\ufffe\uffff', 'é …😀', '\'"&#0;', '--></testcase>']) {
      const [one] = casesOf(saying(said));
      const shown = said.replaceAll(/[\ufffe\uffff]/g, '\ufffd');
      expect(one!.children[0]!.attributes.get('message')).toBe(shown);
      expect(one!.children[0]!.text).toContain(`\n${shown}\n`);
    }
  });
});

test.each([
  ['an end of another', '<a></b>'],
  ['no end', '<a>'],
  ['two roots', '<a/><b/>'],
  ['text outside', '<a/>b'],
  ['a naked &', '<a>&</a>'],
  ['an entity of nobody', '<a>&nbsp;</a>'],
  ['a naked <', '<a b="<"/>'],
  ['two attributes of a name', '<a b="1" b="2"/>'],
  ['the end of no CDATA', '<a>]]></a>'],
  ['a control character', '<a>\u0001</a>'],
  ['one by reference', '<a>&#1;</a>'],
  ['nothing', ''],
])('XML with %s is refused', (_, source) => expect(() => readXml(source)).toThrow());
