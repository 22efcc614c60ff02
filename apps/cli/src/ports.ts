import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

import { codeOf, UserError } from './standalone/user-error.mjs';

/** A listener on any of these addresses occupies the port; systems differ in which of them exclude each other. */
const ADDRESSES = ['::', '0.0.0.0', '127.0.0.1', '::1'];
/** Error codes that say that this machine does not have the address. */
const NO_SUCH_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

async function tryPort(port: number, host: string): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (error) {
    const code = codeOf(error) ?? String(error);
    return NO_SUCH_ADDRESS.has(code) ? undefined : code;
  }
}

/** Whether nothing listens on the port, on any address of this machine. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of ADDRESSES) if ((await tryPort(port, host)) !== undefined) return false;
  return true;
}

/**
 * Checks that the port is available on every address of this machine.
 *
 * @throws UserError that names the variable and, where the operating system reveals it, the process that uses the port
 */
export async function requirePort(variable: string, port: number): Promise<void> {
  for (const host of ADDRESSES) {
    const code = await tryPort(port, host);
    if (code === undefined) continue;
    if (code === 'EACCES') throw new UserError(`${variable} is "${port}"; it must be a port that this user may open (1024 or more).`);
    if (code !== 'EADDRINUSE') throw new UserError(`${variable} is "${port}", and that port can't be opened on ${host} (${code}).`);
    const holder = await findListener(port);
    throw new UserError(
      `${variable} is "${port}", and that port is in use${holder === undefined ? '' : ` by ${holder}`}; it must be a free port.`,
    );
  }
}

/** "process 42 (node server.js)" for the process that listens on the port; undefined when /proc does not show it. */
async function findListener(port: number): Promise<string | undefined> {
  const wanted = (await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(async (file) => await listeningSockets(file, port)))).flat();
  if (wanted.length === 0) return undefined;
  const links = new Set(wanted.map((inode) => `socket:[${inode}]`));
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []); // The process has ended, or belongs to another user.
    for (const file of files) {
      if (!links.has(await readlink(`/proc/${pid}/fd/${file}`).catch(() => ''))) continue;
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
      return `process ${pid}${command === '' ? '' : ` (${command.slice(0, 80)})`}`;
    }
  }
  return undefined;
}

const LISTENING = '0A';

/** Inodes of the sockets in one of the kernel's tables that listen on the port. Columns: sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode. */
async function listeningSockets(table: string, port: number): Promise<string[]> {
  const text = await readFile(table, 'utf8').catch(() => ''); // Only Linux has these tables.
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return text.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return local?.endsWith(suffix) === true && state === LISTENING && inode !== undefined ? [inode] : [];
  });
}
