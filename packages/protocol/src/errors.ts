/** The table of errors: code → HTTP status, and whether the same request may succeed later unchanged. No imports: browsers use it too. */
export const ERRORS = {
  invalid_request: { status: 400, retryable: false },
  unauthenticated: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  /** An operator has blocked this visitor. */
  blocked: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  conflict: { status: 409, retryable: false },
  too_large: { status: 413, retryable: false },
  unsupported_type: { status: 415, retryable: false },
  rate_limited: { status: 429, retryable: true },
  internal: { status: 500, retryable: true },
  unavailable: { status: 503, retryable: true },
  /** Only on the relay: an event was sent before `join`. */
  not_joined: { status: 409, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** The parameters of an error's reason. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/** An error as it is sent: over HTTP under the key `error`, on the relay in the event `error` and in acknowledgements. */
export interface WireError {
  readonly code: ErrorCode;
  /** One English sentence for developers: what was wrong and what is expected. */
  readonly message: string;
  readonly retryable: boolean;
  /** Field → what is wrong with it. */
  readonly fields?: Readonly<Record<string, string>>;
  /** A key of `REASONS`, more precise than `code`: screens choose a text by it. Newer servers may send others. */
  readonly reason?: string;
  readonly params?: ErrorParams;
  /** The current state, for a conflict of an endpoint that says so. */
  readonly current?: unknown;
}

/** An error of the table. It is thrown inside and sent as a `WireError`. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly status: number;
  readonly retryable: boolean;
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly detail: {
      readonly fields?: Readonly<Record<string, string>>;
      readonly reason?: string | undefined;
      readonly params?: ErrorParams | undefined;
      readonly current?: unknown;
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.status = ERRORS[code].status;
    this.retryable = ERRORS[code].retryable;
  }

  toWire(): WireError {
    const { code, message, retryable, detail } = this;
    const { fields, reason, params, current } = detail;
    return {
      code,
      message,
      retryable,
      ...(fields === undefined ? {} : { fields }),
      ...(reason === undefined ? {} : { reason }),
      ...(params === undefined ? {} : { params }),
      ...(current === undefined ? {} : { current }),
    };
  }
}
