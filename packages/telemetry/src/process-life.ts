import type { Logger } from './logger.ts';

/** Set by `switchboard start` for its child processes: their standard input is a pipe that ends when the supervisor does. */
export const SUPERVISED = 'SWITCHBOARD_SUPERVISED';

/**
 * Ends this process with its supervisor. When the supervisor is gone, even after SIGKILL, standard input ends, and this process shuts down as it does
 * on SIGTERM. Does nothing for a process started by hand.
 */
export function endWithSupervisor(): void {
  if (process.env[SUPERVISED] !== '1') return;
  process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  // Reading must not keep the process alive.
  (process.stdin as unknown as { unref?: () => void }).unref?.();
}

/**
 * Runs `shutdown` once on SIGTERM or SIGINT, then exits: with 0, or with 1 when it failed or took longer than `timeoutMs`. (One Ctrl-C may arrive as
 * several signals, through npm and through the terminal, so a second signal does not mean that the user wants a faster stop.)
 */
export function onShutdown(log: Logger, timeoutMs: number, shutdown: () => Promise<void>): void {
  let started = false;
  const begin = (signal: NodeJS.Signals) => {
    if (started) return;
    started = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ timeoutMs }, 'did not stop in time');
      process.exit(1);
    }, timeoutMs).unref();
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

/** Logs and counts unhandled errors instead of ending the process, which would close everybody's connections. */
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
