import type { Logger } from './logger.ts';

/** Set by `switchboard start` for the processes it starts: their standard input is a pipe that ends when it does. */
export const SUPERVISED = 'SWITCHBOARD_SUPERVISED';

/**
 * Ties this process to the one that started it: when the supervisor is gone, even by SIGKILL, standard input ends, and so does this process, in the
 * orderly way of a SIGTERM. Does nothing for a process started by hand.
 */
export function endWithSupervisor(): void {
  if (process.env[SUPERVISED] !== '1') return;
  process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  // Reading must not be what keeps the process alive.
  (process.stdin as unknown as { unref?: () => void }).unref?.();
}

/**
 * Runs `shutdown` once on SIGTERM or SIGINT, then exits: with 0, or with 1 when it failed or took longer than `patienceMs`. (One Ctrl-C may arrive
 * as several signals, through npm and through the terminal, so a second one does not mean that the user wants a faster stop.)
 */
export function onShutdown(log: Logger, patienceMs: number, shutdown: () => Promise<void>): void {
  let started = false;
  const begin = (signal: NodeJS.Signals) => {
    if (started) return;
    started = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ patienceMs }, 'did not stop in time');
      process.exit(1);
    }, patienceMs).unref();
    shutdown().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', begin);
  process.on('SIGINT', begin);
}

/** The last net: an error nobody handled is logged and counted, and does not take everybody's connections with it. */
export function reportStrayErrors(log: Logger, count: () => void): void {
  process.on('unhandledRejection', (reason) => {
    count();
    log.error({ err: reason }, 'unhandled rejection');
  });
  process.on('uncaughtException', (error) => {
    count();
    log.error({ err: error }, 'uncaught exception');
  });
}
