import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorFor } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';

/** What is stored: messages in the database, images beside it. */
export type Stored = 'messages' | 'images';

/** Keeps visitors from filling the disk, on which operators go on working. */
export interface DiskFloor {
  /** @throws ChatError `unavailable` when there is too little room on the disk where this would be stored */
  requireRoom(stored: Stored): Promise<void>;
}

export interface DiskFloorOptions {
  readonly dataDir: string;
  /** Where the embedded database is not used, messages take no room on the disk of the data folder. */
  readonly databaseUrl: string;
  readonly minFreeBytes: number;
  readonly log: Pick<Logger, 'error' | 'info'>;
  /** Free bytes on the disk of the folder, undefined when nobody knows. */
  readonly freeBytes?: (dataDir: string) => Promise<number | undefined>;
}

/** The disk is asked again after this. Milliseconds: some hundred megabytes at most are written meanwhile. */
const ASK_EVERY_MS = 1_000;
const RETRY_AFTER_S = 60;

export function createDiskFloor({ dataDir, databaseUrl, minFreeBytes, log, freeBytes = freeBytesOf }: DiskFloorOptions): DiskFloor {
  let asked: { readonly at: number; readonly hasRoom: Promise<boolean>; readonly holdsDatabase: boolean } | undefined;
  let hadRoom = true;

  async function look(): Promise<boolean> {
    const free = await freeBytes(dataDir);
    const hasRoom = free === undefined || free >= minFreeBytes;
    if (hasRoom !== hadRoom) {
      hadRoom = hasRoom;
      if (hasRoom) log.info({ free }, 'the disk has room again: visitors may store');
      else log.error({ free, minFreeBytes }, 'the disk is nearly full: nothing of visitors is stored until there is room');
    }
    return hasRoom;
  }

  return {
    async requireRoom(stored) {
      if (asked === undefined || performance.now() - asked.at > ASK_EVERY_MS)
        asked = { at: performance.now(), hasRoom: look(), holdsDatabase: isEmbedded(databaseUrl, dataDir) };
      if (stored === 'messages' && !asked.holdsDatabase) return;
      if (await asked.hasRoom) return;
      throw errorFor('storage_full', undefined, { retryAfterSeconds: RETRY_AFTER_S });
    },
  };
}

/** Whether the database is the one that lies in the data folder. */
function isEmbedded(databaseUrl: string, dataDir: string): boolean {
  const { hostname } = new URL(databaseUrl);
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) && existsSync(join(dataDir, 'postgres'));
}

async function freeBytesOf(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // The folder is made with the first image: on the disk of the one that will hold it.
    return dirname(folder) === folder ? undefined : await freeBytesOf(dirname(folder));
  }
}
