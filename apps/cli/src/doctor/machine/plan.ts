import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { checkClosedFiles } from './closed-files.ts';
import { checkFreeSpace, checkWritable } from './data-folder.ts';
import { readLastBackup } from '../../last-backup.ts';
import { judgeLastBackup } from './last-backup.ts';
import { checkMajorVersion } from './major-version.ts';
import { checkNodeVersion } from './node-version.ts';
import { judgeOpenFiles, readOpenFiles } from './open-files.ts';

const group = 'Machine';

export function planMachine({ config, settings, dataDir, closedFiles }: Facts): Check[] {
  return [
    { group, what: 'Node is new enough', look: async () => await Promise.resolve(checkNodeVersion(process.versions.node)) },
    {
      group,
      what: 'enough files may be open',
      look: async () => judgeOpenFiles(await readOpenFiles(dataDir.processes), settings.MAX_CONNECTIONS),
    },
    { group, what: 'the data folder can be written', look: async () => await checkWritable(dataDir.path) },
    { group, what: 'its disk has room', look: async () => await checkFreeSpace(dataDir.path, settings.MIN_FREE_DISK_BYTES) },
    { group, what: 'the embedded database is for this version', look: async () => await checkMajorVersion(config, dataDir.postgres) },
    { group, what: 'the last backup is not old', look: async () => judgeLastBackup(await readLastBackup(dataDir), new Date()) },
    { group, what: 'files with secrets are closed to others', look: async () => await Promise.resolve(checkClosedFiles(closedFiles)) },
  ];
}
