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

  /** Kills all its processes at once. */
  async kill(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    await this.signal('SIGKILL');
    await context?.close().catch(() => undefined); // Nothing answers any more; this frees the resources of this process.
  }

  /** Sends a signal to all its processes. A stopped browser answers no command. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''); // It may have ended since the folder was read.
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

/** Writes and sends a message in a page; `message` and `send` are its field and its button. Resolves when the page has accepted it. */
export async function writeInPage(world: World, sent: Send, message: Locator, send: Locator): Promise<void> {
  await message.fill(sent.text);
  await send.click();
  // The field is cleared when the message is in the outbox.
  await world.until('the page has taken the message', async () => (await message.inputValue()) === '');
  sent.keptAt = Date.now();
}

/**
 * Waits until a page's log shows exactly the messages of a conversation in the database, in order, with nothing unsent.
 *
 * @throws Error after ten seconds of a quiet machine
 */
export async function expectPage(world: World, where: string, conversation: string, log: Locator): Promise<void> {
  let shown: string[] = [];
  let wanted: string[] = [];
  const isRight = async () => {
    const rows = (await world.rows()).filter((row) => conversationOf(row.text) === conversation);
    wanted = rows.toSorted(inOrder).map((row) => row.text ?? '');
    // Not `innerText`, which omits what a browser does not lay out because it is scrolled away.
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
