/** The page in a real Chromium: what a reader clicks, types and sees. One page, made as `report` makes it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { explorerPage } from '../../harness/cli/explorer-page.ts';
import type { CorpusEntry } from '../../harness/corpus.ts';
import type { Operation } from '../../harness/model/model.ts';
import { sourceLabel } from '../../harness/model/source.ts';
import { type Recording, record } from '../../harness/scenario/recording.ts';
import { remoteVm } from '../../models/remote-vm/series.ts';
import { zpciIo } from '../../models/zpci-io/series.ts';
import { findChromium } from './chromium.fixture.ts';
import type { ExplorerBisect, ExplorerCounterexample, ExplorerData, ExplorerState } from './data.ts';
import { scheduleText } from './schedule-text.ts';

const CORPUS = join(import.meta.dirname, '..', '..', 'corpus');
const CHROMIUM = findChromium(process.env);

const entryOf = (path: string): CorpusEntry =>
  JSON.parse(readFileSync(join(CORPUS, `${path}.json`), 'utf8')) as CorpusEntry;

function stored(path: string, id = path.split('/').at(-1)!): ExplorerCounterexample {
  const { model, property, kind, scenario } = entryOf(path);
  return { id, model, property, kind, scenario, reproduce: `npx zpci-fuzz replay corpus/${path}.json` };
}

const RACE = 'zpci-io/v1/request-executes-as-validated/2df1baa07a29';
const DEADLOCK = 'zpci-io/v1+hp/no-deadlock/aa5a788f3531';
const EMPTY = 'zpci-io/rfc/failed-open-leaves-device-disabled/c31e6637c49f';
const ENDLESS = 'remote-vm/merged+mutant-retry-forever/fixup-never-uses-freed-mm/8442e564856e';

/** Would end the script, add markup, reorder lines, or leave the page. */
const HOSTILE = '</script><img src=x onerror=alert(1)><!--\u202egnol\u2028\u0007\u{e0041}';

function stateOf(series: typeof zpciIo, id: string): ExplorerState {
  const model = series.model(id)!;
  return {
    model: model.id,
    label: sourceLabel(model.state.source),
    status: model.state.source.status,
    about: model.state.about,
    coverage: '7 executions of 3 operation sequences',
    verdicts: model.properties.map(({ id: property }, at) => ({
      property,
      verdict: at % 3 === 0 ? 'holds' : at % 3 === 1 ? 'violated' : 'inconclusive',
      remark: at % 3 === 2 ? `never exercised ${HOSTILE}` : '',
      exercised: at,
    })),
  };
}

const BISECT: ExplorerBisect = {
  model: 'zpci-io/v1',
  label: 'posted 2021-01-19',
  patches: [{ id: '1/1', subject: 'vfio-pci/zdev: a patch', citation: 'posted 2021-01-19' }],
  prefixes: [
    { id: 'v1:0', label: 'posted 2021-01-19', problem: null, verdicts: { 'no-deadlock': 'proved' } },
    { id: 'v1', label: 'posted 2021-01-19', problem: null, verdicts: { 'no-deadlock': 'violated' } },
  ],
  turns: [{ property: 'no-deadlock', to: 'bad', prefix: 'v1', between: [], isExact: true }],
  between: [],
  bound: ['every single operation'],
  isWhole: true,
};

const many = Array.from({ length: 500 }, (_, at) => ({
  ...stored(RACE),
  id: `many-${at}`,
  kind: `kind-${at}`,
}));

const DATA: ExplorerData = {
  format: 1,
  version: '0.1.0',
  from: `a test ${HOSTILE}`,
  verdicts: 'found',
  states: [
    ...zpciIo.states.filter(({ source }) => source.status !== 'mutant').map(({ id }) => stateOf(zpciIo, id)),
    stateOf(zpciIo, 'v3+mutant-no-reference'),
    stateOf(remoteVm, 'merged'),
  ],
  counterexamples: [
    stored(RACE),
    stored(DEADLOCK),
    stored(ENDLESS),
    stored(EMPTY),
    { ...stored(RACE), id: 'hostile', kind: HOSTILE, reproduce: `${HOSTILE}${'x'.repeat(5_000)}` },
    {
      ...stored(RACE),
      id: HOSTILE,
      scenario: {
        ...stored(RACE).scenario,
        ops: [...stored(RACE).scenario.ops, { actor: HOSTILE, op: 'bar_read', note: HOSTILE } as Operation],
      },
    },
    ...many,
  ],
  bisects: [BISECT],
};

/** Words on one line, wherever the page breaks them. */
const glued = (some: readonly string[]): string => some.join(' ').replace(/\s+/g, ' ');

/** Text as a reader sees it. */
const textOf = async (shown: Locator): Promise<string> => (await shown.allInnerTexts()).join('\n');

/** What `exec` prints of the same schedule. */
function recorded(path: string, schedule: readonly string[]): Recording {
  const { scenario } = entryOf(path);
  const model = zpciIo.model(scenario.model.slice('zpci-io/'.length))!;
  return record(model, { ...scenario, schedule }, 10_000);
}

test('a browser that the environment names has to be there', () => {
  expect(() => findChromium({ CHROMIUM: '/nowhere/chromium' })).toThrow('/nowhere/chromium');
  expect(findChromium({ CHROMIUM: process.execPath })).toBe(process.execPath);
});

describe('the explorer in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let url: string;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'explorer-'));
    const file = join(folder, 'index.html');
    writeFileSync(file, await explorerPage(DATA));
    url = pathToFileURL(file).href;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the page at an address, offline. */
  async function open(hash: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<void> {
    problems = [];
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.setDefaultTimeout(5_000);
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => problems.push(message.text()));
    page.on('dialog', (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.route('**/*', (route) => {
      if (route.request().url().split('#')[0] === url) return route.continue();
      problems.push(`request: ${route.request().url()}`);
      return route.abort();
    });
    await page.goto(`${url}${hash}`);
    await page.waitForSelector('h1');
  }

  /** After each test: nothing was fetched, said in the console or thrown. */
  afterEach(async () => {
    await page?.close();
    expect(problems).toEqual([]);
  });

  const current = () => textOf(page.locator('.lanes tr[aria-current="step"] th').first());
  const stepNow = async () => Number((await current()).replace(/\D+/g, ''));
  const bodyScrolls = () =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

  test('shows every state with where it comes from, but mutants only if asked', async () => {
    await open('');
    const heads = await page.locator('.matrix thead th a').allInnerTexts();
    const expected = DATA.states
      .filter(({ status }) => status !== 'mutant')
      .map(({ model, label }) => `${model.split('/')[1]} ${label}`);
    expect(heads.map((text) => text.replace(/\s+/g, ' ')).toSorted()).toEqual(expected.toSorted());
    await page.getByRole('checkbox', { name: 'mutant' }).check();
    await page.waitForFunction(
      (count) => document.querySelectorAll('.matrix thead th a').length === count,
      DATA.states.length,
    );
    await page.getByRole('checkbox', { name: 'posted' }).uncheck();
    expect(await page.locator('.matrix thead').allInnerTexts()).not.toContain('posted');
  });

  test('says verdicts in words, in tables with heads', async () => {
    await open('');
    const tree = await page
      .locator('section', { has: page.locator('#series-zpci-io') })
      .first()
      .ariaSnapshot();
    expect(tree).toContain('heading "zpci-io" [level=2]');
    expect(tree).toContain('rowheader "no-deadlock"');
    expect(tree).toMatch(/columnheader "v1 posted 2021-01-19"/);
    expect(tree).toMatch(/cell "[^"]*holds on zpci-io\/v1 \(posted 2021-01-19\)/);
    expect(tree).toMatch(/link "[^"]*on zpci-io\/v1\+hp \(inferred 2021-01-20\).*1 counterexample"/);
    const landmarks = await page.locator('body').ariaSnapshot();
    for (const role of ['banner', 'main', 'search', 'navigation "pages"'])
      expect(landmarks).toContain(`- ${role}`);
    expect(await page.locator('[tabindex]:not([tabindex="-1"])').count()).toBe(0);
  });

  test('leads from a mark to its counterexample, and back', async () => {
    await open('#/');
    await page.locator('.matrix a[href*="aa5a788f3531"]').click();
    await page.waitForSelector('.lanes');
    expect(await textOf(page.locator('h1'))).toMatch(
      /zpci-io\/v1\+hp.*inferred 2021-01-20.*breaks no-deadlock/s,
    );
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    expect(await page.title()).toContain('no-deadlock');
    await page.goBack();
    await page.waitForSelector('.matrix');
  });

  test('is where it was after a step back', async () => {
    await open('#/');
    const link = page.locator('.matrix a[href*="aa5a788f3531"]');
    await page.evaluate(() => scrollTo(0, 700));
    const before = await page.evaluate(() => scrollY);
    expect(before).toBeGreaterThan(300);
    await link.click();
    await page.waitForSelector('.lanes');
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.goBack();
    await page.waitForSelector('.matrix');
    await page.waitForFunction(() => scrollY > 0);
    expect(Math.abs((await page.evaluate(() => scrollY)) - before)).toBeLessThan(400);
  });

  test('has the lane of the present step on the screen, however many there are', async () => {
    await open('#/c/aa5a788f3531', { viewport: { width: 420, height: 900 } });
    const lanes = page.locator('.lanes').first();
    const isSeen = () =>
      lanes.evaluate((element) => {
        const pane = element.getBoundingClientRect();
        const cells = [...element.querySelectorAll('tr[aria-current="step"] td')];
        const cell = cells.find(({ textContent }) => textContent !== '')!.getBoundingClientRect();
        return cell.left >= pane.left - 1 && cell.right <= pane.right + 1;
      });
    for (const key of ['Home', 'v', 'Home', 'End']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(50);
      expect(await isSeen(), key).toBe(true);
    }
    expect(await lanes.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(0);
  });

  test('finds a counterexample by the name of its file, and by where its state comes from', async () => {
    await open('#/?q=aa5a788f3531');
    expect(await page.locator('.counterexamples li').count()).toBe(1);
    await page.getByRole('searchbox').fill('inferred no-deadlock');
    await page.waitForFunction(() => document.querySelectorAll('.counterexamples li').length === 1);
  });

  test('lists all kinds where a state breaks a claim in several ways', async () => {
    await open('');
    await page.locator('.matrix a[href*="claim=request-executes-as-validated"]').first().click();
    await page.waitForSelector('.claims');
    expect(await page.locator('.claims a[href*="2df1baa07a29"]').count()).toBe(1);
    // Where it comes from can be read up, if somebody asks; nothing is fetched.
    const posted = 'https://lore.kernel.org/all/1611086550-32765-1-git-send-email-mjrosato@linux.ibm.com/';
    expect(await page.locator(`.facts a[href="${posted}"]`).count()).toBe(1);
    expect(await textOf(page.locator('.facts'))).toContain('7 executions of 3 operation sequences');
  });

  test('filters by words, in a list that stays short', async () => {
    await open('');
    expect(await page.locator('.counterexamples li').count()).toBeLessThan(100);
    await page.getByRole('searchbox').fill('v1+hp deadlock');
    await page.waitForFunction(() => document.querySelectorAll('.matrix thead th').length === 2);
    expect(await textOf(page.locator('section', { hasText: 'Counterexamples' }).last())).toContain('(1)');
    expect(await page.locator('.matrix tbody th').allInnerTexts()).toEqual(
      expect.arrayContaining(['no-deadlock']),
    );
    await page.getByRole('searchbox').fill('kind-499');
    await page.waitForFunction(() =>
      document.querySelector('.counterexamples')?.textContent?.includes('kind-499'),
    );
    await page.getByRole('searchbox').fill('kind');
    await page.getByRole('button', { name: 'show all 500' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.counterexamples li').length >= 500);
  });

  test('goes through the steps by keys', async () => {
    await open(`#/c/aa5a788f3531`);
    const { steps } = recorded(DEADLOCK, entryOf(DEADLOCK).scenario.schedule ?? []);
    expect(await stepNow()).toBe(26);
    const presses: readonly (readonly [string, number])[] = [
      ['Home', 0],
      ['ArrowLeft', 0],
      ['j', 1],
      ['ArrowRight', 2],
      ['k', 1],
      ['End', steps.length - 1],
      ['j', steps.length - 1],
      ['ArrowLeft', steps.length - 2],
      ['v', 26],
    ];
    for (const [key, step] of presses) {
      await page.keyboard.press(key);
      expect([key, await stepNow()]).toEqual([key, step]);
    }
    await page.keyboard.press('Home');
    await page.waitForFunction(() => location.hash.includes('step=0'));
    await page.keyboard.press('Shift+?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await stepNow()).toBe(0);
    expect(await page.locator('.lanes tbody tr:not(.endless)').count()).toBe(steps.length);
  });

  test('brings the step that a key leads to onto the screen', async () => {
    await open('#/c/2df1baa07a29');
    const isSeen = () =>
      page.locator('.lanes tr.current').evaluate((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      });
    expect(await page.evaluate(() => scrollY)).toBe(0);
    for (const key of ['Home', 'v', 'k', 'Home', 'End']) {
      await page.keyboard.press(key);
      await expect.poll(isSeen).toBe(true);
    }
  });

  test('draws who holds, who waits and the cycle, and says it', async () => {
    await open(`#/c/aa5a788f3531`);
    expect(await page.locator('.bar-waits.open').count()).toBe(2);
    expect(await page.locator('path.edge.for-ever').count()).toBe(2);
    expect(await page.locator('.bar-holds.wanted').count()).toBe(1);
    expect(await textOf(page.locator('.stuck'))).toContain('cycle: admin –event→ guest –lock→ admin');
    expect(await textOf(page.locator('.step'))).toContain(
      'admin waits for “last vfio reference dropped (fd closed)”',
    );
    expect(await textOf(page.locator('.finding'))).toContain('-every thread finishes');
    expect(await page.locator('.drawing').getAttribute('aria-hidden')).toBe('true');
  });

  test('shows another state beside it, and jumps to the first difference', async () => {
    await open(`#/c/2df1baa07a29`);
    await page.getByLabel('beside').selectOption('zpci-io/v3');
    await page.waitForFunction(() => document.querySelectorAll('.lanes').length === 2);
    expect(await textOf(page.locator('.controls ~ .note'))).toContain('First different at step 2.');
    await page.locator('h1').click();
    await page.keyboard.press('d');
    expect(await stepNow()).toBe(2);
    expect(await page.locator('tr.differs').count()).toBe(2);
    expect(glued(await page.locator('tr.differs').nth(1).locator('td').allInnerTexts())).toContain(
      'returns -22 (-EINVAL)',
    );
  });

  test('answers what-if as `exec` does, and the address has the answer', async () => {
    await open(`#/c/2df1baa07a29?step=5`);
    await page.locator('.whatif button', { hasText: 'user1' }).click();
    await page.waitForFunction(() => location.hash.includes('schedule='));
    const before = recorded(RACE, entryOf(RACE).scenario.schedule ?? []).steps.slice(0, 5);
    const schedule = [...before.map(({ actor }) => actor), 'user1'];
    const expected = recorded(RACE, schedule);
    const texts = () => page.locator('.lanes tbody tr .text').allInnerTexts();
    await expect.poll(async () => glued(await texts())).toBe(glued(expected.steps.map(({ text }) => text)));
    const ends = await textOf(page.locator('#ends ~ .panes'));
    expect(ends).toContain(`${expected.outcome} after ${expected.steps.length} steps`);
    for (const { property, kind, step } of expected.violations) {
      expect(ends).toContain(`breaks ${property}: ${kind}, at step ${step}`);
    }
    expect(await textOf(page.locator('h1'))).toContain('what if');
    // What can be copied is the same execution.
    await page.locator('summary').click();
    const copied = JSON.parse(await textOf(page.locator('.scenario pre'))) as CorpusEntry['scenario'];
    expect(copied).toEqual({ ...entryOf(RACE).scenario, schedule });
    // So is what is sent to somebody.
    const hash = await page.evaluate(() => location.hash);
    expect(new URLSearchParams(hash.split('?')[1]).get('schedule')).toBe(scheduleText(schedule));
    await page.reload();
    await expect.poll(async () => glued(await texts())).toBe(glued(expected.steps.map(({ text }) => text)));
    await page.getByRole('button', { name: 'back to the counterexample' }).click();
    await page.waitForFunction(() => !location.hash.includes('schedule='));
  });

  test('draws ten thousand steps in part, and two rows of it for a key', async () => {
    await open(`#/c/8442e564856e?step=5000`);
    const rows = page.locator('.lanes tbody tr:not(.spacer)');
    await expect.poll(stepNow).toBe(5000);
    expect(await rows.count()).toBeLessThan(250);
    await page.evaluate(() => {
      const seen: Node[] = [];
      Object.assign(globalThis, { seen });
      new MutationObserver((all) => {
        for (const { target } of all) {
          const row = (target instanceof Element ? target : target.parentElement)?.closest('tr');
          if (row != null && !seen.includes(row)) seen.push(row);
        }
      }).observe(document.querySelector('.lanes')!, {
        subtree: true,
        attributes: true,
        childList: true,
        characterData: true,
      });
    });
    await page.keyboard.press('j');
    await expect.poll(stepNow).toBe(5001);
    expect(await page.evaluate(() => (globalThis as unknown as { seen: Node[] }).seen.length)).toBe(2);
    await page.keyboard.press('End');
    await expect.poll(stepNow).toBe(9999);
    expect(await rows.count()).toBeLessThan(250);
    const isSeen = await page.locator('.lanes tr.current').evaluate((row) => {
      const [box, frame] = [row, row.closest('.lanes')!].map((one) => one.getBoundingClientRect());
      return box!.top >= frame!.top && box!.bottom <= frame!.bottom;
    });
    expect(isSeen).toBe(true);
  });

  test('says where there is no step to go through', async () => {
    await open('#/c/c31e6637c49f');
    expect(await textOf(page.locator('main'))).toContain('No operation begins');
    for (const key of ['j', 'k', 'End', 'v']) await page.keyboard.press(key);
    expect(await page.locator('.steps, .lanes, .whatif').count()).toBe(0);
    expect(await textOf(page.locator('#ends ~ .panes'))).toContain(
      'breaks failed-open-leaves-device-disabled',
    );
  });

  test('passes over a state beside it that is of another series', async () => {
    await open('#/c/2df1baa07a29?beside=vfio-mmap%2Fv3');
    expect(await page.locator('.lanes').count()).toBe(1);
  });

  test('has the bisect matrix', async () => {
    await open('');
    await page.getByRole('link', { name: 'bisect zpci-io/v1' }).click();
    await page.waitForSelector('.prefixes');
    const tree = await page.locator('.prefixes').ariaSnapshot();
    expect(tree).toContain('cell "proved within the bound at v1:0"');
    expect(tree).toMatch(/cell "broken at v1 ?breaks"/);
    expect(await textOf(page.locator('main'))).toContain('breaks with 1/1 “vfio-pci/zdev: a patch”');
  });

  test('shows hostile strings as what they are', async () => {
    await open('#/c/hostile');
    const text = await textOf(page.locator('body'));
    expect(text).toContain('</script><img src=x onerror=alert(1)><!--\\u202egnol\\u2028\\u0007\\ue0041');
    expect(text).not.toMatch(/[\u202e\u2028]/);
    expect(text).toContain('characters)');
    expect(await page.locator('img').count()).toBe(0);
    expect(await bodyScrolls()).toBe(false);
  });

  test('has hostile strings escaped where a scenario is copied, and in an address', async () => {
    await open(`#/c/${encodeURIComponent(HOSTILE)}`);
    await page.locator('summary').click();
    const json = await textOf(page.locator('.scenario pre'));
    expect(json).not.toMatch(/[\u202e\u2028\u0007]/);
    expect((JSON.parse(json) as CorpusEntry['scenario']).ops.at(-1)).toMatchObject({ actor: HOSTILE });
    await page.goto(`${url}#/c/${encodeURIComponent('\u202enone')}`);
    await page.waitForFunction(() => document.querySelector('main')!.textContent.includes('\\u202enone'));
  });

  test.each([
    '#/c/%E0%A4%A',
    '#/c/2df1baa07a29?schedule=1*nobody&step=-7',
    '#/c/2df1baa07a29?schedule=x&step=NaN&beside=no/state',
    '#/s/no',
    '#/b/no',
  ])('survives the address %s', async (hash) => {
    await open(hash);
    expect(await page.locator('h1').count()).toBe(1);
  });

  test('is light or dark as the reader has it', async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await open('#/c/aa5a788f3531', { colorScheme: 'dark' });
    expect(await background()).toBe('rgb(13, 17, 23)');
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await background()).toBe('rgb(255, 255, 255)');
  });

  test.each([
    '',
    '#/c/aa5a788f3531',
    '#/c/2df1baa07a29?beside=zpci-io%2Fv3',
    '#/s/zpci-io%2Fv1',
    '#/b/zpci-io%2Fv1',
  ])('fits a narrow window at %s', async (hash) => {
    await open(hash, { viewport: { width: 400, height: 800 } });
    expect(await bodyScrolls()).toBe(false);
  });
});
