import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process, told from a later one that was given the same id: ids are used again, after a reboot at the latest.
 * @typedef {{ readonly pid: number, readonly started: string }} ProcessIdentity
 */

/**
 * When the process started, in words of the system that only serve to be compared; undefined when there is no such process.
 * @param {number} pid
 * @returns {string | undefined}
 */
function startOf(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the program's name in brackets and may hold anything; of those after it the 1st is the state and the 20th the start.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie has ended; only its parent has not looked yet.
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return `${bootId()}:${fields[19]}`;
    }
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() ||
      undefined
    );
  } catch {
    // No such process: the file is missing, or ps exits 1.
    return undefined;
  }
}

/** Start times count from the boot, and so would repeat after the next one. */
function bootId() {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * Who a running process is.
 * @param {number} pid
 * @returns {ProcessIdentity | undefined} undefined when there is no such process
 */
export function identify(pid) {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

/**
 * Whether that very process still runs.
 * @param {ProcessIdentity} process
 * @returns {boolean}
 */
export function stillRuns({ pid, started }) {
  return startOf(pid) === started;
}

/**
 * What was written down about a process, checked.
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
