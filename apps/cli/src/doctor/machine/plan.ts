import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { checkPrivateFiles } from './private-files.ts';
import { checkFreeSpace, checkWritable } from './data-folder.ts';
import { readLastBackup } from '../../last-backup.ts';
import { judgeLastBackup } from './last-backup.ts';
import { checkMajorVersion } from './major-version.ts';
import { checkNodeVersion } from './node-version.ts';
import { judgeOpenFiles, readOpenFiles } from './open-files.ts';

const group = 'Machine';

export function planMachine({ config, settings, dataDir, privateFiles }: Facts): Check[] {
  return [
    { group, what: 'Node is new enough', run: async () => await Promise.resolve(checkNodeVersion(process.versions.node)) },
    {
      group,
      what: 'enough files can be open',
      run: async () => judgeOpenFiles(await readOpenFiles(dataDir.processes), settings.MAX_CONNECTIONS),
    },
    { group, what: 'the data folder is writable', run: async () => await checkWritable(dataDir.path) },
    { group, what: 'its disk has free space', run: async () => await checkFreeSpace(dataDir.path, settings.MIN_FREE_DISK_BYTES) },
    { group, what: 'this version can read the embedded database', run: async () => await checkMajorVersion(config, dataDir.postgres) },
    { group, what: 'the last backup is recent', run: async () => judgeLastBackup(await readLastBackup(dataDir), new Date()) },
    { group, what: 'files with secrets are private', run: async () => await Promise.resolve(checkPrivateFiles(privateFiles)) },
  ];
}
