import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { UserError } from '../apps/cli/src/standalone/user-error.mjs';
import { run, runLogged } from './run.mjs';

const CHROMIUM_ON_MAC = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run.
    return false;
  }
}

/**
 * @param {string} name
 * @returns {string | undefined} the program's path
 */
function onPath(name) {
  // Debian keeps servers in sbin, which is not on everybody's PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * The browser that the stories are told in.
 * @returns {string | undefined} its path
 */
export function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given !== undefined && given !== '') {
    if (!isProgram(given)) throw new UserError(`CHROMIUM_PATH is "${given}"; it must be the path of a Chromium or Chrome.`);
    return given;
  }
  return (
    ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(onPath).find(Boolean) ?? CHROMIUM_ON_MAC.find(isProgram)
  );
}

/** Debian package → whether the machine has what is in it. @type {Readonly<Record<string, () => boolean>>} */
const NEEDED = {
  chromium: () => findChromium() !== undefined,
  'redis-server': () => onPath('redis-server') !== undefined,
  nginx: () => onPath('nginx') !== undefined,
  pgbouncer: () => onPath('pgbouncer') !== undefined,
  openssl: () => onPath('openssl') !== undefined,
};

/** Those that Debian starts as soon as they are installed. */
const SERVICES = new Set(['redis-server', 'nginx', 'pgbouncer']);

const absent = () =>
  Object.entries(NEEDED)
    .filter(([, isThere]) => !isThere())
    .map(([name]) => name);

/**
 * Sees to it that the machine has the programs that the tests drive: installs them where it may (root on Debian), and says what it did or could not find.
 * @returns {Promise<readonly string[]>} what is still missing
 */
export async function equipMachine() {
  const missing = absent();
  if (missing.length === 0) return [];
  const command = `apt-get install -y ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) {
    console.error(`not found on this machine: ${missing.join(', ')}. The tests that need them can't run. On Debian: sudo ${command}`);
    return missing;
  }
  console.error(`installing what the tests need and this machine lacks: ${missing.join(', ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runLogged('apt-get update', 'apt-get', ['update', '-qq'], env);
  await runLogged('apt-get install', 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], env);
  // Debian starts the servers that it installs; the tests bring up their own. Where there is no init system there is nothing to stop.
  for (const service of missing.filter((name) => SERVICES.has(name)))
    if (onPath('service') !== undefined) await run('service', [service, 'stop'], { output: 'inherit' });
  return absent();
}
