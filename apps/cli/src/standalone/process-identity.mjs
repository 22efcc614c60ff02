import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Identifies a process beyond its id, because ids are reused, at the latest after a reboot.
 * @typedef {{ readonly pid: number, readonly started: string }} ProcessIdentity
 */

/**
 * The start time of a process as an opaque text for comparison; undefined when there is no such process.
 * @param {number} pid
 * @returns {string | undefined}
 */
function startOf(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the program's name in parentheses and may contain anything. Of the following fields, the 1st is the state and the 20th the start time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie has ended; its parent has not reaped it yet.
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return `${bootId()}:${fields[19]}`;
    }
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() ||
      undefined
    );
  } catch {
    // No such process: the file is missing, or ps exits with 1.
    return undefined;
  }
}

/** Start times count from boot, so they would repeat after a reboot. */
function bootId() {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * The identity of a running process.
 * @param {number} pid
 * @returns {ProcessIdentity | undefined} undefined when there is no such process
 */
export function identify(pid) {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

/**
 * Whether exactly this process is still running.
 * @param {ProcessIdentity} process
 * @returns {boolean}
 */
export function stillRuns({ pid, started }) {
  return startOf(pid) === started;
}

/**
 * Whether a recorded value is a process identity.
 * @param {unknown} value
 * @returns {value is ProcessIdentity}
 */
export function isIdentity(value) {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isInteger(value.pid) &&
    'started' in value &&
    typeof value.started === 'string'
  );
}
