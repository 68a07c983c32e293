import { describe, expect, test } from 'vitest';
import {
  crowdedDeadlock,
  deadlock,
  everyRecording,
  hostile,
  memoryDisabled,
  race,
  widestLine,
} from '../recordings.fixture.ts';
import { ascii } from './ascii.ts';
import { mermaid } from './mermaid.ts';
import { mermaidDiagram } from './mermaid-grammar.fixture.ts';
import { crowdOf, diagramOf, EXOTIC, exotic, REPRODUCE } from './suites.fixture.ts';
import { svg } from './svg.ts';
import { readXml } from './xml-reader.fixture.ts';

describe('SVG', () => {
  test('can be read back, whatever stands in a scenario, and has what to reproduce it with', () => {
    for (const recording of [...everyRecording().flatMap((one) => [one, hostile(one)]), exotic(race())]) {
      const root = readXml(svg(diagramOf(recording)));
      expect(root.name).toBe('svg');
      expect(root.children.find(({ name }) => name === 'desc')!.text).toBe(`reproduce: ${REPRODUCE}`);
      const [width, height] = ['width', 'height'].map((name) => Number(root.attributes.get(name)));
      for (const one of root.children.filter(({ name }) => name === 'text')) {
        const columns = [one, ...one.children].reduce((sum, { text }) => sum + Array.from(text).length, 0);
        const [x, y] = ['x', 'y'].map((name) => Number(one.attributes.get(name)));
        expect(x! + columns * 7.3).toBeLessThan(width!);
        expect(y).toBeLessThan(height!);
      }
    }
  });

  test('cuts off what would make a lane wider than a page', () => {
    const [step] = race().steps;
    const steps = [{ ...step!, text: 'long'.repeat(100) }];
    const { children } = readXml(svg(diagramOf({ ...race(), steps })));
    const texts = children.filter(({ name }) => name === 'text').map(({ text }) => text);
    expect(texts.some((text) => /^(?:long)+.*…$/.test(text))).toBe(true);
  });

  test('has a bar for each lock, as long as it is held', () => {
    const { children } = readXml(svg(diagramOf(deadlock())));
    const bars = children.filter(({ attributes }) => attributes.get('class') === 'lock');
    expect(new Set(bars.map((bar) => bar.children[0]!.text))).toEqual(
      new Set([
        'admin holds dev->mutex',
        'admin holds igate',
        'admin holds pci_rescan_remove_lock',
        'admin holds zdev->lock',
        'guest holds BQL',
        'qemu holds BQL',
      ]),
    );
  });
});

describe('ASCII', () => {
  test('has 75 columns of ASCII at most, whatever stands in a scenario and however many actors there are', () => {
    const crowds = [9, 40, 90].map((actors) => crowdOf(actors));
    for (const recording of [...everyRecording(), ...everyRecording().map(hostile), ...crowds, exotic()]) {
      const text = ascii(diagramOf(recording));
      expect(text).toMatch(/^[\n -~]+$/);
      expect(widestLine(text)).toBeLessThanOrEqual(75);
    }
  });

  test('says once who each lane is of, and marks the step that breaks the claim', () => {
    const lines = ascii(diagramOf(crowdedDeadlock())).split('\n');
    const names = crowdedDeadlock().steps.map(({ actor }) => actor);
    for (const name of new Set(names))
      expect(lines.filter((line) => line.replace(/^[| ]*/, '') === name)).toHaveLength(1);
    expect(lines.filter((line) => /^[X#|.? ]*X/.test(line))).toHaveLength(1);
  });

  test('says what was expected and what was seen', () => {
    const [violation] = race().violations;
    const lines = ascii(diagramOf(race())).split('\n');
    const changed = violation!.actual.filter((line) => !violation!.expected.includes(line));
    expect(changed.length).toBeGreaterThan(0);
    for (const line of changed) expect(lines).toContain(`+${line}`);
  });

  test('loses no actor of a crowd', () => {
    for (const actors of [9, 40]) {
      const text = ascii(diagramOf(crowdOf(actors)));
      for (let at = 0; at < actors; at++) expect(text).toMatch(new RegExp(`^[| ]*crowd${at}$`, 'm'));
    }
  });
});

describe('Mermaid', () => {
  test('is what its grammar takes, and has every step in its words', () => {
    const recording = memoryDisabled();
    const { comments, participants, lines } = mermaidDiagram(mermaid(diagramOf(recording)));

    expect(comments).toEqual([`reproduce: ${REPRODUCE}`]);
    expect([...participants.values()]).toEqual(['user0']);
    const said = lines.flatMap(({ text }) => text.split('\n'));
    for (const { text } of recording.steps) expect(said.some((line) => line.endsWith(text))).toBe(true);
    expect(said.filter((line) => line.includes('breaks the claim: '))).toHaveLength(1);
  });

  test('stays so whatever stands in a scenario', () => {
    for (const recording of [...everyRecording().map(hostile), exotic()]) {
      const { title, participants } = mermaidDiagram(mermaid(diagramOf(recording)));
      expect(title).toContain(recording.model.id);
      expect(participants.size).toBeGreaterThan(0);
    }
    const { participants, lines } = mermaidDiagram(mermaid(diagramOf(exotic())));
    expect([...participants.values()]).toEqual([EXOTIC]);
    expect(lines.map(({ text }) => text).join('\n')).toContain(`0 ${EXOTIC}`);
  });

  test.each([
    'sequenceDiagram\n',
    'graph LR\n',
    'sequenceDiagram\n  title a;b\n',
    'sequenceDiagram\n  end\n',
  ])('is not %j', (source) => expect(() => mermaidDiagram(source)).toThrow());
});

test('an execution of no step has what it breaks all the same', () => {
  const empty = diagramOf({ ...race(), steps: [], waiting: [] });
  const { property, kind, message } = race().violations[0]!;
  expect(mermaid(empty)).toContain(`Note over a0: ${property}: ${kind}`);
  expect(() => mermaidDiagram(mermaid(empty))).not.toThrow();
  expect(svg(empty)).toContain(message);
});
