import type { Mutant } from './mutant.ts';

const client = (file: string) => `packages/client/src/${file}`;
const KEY_PER_SIDE = 'packages/database/prisma/migrations/20261125000000_additive_message_key_per_side/migration.sql';

/** What can be broken in what people may do to one another: with keys, in one browser, with tokens that are over, and with backups. */
export const PEOPLE_MUTANTS: readonly Mutant[] = [
  {
    name: 'one key for both sides',
    breaks: 'the database takes a message key once per conversation, so that a visitor can take those of operators',
    edits: [{ file: KEY_PER_SIDE, find: '("messageKey", "clientId", "senderType")', replace: '("messageKey", "clientId")' }],
    rebuild: [],
    tests: 'packages/chat/src/messages/saving',
  },
  {
    name: 'a message by its key alone',
    breaks: 'views know a message by its key, whichever side made it',
    edits: [
      { file: client('model/message-id.ts'), find: 'return `${senderType} ${key}`;', replace: "return `${senderType === '' ? '' : key}`;" },
    ],
    rebuild: [],
    scenario: 'hostile-keys',
  },
  {
    name: 'another operator’s key is taken for the same message',
    breaks: 'a message under a key that another operator has used is answered with the message of that one',
    edits: [
      {
        file: 'packages/chat/src/messages/saving/plan-group.ts',
        find: '        if (known.operatorId !== draft.operatorId) throw keyTaken(draft.messageKey);\n',
        replace: '        if (known.seq < 0) throw keyTaken(draft.messageKey);\n',
      },
    ],
    rebuild: [],
    tests: 'packages/chat/src/messages/saving',
  },
  {
    name: 'a conflict drops the message',
    breaks: 'a message whose key is another message’s leaves the outbox, and nobody has it',
    edits: [
      {
        file: client('outbox/refusals.ts'),
        find: 'this.#mayChangeKey(entry)) return { ...entry, key: this.#uuid() };',
        replace: 'this.#mayChangeKey(entry)) return null;',
      },
    ],
    rebuild: [],
    tests: 'packages/client/src/message-identity.test.ts packages/client/src/outbox',
  },
  {
    name: 'nobody asks which operator a page is for',
    breaks: 'a page that was opened for one operator acts for whoever is signed in now',
    edits: [
      {
        file: 'apps/web/server/requests/admission.ts',
        find: '  if (claimed === null || (caller',
        replace: "  if (claimed !== '' || (caller",
      },
    ],
    rebuild: ['web'],
    scenario: 'person-change',
  },
  {
    name: 'drafts without an owner',
    breaks: 'what one operator has typed is there for the next one who signs in',
    edits: [
      {
        file: 'apps/web/components/hooks/drafts.ts',
        find: 'const prefixOf = (operatorId: number) => `${PREFIX}${operatorId}.`;',
        replace: 'const prefixOf = (operatorId: number) => (operatorId < 0 ? PREFIX : `${PREFIX}anybody.`);',
      },
    ],
    rebuild: [],
    tests: 'apps/web/components/shared-browser.test.ts',
  },
  {
    name: 'a late answer brings a conversation back',
    breaks: 'a renewed token is written back although the conversation was ended, or another one began, meanwhile',
    edits: [
      {
        file: client('visitor/session.ts'),
        find: '      if (!isUnchanged(this.read(), asked)) return false;\n      await this.#write(next, formerName);',
        replace: '      if (!isUnchanged(asked, asked)) return false;\n      await this.#write(next, formerName);',
      },
    ],
    rebuild: [],
    tests: 'packages/client/src/visitor/ending.test.ts packages/client/src/chats-recovery.test.ts packages/client/src/chats.test.ts',
  },
  {
    name: 'the end takes everything',
    breaks: 'ending a chat throws away whatever is in the outbox then, unsent messages included',
    edits: [
      {
        file: client('visitor/active-conversation.ts'),
        find: '    for (const entry of seen) if (refused.has(conversationMessageId(entry))) await this.outbox.discard(entry);',
        replace: '    for (const entry of [...seen, ...this.outbox.entries()]) if (refused.size >= 0) await this.outbox.discard(entry);',
      },
    ],
    rebuild: [],
    tests: 'packages/client/src/visitor/ending.test.ts',
  },
  {
    name: 'bodies without an end',
    breaks: 'nobody counts how many bytes of bodies one caller has under way',
    edits: [
      {
        file: 'apps/web/server/parts/http/bytes-under-way.ts',
        find: 'if ((ofCallers.get(caller) ?? 0) + bytes > perCaller)',
        replace: 'if ((ofCallers.get(caller) ?? 0) + bytes > perCaller && total < 0)',
      },
    ],
    rebuild: [],
    tests: 'apps/web/server/parts/http/bytes-under-way.test.ts',
  },
  {
    name: 'times of the server’s zone',
    breaks: 'connections keep the time zone that the server gives them',
    edits: [
      {
        file: 'packages/database/src/connection/session-client.ts',
        find: 'const names = Object.keys(settings);',
        replace: "const names = Object.keys(settings).filter((name) => name !== 'TimeZone');",
      },
      {
        file: 'packages/database/src/connection/session-client.ts',
        find: 'if (row === undefined || row.TimeZone !== settings.TimeZone)',
        replace: 'if (row === undefined)',
      },
    ],
    rebuild: [],
    tests: 'packages/database/src/connection packages/database/src/database.test.ts',
  },
  {
    name: 'a new relay is told nothing',
    breaks: 'revocations are not repeated to a relay that has started since',
    edits: [
      {
        file: 'apps/web/server/parts/relay/revocation-sender.ts',
        find: 'if (this.#book.note(answer) && (answer.outcome',
        replace: 'if (this.#book.note(answer) && answer.outcome !== answer.outcome && (answer.outcome',
      },
    ],
    rebuild: [],
    tests: 'apps/web/server/parts/relay/revocation-sender.test.ts',
  },
  {
    name: 'numbers given again after a restore',
    breaks: 'restoring a backup leaves the counters of ids where the backup had them',
    edits: [
      {
        file: 'packages/database/src/backup/replace-rows.ts',
        find: '    for (const sequence of counted) await skipNumbers(client, sequence, sequences);\n',
        replace:
          "    for (const { sequence, table, column } of counted)\n      await client.query('SELECT setval($1, $2)', [sequence, Math.max(1, sequences.find((known) => known.table === table && known.column === column)?.last ?? 1)]);\n    if (counted.length < 0) await skipNumbers(client, counted[0] as SequenceOf, sequences);\n",
      },
    ],
    rebuild: [],
    tests: 'packages/database/src/backup/restore.test.ts',
  },
  {
    name: 'a restore goes unnoticed',
    breaks: 'pages that are open go on with what they had before a backup was restored, unless the numbers give it away',
    edits: [
      {
        file: client('timeline/reduce.ts'),
        find: 'const anew = isOther(known.epoch, epoch) || (',
        replace: "const anew = (isOther(known.epoch, epoch) && epoch === '') || (",
      },
      {
        file: client('operator/list/list-loader.ts'),
        find: 'if (before === undefined || epoch === undefined || before === epoch) return;',
        replace: "if (epoch !== '') return;",
      },
    ],
    rebuild: [],
    tests: 'packages/client/src/restored.test.ts packages/client/src/timeline',
  },
  {
    name: 'several CONNECTs',
    breaks: 'one connection may make as many sockets as it asks for',
    edits: [
      {
        file: 'apps/relay/src/engine/parser.ts',
        find: '        this.#hasConnected = true;\n',
        replace: '        this.#hasConnected = false;\n',
      },
    ],
    rebuild: [],
    tests: 'apps/relay/src/admission/floods.test.ts',
  },
  {
    name: 'a socket outlives its token',
    breaks: 'a connection stays open when its token is over',
    edits: [
      {
        file: 'apps/relay/src/admission/token-end.ts',
        find: 'if (endsAt === undefined || endsAt > now) continue;',
        replace: 'if (endsAt === undefined || endsAt > 0) continue;',
      },
    ],
    rebuild: [],
    tests: 'apps/relay/src/admission/token-end.test.ts',
  },
];
