import { startedByNohup, watchParents } from './standalone/parents.mjs';
import type { Config } from './config.ts';

/**
 * A signal that aborts when this process is asked to end: by SIGINT, SIGTERM or SIGHUP, or because the npm that started it is gone, or the standard
 * input of a supervised one has ended. Asked once is enough: one Ctrl-C may arrive several times, through npm and through the terminal.
 */
export function stopRequest(config: Config): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const nohup = startedByNohup();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', nohup ? () => undefined : stop);
  if (config.startedByNpm && !nohup) watchParents(stop);
  if (config.supervised) process.stdin.on('end', stop).on('error', stop).resume();
  return controller.signal;
}
