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
    // It does not exist, or this user can't run it.
    return false;
  }
}

/**
 * @param {string} name
 * @returns {string | undefined} the program's path
 */
function onPath(name) {
  // Debian installs servers in sbin, which may not be in the PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * The browser that runs the stories.
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

/** Debian package → whether its program is installed. @type {Readonly<Record<string, () => boolean>>} */
const NEEDED = {
  chromium: () => findChromium() !== undefined,
  'redis-server': () => onPath('redis-server') !== undefined,
  nginx: () => onPath('nginx') !== undefined,
  pgbouncer: () => onPath('pgbouncer') !== undefined,
  openssl: () => onPath('openssl') !== undefined,
};

/** The packages whose server Debian starts after the installation. */
const SERVICES = new Set(['redis-server', 'nginx', 'pgbouncer']);

const absent = () =>
  Object.entries(NEEDED)
    .filter(([, isThere]) => !isThere())
    .map(([name]) => name);

/**
 * Ensures that the machine has the programs that the tests use: installs them where possible (as root on Debian), and prints what it installed or could not find.
 * @returns {Promise<readonly string[]>} the packages that are still missing
 */
export async function equipMachine() {
  const missing = absent();
  if (missing.length === 0) return [];
  const command = `apt-get install -y ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) {
    console.error(`not found on this machine: ${missing.join(', ')}. The tests that need them can't run. On Debian: sudo ${command}`);
    return missing;
  }
  console.error(`installing programs that the tests need: ${missing.join(', ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runLogged('apt-get update', 'apt-get', ['update', '-qq'], env);
  await runLogged('apt-get install', 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], env);
  // Debian starts the servers that it installs; the tests start their own. Without an init system there is nothing to stop.
  for (const service of missing.filter((name) => SERVICES.has(name)))
    if (onPath('service') !== undefined) await run('service', [service, 'stop'], { output: 'inherit' });
  return absent();
}
