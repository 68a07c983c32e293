import { count } from '../../reports/count.ts';
import { type GateReport, renderGate } from '../../reports/gate.ts';
import { gateJson } from '../../reports/gate-json.ts';
import { emitFailures, emitter } from './events.ts';
import { gateCounterexamples, type ShownEntry } from './gate-counterexamples.ts';
import type { GateOptions } from './gate-options.ts';
import { gateSuiteOf } from './gate-suites.ts';
import type { Output } from './report-file.ts';
import { renderSuites } from './reporters.ts';
import { searchedBy } from './run-suites.ts';
import type { Terminal } from './terminal.ts';

/** What the gate has found, with what it takes to show it again. */
interface ShownReport extends GateReport {
  readonly entries: readonly ShownEntry[];
}

/** Forms that show counterexamples one by one: those of what is expected to be broken, too. */
const SHOWS_KNOWN: ReadonlySet<Output['name']> = new Set(['html', 'splat']);

/** Writes what the gate has found, in each form that was asked for. */
export async function writeGate(
  outputs: readonly Output[],
  report: ShownReport,
  { quiet, all }: Pick<GateOptions, 'quiet' | 'all'>,
  terminal: Terminal,
): Promise<void> {
  const { settings, entries } = report;
  for (const { name, write } of outputs) {
    switch (name) {
      case 'json':
        write(`${JSON.stringify(gateJson(report), null, 2)}\n`);
        break;
      case 'text':
        if (!quiet) for (const text of gateCounterexamples(settings, terminal, entries, all)) write(text);
        write(renderGate(report, { ...terminal, quiet, all }));
        break;
      case 'jsonl':
        writeEvents(report, write);
        break;
      default: {
        const suites = entries.map((entry) => gateSuiteOf(settings, entry, SHOWS_KNOWN.has(name)));
        const about = `gate, profile ${report.profile}, ${searchedBy(settings)}`;
        const incomplete =
          report.left === 0
            ? null
            : `${count(report.left, 'state')} of ${report.total} not searched to the end`;
        write(
          await renderSuites(
            name,
            { version: settings.version, about, judges: 'expectations', incomplete, suites },
            terminal,
          ),
        );
      }
    }
  }
}

function writeEvents(report: ShownReport, write: Output['write']): void {
  const emit = emitter([{ name: 'jsonl', write }]);
  for (const entry of report.entries) emitFailures(emit, gateSuiteOf(report.settings, entry, false));
  for (const result of gateJson(report).models) emit({ event: 'model', result });
}
