import type { Mutant } from './mutant.ts';

const client = (file: string) => `packages/client/src/${file}`;
const KEY_PER_SIDE = 'packages/database/prisma/migrations/20261125000000_additive_message_key_per_side/migration.sql';

/** Mutants of the rules between people: about keys, shared browsers, expired tokens, and backups. */
export const PEOPLE_MUTANTS: readonly Mutant[] = [
  {
    name: 'one key for both sides',
    breaks: 'a message key is unique per conversation, so that a visitor can take the keys of operators',
    edits: [{ file: KEY_PER_SIDE, find: '("messageKey", "clientId", "senderType")', replace: '("messageKey", "clientId")' }],
    rebuild: [],
    tests: 'packages/chat/src/messages/saving',
  },
  {
    name: 'a message by its key alone',
    breaks: 'views identify a message by its key alone, without its side',
    edits: [
      { file: client('model/message-id.ts'), find: 'return `${senderType} ${key}`;', replace: "return `${senderType === '' ? '' : key}`;" },
    ],
    rebuild: [],
    tests: 'packages/client/src/message-identity.test.ts',
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
    breaks: 'a message whose key belongs to another message leaves the outbox and is lost',
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
    breaks: 'a page that was opened for one operator acts for the operator who is signed in now',
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
    breaks: 'the draft of one operator is shown to the next one who signs in',
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
    breaks: 'a renewed token is stored although the conversation was ended, or another one started, meanwhile',
    edits: [
      {
        file: client('visitor/session.ts'),
        find: '      if (!isUnchanged(this.read(), expected)) return false;\n      await this.#write(next, formerName);',
        replace: '      if (!isUnchanged(expected, expected)) return false;\n      await this.#write(next, formerName);',
      },
    ],
    rebuild: [],
    tests: 'packages/client/src/visitor/ending.test.ts packages/client/src/chats-recovery.test.ts packages/client/src/chats.test.ts',
  },
  {
    name: 'the end takes everything',
    breaks: 'ending a chat discards everything in the outbox, including unsent messages',
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
    breaks: 'the bytes of one caller’s incomplete bodies are not limited',
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
    breaks: 'connections keep the time zone of the server',
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
    breaks: 'revocations are not repeated to a relay that has restarted',
    edits: [
      {
        file: 'apps/web/server/parts/relay/revocation-sender.ts',
        find: 'if (this.#pending.note(answer) && (answer.outcome',
        replace: 'if (this.#pending.note(answer) && answer.outcome !== answer.outcome && (answer.outcome',
      },
    ],
    rebuild: [],
    tests: 'apps/web/server/parts/relay/revocation-sender.test.ts',
  },
  {
    name: 'numbers given again after a restore',
    breaks: 'restoring a backup sets the counters of ids back to those of the backup',
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
    breaks: 'open pages continue with their state from before a restore, unless the numbers reveal it',
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
    breaks: 'one connection may create any number of sockets',
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
    breaks: 'a connection stays open after its token has expired',
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
