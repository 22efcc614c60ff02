import { readFileSync, readlinkSync } from 'node:fs';

const POLL_MS = 500;
const SHELLS = new Set(['sh', 'dash', 'bash', 'ash', 'busybox', 'zsh', 'ksh']);

/**
 * A file of /proc, undefined where there is none.
 * @param {string} path
 */
function readProc(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process is gone, or this is not Linux.
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
 * Calls `onGone` once when the npm that started this process is gone, or the shell between the two. Such an end comes without a signal: npm was killed,
 * or its terminal was. Whoever starts us without npm (a service manager, a shell's background job) may well end before us; that is not watched.
 * @param {() => void} onGone
 * @returns {() => void} stops watching
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
 * Whether `nohup` started this process from a terminal: it is to live on when the terminal is closed. (Node undoes that signals are ignored when it
 * starts, so what remains to be seen is the null device that nohup opens as standard input, for writing only.)
 */
export function startedByNohup() {
  const mode = /^flags:\s*\d*(\d)$/m.exec(readProc('/proc/self/fdinfo/0') ?? '')?.[1];
  if (mode !== '1') return false;
  try {
    return readlinkSync('/proc/self/fd/0') === '/dev/null';
  } catch {
    // Closed meanwhile.
    return false;
  }
}
