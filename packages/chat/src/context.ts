import type { Database } from '@switchboard/database';

/** Where the verbs log: ids and figures, never a message's body. Telemetry's `Logger` fits. */
export interface ChatLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Everything impure that a verb may use. */
export interface Context {
  readonly db: Database;
  readonly clock: () => Date;
  /** Random UUIDs. */
  readonly ids: () => string;
  readonly log: ChatLog;
  /** Canonical path of an upload → the path with a signature, to be handed out. */
  readonly signUpload: (canonicalPath: string) => string;
}
