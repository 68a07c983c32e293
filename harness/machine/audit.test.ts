import { describe, expect, test } from 'vitest';
import { Audit } from './audit.ts';
import { HandMade, type Path } from './hand-made.fixture.ts';
import { Mutex } from './locks.ts';
import { Cell, Word } from './shared.ts';

interface Objects {
  readonly cell: Cell<number>;
  readonly other: Cell<number>;
  readonly word: Word;
  readonly mutex: Mutex;
  readonly audit: Audit;
}

/** What the audit says of one actor on this path. */
function audited(path: (objects: Objects) => Path): string[] {
  const audit = new Audit();
  const made = new HandMade(audit);
  audit.observing(made.machine);
  const objects: Objects = {
    cell: new Cell(made.machine, 'cell', 0),
    other: new Cell(made.machine, 'other', 0),
    word: new Word(made.machine, 'word', new Uint8Array(8), 0),
    mutex: new Mutex(made.machine, 'mutex'),
    audit,
  };
  // A world that is being built touches everything, and no step says so.
  objects.cell.value = objects.other.value + 1;
  objects.word.store(0, Uint8Array.of(1), 0, 1, 1);
  made.machine.observer = audit;
  made.actor('A', path(objects));
  expect(made.run()).toBe('finished');
  // And so does a claim that looks at what the execution left behind.
  expect(objects.cell.value + objects.word.load(0, 1)).toBeGreaterThanOrEqual(0);
  return audit.findings.map(
    ({ kind, thread, step, object, function: name }) =>
      `${thread}: ${kind}: ${object} at "${step}" in ${name ?? 'no function'}`,
  );
}

describe('the audit', () => {
  test('has nothing against a path that touches what it names', () => {
    expect(
      audited(
        ({ cell, word, mutex }) =>
          function* () {
            yield mutex.acquire;
            yield cell.read;
            const seen = cell.value;
            yield cell.write;
            cell.value = seen + cell.value;
            yield cell.update;
            cell.value++;
            yield word.read;
            const byte = word.load(0, 1);
            yield word.write;
            word.store(0, Uint8Array.of(byte), 0, 1, 1);
            yield mutex.release;
            return 0;
          },
      ),
    ).toEqual([]);
  });

  test('finds a second object touched after one yield', () => {
    expect(
      audited(
        ({ cell, other }) =>
          function* () {
            yield cell.read;
            return cell.value + other.value;
          },
      ),
    ).toEqual(['A: undeclared object: other at "read cell" in no function']);
  });

  test('finds a write after a read step', () => {
    expect(
      audited(
        ({ cell, word }) =>
          function* () {
            yield cell.read;
            cell.value++;
            yield word.read;
            word.store(0, Uint8Array.of(1), 0, 1, 1);
            return 0;
          },
      ),
    ).toEqual([
      'A: write under a read step: cell at "read cell" in no function',
      'A: write under a read step: word at "read word" in no function',
    ]);
  });

  test('finds data touched before the first yield, and under the step that took a lock', () => {
    expect(
      audited(
        ({ cell, mutex }) =>
          function* () {
            cell.value = 1;
            yield mutex.acquire;
            cell.value = 2;
            yield mutex.release;
            return 0;
          },
      ),
    ).toEqual([
      'A: undeclared object: cell at "begin" in no function',
      'A: undeclared object: cell at "acquire mutex" in no function',
    ]);
  });

  test('says which function it was, and each place once', () => {
    expect(
      audited(
        ({ cell, other, audit }) =>
          function* () {
            for (let i = 0; i < 3; i++) {
              audit.enter('disable_slot');
              yield cell.write;
              other.value = i;
              audit.leave();
            }
            return 0;
          },
      ),
    ).toEqual(['A: undeclared object: other at "write cell" in disable_slot']);
  });

  test('refuses to hear accesses without steps', () => {
    const audit = new Audit();
    const { machine } = new HandMade(audit);
    const cell = new Cell(machine, 'cell', 0);
    expect(() => cell.value).toThrow(
      'audit heard an access to cell but hears no steps: pass `observe: (machine) => audit.observing(machine)` to execute()',
    );
  });
});
