/** The history of a run: what everybody tried, which answers they got, and which faults were active when. Times are milliseconds since 1970, by one clock. */

/** One message as it was sent. Its text is unique, so that every other record of it can be found by the text. */
export interface Send {
  readonly number: number;
  readonly text: string;
  readonly conversation: string;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly operatorId: number | null;
  /** The device with its outbox. Messages of one device are numbered in the order of sending. */
  readonly device: string;
  readonly at: number;
  /** When it was in the outbox (or, for an old front-end, relayed): from then on it must not be lost. */
  keptAt: number | null;
}

/** A message key, which is unique only together with the sending side and the conversation. */
export interface SideKey {
  readonly messageKey: string;
  readonly senderType: 'CLIENT' | 'OPERATOR';
}

/** A message in a request to save. */
export interface Asked extends SideKey {
  readonly text: string;
}

/** A key together with its side, as a string. */
export const sideKeyOf = ({ messageKey, senderType }: SideKey): string => `${messageKey} (${senderType})`;

/** One request to save, with its outcome for the sender. */
export interface Attempt {
  readonly device: string;
  readonly at: number;
  until: number | null;
  /** `unknown`: it may or may not have been committed. */
  outcome: 'open' | 'ok' | 'refused' | 'unknown';
  /** The messages of the request. */
  readonly asked: readonly Asked[];
  answers: readonly { readonly messageKey: string; readonly id: number; readonly seq: number }[];
}

/** A fault that was active from `at` to `until`. */
export interface FaultSpan {
  readonly name: string;
  readonly at: number;
  until: number | null;
}

/** A row of the database, as SQL returns it. */
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

/** The conversation of a text, which is part of the text. */
export function conversationOf(text: string | null): string | null {
  return TEXT.exec(text ?? '')?.[2] ?? null;
}

/** Everything that happened, in the order in which it was recorded. */
export class Ledger {
  readonly sends: Send[] = [];
  readonly attempts: Attempt[] = [];
  readonly faults: FaultSpan[] = [];
  /** Violations that were found during the run. */
  readonly violations: string[] = [];
  /** Conversation → the id of its client in the database. */
  readonly clients = new Map<string, number>();
  /** Conversations that are open in a real browser, where not every displayed state is observed. */
  readonly unwatched = new Set<string>();
  /** Devices that are lost for good, with their outboxes. */
  readonly excused = new Set<string>();

  /** Messages that were lost because a backup was restored: texts, and keys as in `sideKeyOf`. */
  readonly forgotten = { texts: new Set<string>(), keys: new Set<string>() };
  /** The slowest request, in milliseconds of a quiet machine. */
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

  /** Records that a server has now answered a request of `askedAt`. */
  answered(what: string, askedAt: number): void {
    const ms = Math.round(this.quietly(askedAt, Date.now()));
    if (ms > this.slowestAnswer.ms) this.slowestAnswer = { what, ms };
  }

  /** Records that a backup was restored and the database now has these rows. Messages that were acknowledged as other rows count as lost, though they may be saved again. */
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

  /** Records a violation once, because a wrong view is wrong at every check. */
  violation(text: string): void {
    if (!this.violations.includes(text)) this.violations.push(text);
  }
}
