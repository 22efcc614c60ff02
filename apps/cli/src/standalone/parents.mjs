import { readFileSync, readlinkSync } from 'node:fs';

const POLL_MS = 500;
const SHELLS = new Set(['sh', 'dash', 'bash', 'ash', 'busybox', 'zsh', 'ksh']);

/**
 * The content of a file in /proc, undefined when it does not exist.
 * @param {string} path
 */
function readProc(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended, or this is not Linux.
    return undefined;
  }
}

/**
 * @param {number} pid
 * @returns {number | undefined}
 */
function parentOf(pid) {
  const parent = /^PPid:\s*(\d+)$/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/**
 * Calls `onGone` once when the npm that started this process, or the shell between them, has ended. There is no signal when npm or its terminal is killed. Other
 * parents (a service manager, a shell's background job) may end before this process, so they are not watched.
 * @param {() => void} onGone
 * @returns {() => void} a function that stops watching
 */
export function watchParents(onGone) {
  const parent = process.ppid;
  const isShell = SHELLS.has(readProc(`/proc/${parent}/comm`)?.trim() ?? '');
  const grandparent = isShell ? parentOf(parent) : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (grandparent === undefined || parentOf(parent) === grandparent)) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Whether `nohup` started this process from a terminal, so that it must keep running when the terminal is closed. (Node resets ignored signals at startup, so the
 * only sign is the null device that nohup opens as standard input, write-only.)
 */
export function startedByNohup() {
  const mode = /^flags:\s*\d*(\d)$/m.exec(readProc('/proc/self/fdinfo/0') ?? '')?.[1];
  if (mode !== '1') return false;
  try {
    return readlinkSync('/proc/self/fd/0') === '/dev/null';
  } catch {
    // Standard input is closed.
    return false;
  }
}
