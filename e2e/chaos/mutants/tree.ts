import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);
/** Files that a copy needs and that are not in git. */
const MADE = ['packages/database/src/generated', 'apps/relay/dist', 'apps/web/.next', 'apps/web/dist', 'apps/widget/dist'];
/** Folders in which npm may install packages that it can't share between workspaces. */
const WORKSPACES = [
  'e2e',
  'bench',
  ...['apps', 'packages'].flatMap((group) => readdirSync(join(ROOT, group)).map((name) => join(group, name))),
];

/** A copy of this checkout in its current state, to be modified. */
export class Tree {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async copy(): Promise<Tree> {
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-mutant-'));
    const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: ROOT, maxBuffer: 64_000_000 });
    for (const file of stdout.split('\0').filter(Boolean)) {
      // Git still lists a file that was removed and is not committed yet.
      await cp(join(ROOT, file), join(folder, file), { recursive: true }).catch((error: { code?: string }) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    for (const made of MADE) await cp(join(ROOT, made), join(folder, made), { recursive: true });
    // As links, which take no space.
    for (const workspace of ['.', ...WORKSPACES])
      if (existsSync(join(ROOT, workspace, 'node_modules')))
        await run('cp', ['-al', join(ROOT, workspace, 'node_modules'), join(folder, workspace)]);
    return new Tree(folder);
  }

  /** Replaces a text that occurs exactly once in a file. @throws Error otherwise */
  async edit(file: string, find: string, replace: string): Promise<void> {
    const path = join(this.folder, file);
    const text = await readFile(path, 'utf8');
    if (text.split(find).length !== 2) throw new Error(`${file} has "${find}" ${text.split(find).length - 1} times, not once.`);
    await writeFile(
      path,
      text.replace(find, () => replace),
    );
  }

  async restore(file: string): Promise<void> {
    await cp(join(ROOT, file), join(this.folder, file));
  }

  /** Builds an app. */
  async build(app: 'relay' | 'web'): Promise<void> {
    const { code, output } = await this.execute('npm', ['run', 'build', '-w', `@switchboard/${app}`]);
    if (code !== 0) throw new Error(`${app} could not be built:\n${output.slice(-2_000)}`);
  }

  /** Runs a command; resolves to its exit code and output. */
  async execute(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
    return await new Promise((done) => {
      execFile(command, [...args], { cwd: this.folder, maxBuffer: 64_000_000, timeout: 400_000 }, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
      });
    });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
