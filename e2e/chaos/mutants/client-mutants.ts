import type { Mutant } from './mutant.ts';

const client = (file: string) => `packages/client/src/${file}`;

/** Mutants of the browser client. */
export const CLIENT_MUTANTS: readonly Mutant[] = [
  {
    name: 'new key on retry',
    breaks: 'every request to save gives its messages new keys',
    edits: [{ file: client('outbox/entry.ts'), find: 'messageKey: entry.key,', replace: 'messageKey: globalThis.crypto.randomUUID(),' }],
    rebuild: [],
    scenario: 'answer-dropped',
  },
  {
    name: 'fetch before join',
    breaks: 'a client catches up when its connection opens, not when it has joined: messages in between are missed',
    edits: [
      {
        file: client('transport/connection.ts'),
        find: "socket.on('connect', () => void this.#join());",
        replace:
          "socket.on('connect', () => {\n      this.#joinedEmitter.emit();\n      void new Promise((resolve) => setTimeout(resolve, 1_500)).then(() => this.#join());\n    });",
      },
      {
        file: client('transport/connection.ts'),
        find: '    this.#report();\n    this.#joinedEmitter.emit();',
        replace: '    this.#report();',
      },
    ],
    rebuild: [],
    tests: 'packages/client/src/transport/connection.test.ts',
  },
  {
    name: 'cursor by highest number',
    breaks: 'a client requests the messages after the highest number it has seen, although earlier ones are missing',
    edits: [
      {
        file: client('timeline/reduce.ts'),
        find: 'while (state.rows.has(end + 1)) end += 1;',
        replace: 'for (const seq of state.rows.keys()) end = Math.max(end, seq);',
      },
    ],
    rebuild: [],
    scenario: 'two-operators',
  },
  {
    name: 'no head check',
    breaks: 'clients do not check for news every 20 seconds',
    edits: [{ file: client('conversation/head-check.ts'), find: '      this.#check();\n', replace: '' }],
    rebuild: [],
    // Not with the chaos scenario: on a busy machine it takes so long that the dead connection is noticed first.
    tests: 'packages/client/src/conversation/conversation.test.ts',
  },
  {
    name: 'handlers in connect',
    breaks: 'handlers are registered again with every connection',
    edits: [
      {
        file: client('transport/connection.ts'),
        find: 'if (handler !== null) on(event, (payload) => handler(withOriginalTexts(payload)));',
        replace: "if (handler !== null) socket.on('connect', () => on(event, (payload) => handler(withOriginalTexts(payload))));",
      },
    ],
    rebuild: [],
    tests: 'packages/client/src/transport/connection.test.ts',
  },
  {
    name: 'outbox in memory',
    breaks: 'unsaved messages are kept in the memory of the page',
    edits: [
      { file: client('outbox/store.ts'), find: '        await this.#disk.add(entry);\n', replace: "        throw new Error('no disk');\n" },
    ],
    rebuild: [],
    scenario: 'tab-killed',
  },
  {
    name: 'session written late',
    breaks: 'the conversation is kept in storage that a browser writes to disk some seconds later',
    edits: [
      {
        file: client('visitor/session.ts'),
        find: '      await this.#copy.write({ writtenAt, session: session === null',
        replace: '      if (writtenAt === 0) await this.#copy.write({ writtenAt, session: session === null',
      },
    ],
    rebuild: [],
    tests: 'packages/client/src/chats-recovery.test.ts',
  },
  {
    name: 'outbox emptied too early',
    breaks: 'a message leaves the outbox when it is sent, not when it is saved',
    edits: [
      {
        file: client('outbox/conversation-queue.ts'),
        find: '      const saved = await this.#work.save(messages);\n',
        replace: '      void this.#work.onSaved(entries, []);\n      const saved = await this.#work.save(messages);\n',
      },
      {
        file: client('outbox/sender.ts'),
        find: 'onSaved: (entries, answers) => this.#hooks.onSaved(pair(entries, answers)),',
        replace:
          'onSaved: (entries, answers) => this.#hooks.onSaved(answers.length > 0 ? pair(entries, answers) : entries.map((entry) => ({ entry, saved: { messageKey: entry.key, id: 0, seq: 0, createdAt: entry.createdAt, duplicate: false } }))),',
      },
    ],
    rebuild: [],
    scenario: 'tab-killed',
  },
  {
    name: 'tick before the commit',
    breaks: 'a message shows Sent before it is saved',
    edits: [
      {
        file: client('timeline/view.ts'),
        find: "status: local.failure === null ? 'sending' : 'failed',",
        replace: "status: local.failure === null ? 'sent' : 'failed',",
      },
    ],
    rebuild: [],
    scenario: 'database-restarted',
  },
  {
    name: 'read past a gap',
    breaks: 'seeing a message marks everything before it as read, including messages that have not arrived',
    edits: [
      {
        file: client('conversation/read-state.ts'),
        find: 'if (row === undefined) break;',
        replace: 'if (row === undefined) {\n        this.#floor += 1;\n        continue;\n      }',
      },
    ],
    rebuild: [],
    tests: 'packages/client/src/conversation/read-state.test.ts',
  },
  {
    name: 'delivered by the relay',
    breaks: 'a message that the relay has delivered counts as received by the other side’s browser',
    edits: [
      {
        file: client('timeline/view.ts'),
        find: "return seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent';",
        replace: "return seq <= read ? 'read' : 'delivered';",
      },
    ],
    rebuild: [],
    scenario: 'nobody-there',
  },
  {
    name: 'out of order',
    breaks: 'the outbox sends the newest message first',
    edits: [
      { file: client('outbox/batch.ts'), find: 'for (const entry of waiting) {', replace: 'for (const entry of waiting.toReversed()) {' },
    ],
    rebuild: [],
    scenario: 'offline-long',
  },
  {
    name: 'no backstop',
    breaks: 'consoles save no messages of visitors',
    edits: [
      {
        file: client('operator/fallback-saver.ts'),
        find: '    const entry = entryOf(clientId, address, message);\n',
        replace: '    if (clientId > 0) return;\n    const entry = entryOf(clientId, address, message);\n',
      },
    ],
    rebuild: [],
    scenario: 'old-front-end',
  },
  {
    name: 'own keys for old front-ends',
    breaks: 'each console generates its own key for a message without one',
    edits: [
      {
        file: client('timeline/live-message.ts'),
        find: 'derivedKey(',
        replace: '((_: unknown) => globalThis.crypto.randomUUID() as string)(',
      },
    ],
    rebuild: [],
    scenario: 'old-front-end',
  },
  {
    name: 'no jitter',
    breaks: 'all clients retry after the same time',
    edits: [{ file: client('platform/backoff.ts'), find: ': random * ceiling;', replace: ': ceiling;' }],
    rebuild: [],
    tests: 'packages/client/src/platform/backoff.test.ts packages/client/src/outbox/failing.test.ts',
  },
];
