import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { CLIENT_MUTANTS } from './client-mutants.ts';
import type { Mutant } from './mutant.ts';
import { PEOPLE_MUTANTS } from './people-mutants.ts';
import { SERVER_MUTANTS } from './server-mutants.ts';
import { Tree } from './tree.ts';

const MUTANTS = [...SERVER_MUTANTS, ...CLIENT_MUTANTS, ...PEOPLE_MUTANTS];
/** Seeds with which a scenario is played until one run detects the mutant. */
const SEEDS = [1, 2, 3, 4];
const TABLE = join(resolve(import.meta.dirname, '../../..'), 'docs/mutants.md');

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, parallel: { type: 'string', default: '2' } } });

interface Verdict {
  readonly mutant: Mutant;
  /** What detected it, and how; undefined: nothing did. */
  readonly killer: string | undefined;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The first error of a run, in a form that is the same each time. */
function firstErrorOf(output: string): string {
  const lines = output.split('\n');
  // An error that kept the run from starting comes first.
  const line = lines.find((candidate) => candidate.startsWith('Error: ')) ?? lines.find((candidate) => /^ {5}(?!again)/.test(candidate));
  return (line ?? 'it failed').trim().replaceAll('|', '/').slice(0, 110);
}

async function detect(tree: Tree, mutant: Mutant): Promise<string | undefined> {
  for (const { file, find, replace } of mutant.edits) await tree.edit(file, find, replace);
  for (const app of mutant.rebuild) await tree.build(app);
  if (mutant.tests !== undefined) {
    const { code } = await tree.execute('npx', ['vitest', 'run', ...mutant.tests.split(' ')]);
    return code === 0 ? undefined : `the tests in \`${mutant.tests}\``;
  }
  for (const seed of SEEDS) {
    const args = ['tsx', 'e2e/chaos/main.ts', '--scenario', mutant.scenario ?? '', '--seed', String(seed), '--parallel', '1'];
    const { code, output } = await tree.execute('npx', args);
    if (code !== 0) return `\`${mutant.scenario}\`, seed ${seed}: ${firstErrorOf(output)}`;
  }
  return undefined;
}

async function revert(tree: Tree, mutant: Mutant): Promise<void> {
  for (const { file } of mutant.edits) await tree.restore(file);
  for (const app of mutant.rebuild) await tree.build(app);
}

/** Tries mutants from the queue until it is empty, in its own copy of the repository. */
async function runQueue(queue: Mutant[], verdicts: Verdict[]): Promise<void> {
  const tree = await Tree.copy();
  try {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const killer = await detect(tree, mutant);
      verdicts.push({ mutant, killer });
      print(`${killer === undefined ? 'SURVIVED' : 'died    '} ${mutant.name}${killer === undefined ? '' : `: ${killer}`}`);
      await revert(tree, mutant);
    }
  } finally {
    await tree.remove();
  }
}

function tableOf(verdicts: readonly Verdict[]): string {
  const rows = MUTANTS.flatMap((mutant) => verdicts.filter((verdict) => verdict.mutant === mutant)).map(
    ({ mutant, killer }) => `| ${mutant.name} | ${mutant.breaks} | ${killer ?? '**nothing**'} |`,
  );
  const died = verdicts.filter(({ killer }) => killer !== undefined).length;
  return `# Mutants

Whether tests fail when the product is broken on purpose: each mutant breaks one promise of [delivery.md](delivery.md), and a test has to
detect it. Made by \`npm run mutants -w @switchboard/e2e\`; ${died} of ${verdicts.length} were detected.

| mutant | what is broken | what detected it, and its first message |
| --- | --- | --- |
${rows.join('\n')}
`;
}

const chosen = MUTANTS.filter(({ name }) => values.only === undefined || values.only.includes(name));
const queue = [...chosen];
const verdicts: Verdict[] = [];
await Promise.all(Array.from({ length: Number(values.parallel) }, async () => await runQueue(queue, verdicts)));
if (values.only === undefined) await writeFile(TABLE, tableOf(verdicts));
const survivors = verdicts.filter(({ killer }) => killer === undefined);
print(`${verdicts.length - survivors.length} died, ${survivors.length} survived`);
process.exitCode = survivors.length > 0 ? 1 : 0;
