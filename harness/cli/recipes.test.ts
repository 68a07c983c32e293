/** What docs/ci/ tells maintainers to paste: the scripts in it are run, with everything around them played. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Folder } from '../folder.fixture.ts';
import { BIN } from './process.fixture.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = new Folder();
const yaml = (name: string) => parse(readFileSync(join(ROOT, 'docs', 'ci', name), 'utf8'));

/** Commands that a runner has, as far as the recipes call them. `npx zpci-fuzz` is this checkout. */
function playCommands(): string {
  const commands = {
    npx: `shift; exec ${JSON.stringify(process.execPath)} ${JSON.stringify(BIN)} "$@"`,
    npm: 'exit 0',
    gh: 'echo "$@" >> called',
    curl: 'echo "$@" >> called',
  };
  for (const [name, script] of Object.entries(commands)) {
    chmodSync(folder.write(`bin/${name}`, `#!/bin/sh\n${script}\n`), 0o755);
  }
  return folder.at('bin');
}

const PLAYED = playCommands();

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function play(cwd: string, shell: readonly string[], script: string, env: Record<string, string>): Ended {
  const [command, ...args] = shell;
  const { PATH = '' } = process.env;
  return spawnSync(command!, [...args, script], {
    cwd,
    encoding: 'utf8',
    env: { PATH: `${PLAYED}:${PATH}`, CI: 'true', ...env },
  });
}

// As the runners call them.
const BASH = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c'];
const SH = ['bash', '-eo', 'pipefail', '-c'];

const workspace = (name: string): string => {
  folder.write(`${name}/README.md`, '');
  return folder.at(name);
};

const reports = (cwd: string): string[] => readdirSync(join(cwd, '.zpci-fuzz'));

describe('GitHub', () => {
  const steps: { id?: string; run?: string; env?: object; uses?: string }[] =
    yaml('github-action.yml').runs.steps;
  const { jobs } = yaml('github-workflow.yml');
  const scriptOf = (all: typeof steps, id: string): string => all.find((step) => step.id === id)!.run!;
  const cwd = workspace('github');
  const output = folder.at('github', 'output');

  test('shards are searched, merged, shown and told', () => {
    for (const SHARD of ['1/2', '2/2', '3/9']) {
      const { status, stderr } = play(cwd, BASH, scriptOf(steps, 'search'), {
        COMMAND: 'npx zpci-fuzz',
        MODELS: 'v2 v3',
        RUNS: '500',
        SEED: '1',
        SHARD,
        GITHUB_OUTPUT: output,
      });
      expect(status, stderr).toBe(0);
    }
    expect(readFileSync(output, 'utf8')).toContain('name=zpci-fuzz-1-of-2\n');
    // Of nine shards only two have work.
    expect(reports(cwd)).toEqual(['corpus', 'shard-1-of-2.json', 'shard-2-of-2.json']);

    const merged = play(cwd, BASH, scriptOf(jobs.report.steps, 'merge'), {
      GITHUB_STEP_SUMMARY: folder.at('github', 'step-summary'),
    });
    expect(merged.status, merged.stderr).toBe(1);
    expect(merged.stdout).toMatch(/^::error .*zpci-io\/v2/);
    expect(readFileSync(folder.at('github', 'step-summary'), 'utf8')).toContain('zpci-io/v2');
    expect(reports(cwd)).toEqual(expect.arrayContaining(['explorer.html', 'summary.md']));

    const comment = jobs.report.steps.at(-1);
    expect(play(cwd, BASH, comment.run, { NUMBER: '7', GH_TOKEN: 'x' }).status).toBe(0);
    expect(readFileSync(join(cwd, 'called'), 'utf8')).toContain(
      'pr comment 7 --body-file .zpci-fuzz/summary.md',
    );
  });

  test('a command that cannot be carried out fails the job', () => {
    const { status, stderr } = play(cwd, BASH, scriptOf(steps, 'search'), {
      COMMAND: 'npx zpci-fuzz',
      MODELS: 'v33',
      RUNS: '5',
      SEED: '1',
      SHARD: '1/1',
      GITHUB_OUTPUT: output,
    });
    expect(status).toBe(2);
    expect(stderr).toContain('unknown model "v33"');
  });

  test('steps use what other steps and jobs have', () => {
    expect(jobs.search.steps.map(({ uses }: { uses?: string }) => uses)).toContain(
      './.github/actions/zpci-fuzz',
    );
    const given = Object.keys(jobs.search.steps.at(-1).with);
    expect(Object.keys(yaml('github-action.yml').inputs)).toEqual(expect.arrayContaining(given));
    expect(jobs.report.needs).toBe('search');
  });
});

describe('GitLab', () => {
  const all = yaml('gitlab-ci.yml');
  const cwd = workspace('gitlab');
  const env = { MODELS: 'v2', RUNS: '500', CI_NODE_TOTAL: '2' };

  test('shards are searched, merged, shown and told', () => {
    execFileSync('mkdir', ['-p', join(cwd, '.zpci-fuzz', 'corpus')]);
    const [search] = all['zpci-fuzz search'].script;
    for (const CI_NODE_INDEX of ['1', '2']) {
      const { status, stderr } = play(cwd, SH, search, { ...env, CI_NODE_INDEX });
      expect(status, stderr).toBe(0);
    }
    const [merge] = all['zpci-fuzz report'].script;
    expect(play(cwd, SH, merge, env).status).toBe(1);
    expect(reports(cwd)).toEqual(expect.arrayContaining(['explorer.html', 'summary.md']));

    const [tell] = all['zpci-fuzz report'].after_script;
    expect(play(cwd, SH, tell, env).status).toBe(0);
    expect(existsSync(join(cwd, 'called'))).toBe(false);
    const request = {
      ...env,
      CI_MERGE_REQUEST_IID: '3',
      ZPCI_FUZZ_TOKEN: 'x',
      CI_API_V4_URL: 'v4',
      CI_PROJECT_ID: '9',
    };
    expect(play(cwd, SH, tell, request).status).toBe(0);
    expect(readFileSync(join(cwd, 'called'), 'utf8')).toContain('v4/projects/9/merge_requests/3/notes');
  });
});
