import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorFor } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';

/** Messages are stored in the database, images in the data folder. */
export type Stored = 'messages' | 'images';

/** Prevents visitors from filling the disk, so that operators can continue to work. */
export interface DiskFloor {
  /** @throws ChatError `unavailable` when the disk where this would be stored has too little room */
  requireRoom(stored: Stored): Promise<void>;
}

export interface DiskFloorOptions {
  readonly dataDir: string;
  /** Messages use the disk of the data folder only with the embedded database. */
  readonly databaseUrl: string;
  readonly minFreeBytes: number;
  readonly log: Pick<Logger, 'error' | 'info'>;
  /** Free bytes on the disk of the folder; undefined when unknown. */
  readonly freeBytes?: (dataDir: string) => Promise<number | undefined>;
}

/** Interval between checks of the disk, in milliseconds. At most some hundred megabytes are written meanwhile. */
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
      if (hasRoom) log.info({ free }, 'the disk has room again: data of visitors is stored');
      else log.error({ free, minFreeBytes }, 'the disk is nearly full: no data of visitors is stored until there is room');
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

/** Whether the database is the embedded one in the data folder. */
function isEmbedded(databaseUrl: string, dataDir: string): boolean {
  const { hostname } = new URL(databaseUrl);
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) && existsSync(join(dataDir, 'postgres'));
}

async function freeBytesOf(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // The folder is created with the first image: until then, the disk of its parent counts.
    return dirname(folder) === folder ? undefined : await freeBytesOf(dirname(folder));
  }
}
