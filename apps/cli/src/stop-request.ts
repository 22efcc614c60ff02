import { startedByNohup, watchParents } from './standalone/parents.mjs';
import type { Config } from './config.ts';

/**
 * A signal that aborts when this process should stop: on SIGINT, SIGTERM or SIGHUP, when the npm that started it has ended, or when the standard input of a
 * supervised process was closed. Later requests have no effect: one Ctrl-C may arrive twice, from npm and from the terminal.
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
