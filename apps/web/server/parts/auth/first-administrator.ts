import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { offerFirstAdministrator, SYSTEM, type Context } from '@switchboard/chat';
import { FIRST_ADMINISTRATOR_FILE } from '@switchboard/config';

/**
 * The link by which the first administrator of a new installation is created. It is in a file of the data folder that only this user can read, never in a log:
 * `start` prints it from there.
 */
export interface FirstAdministrator {
  /** Writes the link where there is no operator; one from before that still works stays. Never rejects: what goes wrong is logged. */
  offer(): Promise<void>;
  /** Removes the file, because the link no longer works. Never rejects. */
  withdraw(): Promise<void>;
  close(): void;
}

export interface FirstAdministratorOptions {
  readonly chat: Pick<Context, 'db' | 'log'>;
  readonly dataDir: string;
  /** The canonical origin of the console. */
  readonly origin: string;
}

export function createFirstAdministrator({ chat, dataDir, origin }: FirstAdministratorOptions): FirstAdministrator {
  const file = join(dataDir, FIRST_ADMINISTRATOR_FILE);
  let expiry: NodeJS.Timeout | undefined;

  async function withdraw(): Promise<void> {
    clearTimeout(expiry);
    try {
      await rm(file, { force: true });
    } catch (error) {
      chat.log.warn({ err: error, file }, 'the link for the first administrator cannot be removed; it no longer works');
    }
  }

  async function write(token: string): Promise<void> {
    await mkdir(dataDir, { recursive: true });
    // An earlier file would keep its mode.
    await rm(file, { force: true });
    await writeFile(file, `${origin}/join#${token}\n`, { mode: 0o600, flag: 'wx' });
  }

  return {
    async offer() {
      try {
        const offered = await offerFirstAdministrator(chat, SYSTEM, await secretIn(file));
        if (offered === undefined) return await withdraw();
        await write(offered.token);
        expiry = setTimeout(() => void withdraw(), offered.expiresAt.getTime() - Date.now()).unref();
        chat.log.info({ file }, 'there is no operator: the link in this file creates the first administrator');
      } catch (error) {
        chat.log.warn({ err: error }, 'there is no link for the first administrator: `switchboard operator create` creates one, too');
      }
    },
    withdraw,
    close: () => clearTimeout(expiry),
  };
}

/** The secret of the link that an earlier start has written. */
async function secretIn(file: string): Promise<string | undefined> {
  try {
    return /#([\w-]+)/.exec(await readFile(file, 'utf8'))?.[1];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
