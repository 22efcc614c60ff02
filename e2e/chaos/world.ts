import { setTimeout as delay } from 'node:timers/promises';

import { QuietClock } from '@switchboard/database/testing/quiet-clock';

import type { Device } from './clients/device.ts';
import { OldFrontEnd } from './clients/old-front-end.ts';
import { Operator } from './clients/operator.ts';
import { Visitor } from './clients/visitor.ts';
import type { LiveView } from './history/convergence.ts';
import { Ledger, type Row } from './history/ledger.ts';
import type { ViewWatcher } from './history/view-watcher.ts';
import type { Fault } from './network/fault.ts';
import type { Random } from './random.ts';
import type { Addresses, EdgeName, OperatorAccount, ServiceName, StackControl } from './stack/control.ts';

interface PersonOptions {
  readonly clockError?: number;
  readonly locks?: boolean;
}

/** One run: the people, the system, and the ledger of what happens between them. */
export class World {
  readonly random: Random;
  readonly stack: StackControl;
  /** Measures time by the load of this machine, so that time limits hold on a busy machine too. */
  readonly clock = new QuietClock();
  readonly ledger = new Ledger((from, to) => this.clock.between(from, to));
  readonly visitors: Visitor[] = [];
  readonly operators: Operator[] = [];
  readonly oldFrontEnds: OldFrontEnd[] = [];
  /** Figures that a scenario reports, by name. */
  readonly figures: Record<string, number> = {};
  readonly addresses: Addresses;
  readonly #accounts: readonly OperatorAccount[];

  private constructor(random: Random, stack: StackControl, addresses: Addresses, accounts: readonly OperatorAccount[]) {
    this.random = random;
    this.stack = stack;
    this.addresses = addresses;
    this.#accounts = accounts;
  }

  static async open(random: Random, stack: StackControl): Promise<World> {
    return new World(random, stack, await stack.addresses(), await stack.operators());
  }

  /** Connects a visitor who has filled in the form. */
  async visitor(options: PersonOptions = {}): Promise<Visitor> {
    const name = `visitor-${this.visitors.length + 1}`;
    const visitor = new Visitor(name, this.addresses.relay, this.#device(name, options));
    this.visitors.push(visitor);
    const { chat } = await visitor.start();
    await this.until(`${name} is connected`, () => chat.getSnapshot().connection === 'connected');
    for (const operator of this.operators) operator.hold(name);
    return visitor;
  }

  /** Connects the next operator, with an open console that keeps these conversations, or all. */
  async operator(options: PersonOptions = {}, keep?: Iterable<string>): Promise<Operator> {
    const operator = this.newOperator(options);
    operator.open(keep);
    await this.until(`${operator.name} is connected`, () => operator.chat.getSnapshot().connection === 'connected');
    return operator;
  }

  /** The next operator, without a console yet; in their own browser, or in one that they share. */
  newOperator(options: PersonOptions = {}, shared?: Device): Operator {
    const account = this.#accounts[this.operators.length];
    if (account === undefined) throw new Error('All operator accounts are in use.');
    const operator = new Operator(account, this.addresses.relay, this.#device(account.name, options), shared);
    this.operators.push(operator);
    return operator;
  }

  async oldFrontEnd(): Promise<OldFrontEnd> {
    const old = new OldFrontEnd(`old-${this.oldFrontEnds.length + 1}`, this.addresses.relay, this.ledger);
    this.oldFrontEnds.push(old);
    await old.join();
    return old;
  }

  /** Connects visitors and operators, each operator with an open conversation; `atOnce`: how many visitors connect at the same time. */
  async connectPeople(visitors: number, operators: number, atOnce = 1): Promise<void> {
    for (let count = 0; count < operators; count += 1) await this.operator();
    for (let count = 0; count < visitors; count += atOnce)
      await Promise.all(Array.from({ length: Math.min(atOnce, visitors - count) }, async () => await this.visitor()));
    for (const [index, operator] of this.operators.entries()) operator.look(this.visitors[index % this.visitors.length]?.name ?? '');
  }

  /**
   * Everybody writes about every `everyMs` until the returned function is called; it resolves when the last message is in an outbox. Visitors write in
   * their own conversation, operators in a random one. `filler` makes their messages longer.
   */
  talk(everyMs: number, filler = ''): () => Promise<void> {
    const stop = new AbortController();
    const isOver = () => stop.signal.aborted;
    const speak = async (who: string, say: () => Promise<unknown>): Promise<void> => {
      const random = this.random.fork(`talk of ${who} ${this.ledger.sends.length}`);
      while (!isOver()) {
        await delay(everyMs * (0.3 + 1.4 * random()));
        if (!isOver()) await say();
      }
    };
    const voices = [
      ...this.visitors.map((visitor) =>
        speak(visitor.name, async () => {
          if (visitor.tabs.length > 0) await visitor.send(Math.floor(this.random() * visitor.tabs.length), filler);
        }),
      ),
      ...this.operators.map((operator) =>
        speak(operator.account.name, async () => {
          const [first, ...others] = this.visitors;
          if (operator.isOpen() && first !== undefined) await operator.send(this.random.pick([first, ...others]).name, filler);
        }),
      ),
    ];
    return async () => {
      stop.abort();
      await Promise.all(voices);
    };
  }

  /** Breaks something while `during` runs, and repairs it afterwards, even after an error. */
  async broken(name: string, on: () => Promise<unknown>, during: () => Promise<unknown>, off: () => Promise<unknown>): Promise<void> {
    const span = this.ledger.fault(name);
    try {
      await on();
      await during();
    } finally {
      await off();
      span.until = Date.now();
    }
  }

  /** Records a fault that needs no repair: it ends when `during` ends. */
  async trouble(name: string, during: () => Promise<unknown>): Promise<void> {
    const nothing = () => Promise.resolve();
    await this.broken(name, nothing, during, nothing);
  }

  /** Puts a fault on these edges for `ms`. */
  async faulty(edges: readonly EdgeName[], fault: Fault, ms: number): Promise<void> {
    await this.broken(
      `${edges.join(', ')}: ${fault.kind}`,
      async () => await this.#set(edges, fault),
      async () => await delay(ms),
      async () => await this.#set(edges, null),
    );
  }

  /** Kills a service, and starts it again after `ms`. */
  async killed(service: ServiceName, ms: number): Promise<void> {
    await this.broken(
      `${service} killed`,
      async () => await this.stack.signal(service, 'SIGKILL'),
      async () => await delay(ms),
      async () => await this.stack.start(service),
    );
  }

  /** Suspends a service for `ms`. */
  async frozen(service: ServiceName, ms: number): Promise<void> {
    await this.broken(
      `${service} frozen`,
      async () => await this.stack.signal(service, 'SIGSTOP'),
      async () => await delay(ms),
      async () => await this.stack.signal(service, 'SIGCONT'),
    );
  }

  /** Restores a backup while everybody is connected, and records which messages are lost by that. */
  async restored(name: string): Promise<void> {
    const span = this.ledger.fault('a backup is restored');
    for (const watcher of this.watchers()) watcher.rewind();
    await this.stack.restore(name);
    this.ledger.rewound(await this.rows());
    span.until = Date.now();
  }

  /** Signs all operators in again, each in a new page, and opens the first visitor's conversation. */
  async signedInAgain(): Promise<void> {
    const accounts = await this.stack.operators();
    for (const operator of this.operators) {
      operator.device.cookie = accounts.find(({ id }) => id === operator.account.id)?.cookie;
      operator.kill();
      operator.open();
      operator.look(this.visitors[0]?.name ?? '');
    }
  }

  async pause(ms: number): Promise<void> {
    await delay(ms);
  }

  /** Resolves when `condition` holds. @throws Error with `what` it waited for, after `ms` of a quiet machine */
  async until(what: string, condition: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
    for (const end = this.clock.now() + ms; !(await condition()); await delay(20)) {
      if (this.clock.now() > end) throw new Error(`timed out after ${ms / 1_000} s: ${what}`);
    }
  }

  /** All message rows of the run, as SQL returns them. */
  async rows(): Promise<Row[]> {
    const rows = await this.stack.query(
      `SELECT id, "messageKey", "clientId", seq, "senderType", "operatorId", "savedById", text, "createdAt", "savedAt" FROM "ChatMessage" ORDER BY "clientId", seq`,
    );
    return rows as unknown as Row[];
  }

  /** The watchers of all tabs, including closed ones. */
  watchers(): ViewWatcher[] {
    return [
      ...this.visitors.flatMap((visitor) => [...visitor.tabs, ...visitor.past].map((tab) => tab.watcher)),
      ...this.operators.flatMap((operator) => [...operator.watchers.values(), ...operator.past]),
    ];
  }

  /** What the open tabs show. */
  views(): LiveView[] {
    const consoles = this.operators.filter((operator) => operator.isOpen());
    const clientId = (conversation: string) => this.ledger.clients.get(conversation) ?? 0;
    const ofVisitors = this.visitors.flatMap((visitor) => {
      const holding = consoles.flatMap((operator) => operator.watchers.get(visitor.name) ?? []);
      const peer = holding.length === 0 ? 'none' : holding.some(isVisible) ? 'visible' : 'there';
      return visitor.tabs.map(({ watcher, chat }): LiveView => ({
        watcher,
        clientId: clientId(visitor.name),
        peer,
        banner: bannerOf(chat.getSnapshot()),
      }));
    });
    const ofOperators = consoles.flatMap((operator) =>
      [...operator.watchers].map(([conversation, watcher]): LiveView => {
        const visitor = this.visitors.find(({ name }) => name === conversation);
        const peer = visitor === undefined || visitor.tabs.length === 0 ? 'none' : 'visible';
        return { watcher, clientId: clientId(conversation), peer, banner: bannerOf(operator.chat.getSnapshot()) };
      }),
    );
    return [...ofVisitors, ...ofOperators];
  }

  close(): void {
    this.clock.close();
    for (const visitor of this.visitors) visitor.close();
    for (const operator of this.operators) operator.kill();
    for (const old of this.oldFrontEnds) old.close();
  }

  #device(name: string, options: PersonOptions) {
    return { ledger: this.ledger, random: this.random.fork(name), web: this.addresses.web, ...options };
  }

  async #set(edges: readonly EdgeName[], fault: Fault | null): Promise<void> {
    for (const edge of edges) await this.stack.setFault(edge, fault);
  }
}

const isVisible = (watcher: ViewWatcher) => watcher.visible.at(-1)?.until === null;

/** The connection banner that a person sees; null without one. */
function bannerOf({ connection, savesFailing }: { connection: string; savesFailing: boolean }): string | null {
  if (savesFailing) return 'that messages are kept here';
  return connection === 'connected' ? null : connection;
}
