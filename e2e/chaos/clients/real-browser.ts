import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { BrowserContext, Locator } from 'playwright-core';

import { launchProfile } from '../../harness/browser.ts';
import { conversationOf, type Row, type Send } from '../history/ledger.ts';
import type { World } from '../world.ts';

const inOrder = (a: Row, b: Row) => a.createdAt.getTime() - b.createdAt.getTime() || a.seq - b.seq;

/** A person's real browser, with a profile that outlives its processes. */
export class RealBrowser {
  readonly #folder: string;
  #context: BrowserContext | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<RealBrowser> {
    const browser = new RealBrowser(await mkdtemp(join(tmpdir(), 'switchboard-profile-')));
    await browser.start();
    return browser;
  }

  get context(): BrowserContext {
    if (this.#context === undefined) throw new Error('The browser is not open.');
    return this.#context;
  }

  async start(): Promise<void> {
    this.#context = await launchProfile(this.#folder);
  }

  /** Kills every process of it at once. */
  async kill(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    await this.signal('SIGKILL');
    await context?.close().catch(() => undefined); // Nobody answers any more; this frees our side.
  }

  /** Sends a signal to every process of it. Nothing can be asked of a browser that is stopped. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''); // Gone since the folder was read.
      if (!command.includes(this.#folder)) continue;
      try {
        process.kill(Number(name), signal);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ESRCH') throw error; // It ended with its parent.
      }
    }
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Writes and sends a message in a page; `message` and `send` are its field and its button. Resolves when the page has taken it. */
export async function writeInPage(world: World, sent: Send, message: Locator, send: Locator): Promise<void> {
  await message.fill(sent.text);
  await send.click();
  // The field is emptied when the outbox has the message.
  await world.until('the page has taken the message', async () => (await message.inputValue()) === '');
  sent.keptAt = Date.now();
}

/** Waits until a page's log shows exactly what the database has of a conversation, in its order, with nothing unsent; complains after ten seconds of a quiet machine. */
export async function expectPage(world: World, where: string, conversation: string, log: Locator): Promise<void> {
  let shown: string[] = [];
  let wanted: string[] = [];
  const isRight = async () => {
    const rows = (await world.rows()).filter((row) => conversationOf(row.text) === conversation);
    wanted = rows.toSorted(inOrder).map((row) => row.text ?? '');
    // Not `innerText`: a browser leaves out of it what it does not lay out while that is scrolled away.
    const lines = await log.evaluate((element) => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const found: string[] = [];
      while (texts.nextNode() !== null) found.push(texts.currentNode.textContent?.trim() ?? '');
      return found;
    });
    shown = lines.filter((line) => conversationOf(line) !== null);
    const unsent = lines.some((line) => line === 'Sending' || line === 'Not sent');
    return !unsent && shown.join('\n') === wanted.join('\n');
  };
  try {
    await world.until(`${where} is right`, isRight, 10_000);
  } catch {
    const at = wanted.findIndex((text, index) => text !== shown[index]);
    world.ledger.violation(
      `not healed: ${where} shows ${shown.length} of ${wanted.length}, and ${shown[at] ?? 'nothing'} in the place of ${wanted[at] ?? 'nothing'}`,
    );
  }
}
