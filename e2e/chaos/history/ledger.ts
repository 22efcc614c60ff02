/** The run's history: what everybody tried, what they were told, what was broken when. Times are milliseconds since 1970, by one clock. */

/** One message as its sender meant it. The text says which it is, so every other fact about it can be found by the text alone. */
export interface Send {
  readonly number: number;
  readonly text: string;
  readonly conversation: string;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly operatorId: number | null;
  /** Whose outbox it went into: what one device sends is numbered in the order of sending. */
  readonly device: string;
  readonly at: number;
  /** It was taken into the outbox (or, for an old front-end, relayed): from here on it must not be lost. */
  keptAt: number | null;
}

/** A message key, which says something only together with the sending side (and the conversation). */
export interface SideKey {
  readonly messageKey: string;
  readonly senderType: 'CLIENT' | 'OPERATOR';
}

/** A message that a request was to save. */
export interface Asked extends SideKey {
  readonly text: string;
}

/** A key as it is told from the other side's. */
export const sideKeyOf = ({ messageKey, senderType }: SideKey): string => `${messageKey} (${senderType})`;

/** One request to save, as its sender saw it end. */
export interface Attempt {
  readonly device: string;
  readonly at: number;
  until: number | null;
  /** `unknown`: it may have been committed or not. */
  outcome: 'open' | 'ok' | 'refused' | 'unknown';
  /** What was to be saved. */
  readonly asked: readonly Asked[];
  answers: readonly { readonly messageKey: string; readonly id: number; readonly seq: number }[];
}

/** Something was broken from `at` to `until`. */
export interface FaultSpan {
  readonly name: string;
  readonly at: number;
  until: number | null;
}

/** A row of the database, as SQL shows it. */
export interface Row {
  readonly id: number;
  readonly messageKey: string;
  readonly clientId: number;
  readonly seq: number;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly operatorId: number | null;
  readonly savedById: number | null;
  readonly text: string | null;
  readonly createdAt: Date;
  readonly savedAt: Date;
}

const TEXT = /^#(\d+) ‹([\w-]+)›/;

/** Which conversation a text belongs to, by what it says itself. */
export function conversationOf(text: string | null): string | null {
  return TEXT.exec(text ?? '')?.[2] ?? null;
}

/** What happened, in the order in which it was noted. */
export class Ledger {
  readonly sends: Send[] = [];
  readonly attempts: Attempt[] = [];
  readonly faults: FaultSpan[] = [];
  /** Promises that were seen broken while the run went on. */
  readonly violations: string[] = [];
  /** Conversation → the database's id of its client. */
  readonly clients = new Map<string, number>();
  /** Conversations that somebody follows in a real browser, where nobody sees every state that is shown. */
  readonly unwatched = new Set<string>();
  /** Conversations whose senders' devices are gone for good, with what was on them. */
  readonly excused = new Set<string>();

  /** What was saved and is not any more because a backup was restored: texts, and keys as in `sideKeyOf`. */
  readonly forgotten = { texts: new Set<string>(), keys: new Set<string>() };
  /** The request that a server took longest to answer, in milliseconds of a quiet machine. */
  slowestAnswer = { what: 'none', ms: 0 };
  /** Milliseconds of a quiet machine between two moments. */
  readonly quietly: (from: number, to: number) => number;

  constructor(quietly: (from: number, to: number) => number = (from, to) => to - from) {
    this.quietly = quietly;
  }

  send(what: Omit<Send, 'number' | 'text' | 'at' | 'keptAt'>, filler = ''): Send {
    const number = this.sends.length + 1;
    const send: Send = { ...what, number, text: `#${number} ‹${what.conversation}›${filler}`, at: Date.now(), keptAt: null };
    this.sends.push(send);
    return send;
  }

  attempt(device: string, asked: readonly Asked[]): Attempt {
    const attempt: Attempt = { device, at: Date.now(), until: null, outcome: 'open', asked, answers: [] };
    this.attempts.push(attempt);
    return attempt;
  }

  fault(name: string): FaultSpan {
    const span: FaultSpan = { name, at: Date.now(), until: null };
    this.faults.push(span);
    return span;
  }

  /** A server has answered at this moment what it was asked at `askedAt`. */
  answered(what: string, askedAt: number): void {
    const ms = Math.round(this.quietly(askedAt, Date.now()));
    if (ms > this.slowestAnswer.ms) this.slowestAnswer = { what, ms };
  }

  /** A backup was restored, and these rows are there now. What was acknowledged before as another row is forgotten, though somebody may have given it back. */
  rewound(rows: readonly Row[]): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const { asked, answers } of this.attempts)
      for (const [index, { id }] of answers.entries()) {
        const message = asked[index];
        if (message === undefined || ids.has(id)) continue;
        this.forgotten.keys.add(sideKeyOf(message));
        this.forgotten.texts.add(message.text);
      }
  }

  /** Each once: a view that is wrong is wrong at every look. */
  violation(text: string): void {
    if (!this.violations.includes(text)) this.violations.push(text);
  }
}
