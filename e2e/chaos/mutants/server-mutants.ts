import type { Mutant } from './mutant.ts';

const MIGRATIONS = 'packages/database/prisma/migrations';
const MIGRATION = `${MIGRATIONS}/20261123000000_init/migration.sql`;
const save = (file: string) => `packages/chat/src/messages/saving/${file}`;

/** Mutants of the servers and the database. */
export const SERVER_MUTANTS: readonly Mutant[] = [
  {
    name: 'no unique key',
    breaks: 'the database accepts a message key twice, and the saver does not check whether it exists',
    edits: [
      {
        file: `${MIGRATIONS}/20261125000000_additive_message_key_per_side/migration.sql`,
        find: 'CREATE UNIQUE INDEX CONCURRENTLY',
        replace: 'CREATE INDEX CONCURRENTLY',
      },
      {
        file: save('plan-group.ts'),
        find: 'const before = input.messages.get(identity) ?? planned.get(identity);',
        replace: 'const before = planned.get(identity);',
      },
    ],
    rebuild: ['web'],
    scenario: 'answer-dropped',
  },
  {
    name: 'cursor by time',
    breaks: 'a page has the messages sent after the last one, not those numbered after it',
    edits: [
      {
        file: 'packages/chat/src/messages/read-page.ts',
        find: 'm.seq > ${Math.min(afterSeq, MAX_INTEGER)}::int ORDER BY m.seq`',
        replace:
          'm."createdAt" > COALESCE((SELECT l."createdAt" FROM "ChatMessage" l WHERE l."clientId" = c.id AND l.seq = ${Math.min(afterSeq, MAX_INTEGER)}::int), \'-infinity\') ORDER BY m."createdAt"`',
      },
    ],
    rebuild: ['web'],
    scenario: 'twenty-writers',
  },
  {
    name: 'cursor by id',
    breaks: 'a page has the rows with an id greater than the requested number',
    edits: [
      { file: 'packages/chat/src/messages/read-page.ts', find: 'm.seq > ${Math.min(afterSeq', replace: 'm.id > ${Math.min(afterSeq' },
    ],
    rebuild: ['web'],
    scenario: 'twenty-writers',
  },
  {
    name: 'numbers with gaps',
    breaks: 'every second number is skipped',
    edits: [
      {
        file: save('write-at-once.ts'),
        find: "seq: 'c.base + m.seq'",
        replace: "seq: 'c.base + 2 * m.seq'",
      },
    ],
    rebuild: ['web'],
    scenario: 'two-operators',
  },
  {
    name: 'no hint after the commit',
    breaks: 'the web app sends no hints to the relay',
    edits: [
      {
        file: 'apps/web/server/parts/relay/relay-hints.ts',
        find: '      waiting.set(key, before === undefined ? hint : merged(before, hint));\n',
        replace: '      if (waiting.size === 0) return;\n      waiting.set(key, before === undefined ? hint : merged(before, hint));\n',
      },
    ],
    rebuild: ['web'],
    scenario: 'two-operators',
  },
  {
    name: 'no resync',
    breaks: 'when Redis is back, clients are not asked to catch up',
    edits: [
      { file: 'apps/relay/src/cluster/cluster.ts', find: "    (missedElsewhere ? io : io.local).emit('resync', {});\n", replace: '' },
    ],
    rebuild: ['relay'],
    scenario: 'redis-killed',
  },
  {
    name: 'answer before the commit is on disk',
    breaks: 'the database confirms a commit that a crash can undo',
    edits: [
      {
        file: 'packages/database/src/database.ts',
        find: "enable_seqscan: 'off', enable_bitmapscan: 'off' };",
        replace: "enable_seqscan: 'off', enable_bitmapscan: 'off', synchronous_commit: 'off' };",
      },
    ],
    rebuild: ['web'],
    scenario: 'database-killed',
  },
  {
    name: 'no timeouts',
    breaks: 'a request waits for the database without a timeout',
    edits: [
      { file: save('message-saver.ts'), find: 'const DEFAULT_MAX_WAIT_MS = 4_700;', replace: 'const DEFAULT_MAX_WAIT_MS = 60_000;' },
      {
        file: 'packages/database/src/database.ts',
        find: 'const TRANSACTION_TIMEOUT_MS = 4_500;',
        replace: 'const TRANSACTION_TIMEOUT_MS = 60_000;',
      },
      {
        file: 'packages/database/src/database.ts',
        find: 'const STATEMENT_TIMEOUT_MS = 3_000;',
        replace: 'const STATEMENT_TIMEOUT_MS = 60_000;',
      },
      {
        file: 'packages/database/src/database.ts',
        find: 'const CONNECTION_TIMEOUT_MS = 1_500;',
        replace: 'const CONNECTION_TIMEOUT_MS = 60_000;',
      },
    ],
    rebuild: ['web'],
    scenario: 'pool-exhausted',
  },
  {
    name: 'numbers outside the lock',
    breaks: 'numbers are assigned without the lock on the client’s row, and may be assigned twice',
    edits: [
      {
        file: save('write-at-once.ts'),
        find: 'RETURNING c.id, c."lastSeq" - n.added AS base,',
        replace: 'RETURNING c.id, (SELECT o."lastSeq" FROM "Client" o WHERE o.id = c.id) AS base,',
      },
      {
        file: MIGRATION,
        find: 'CREATE UNIQUE INDEX "chat_messages_client_seq_key"',
        replace: 'CREATE INDEX "chat_messages_client_seq_key"',
      },
    ],
    rebuild: ['web'],
    scenario: 'twenty-writers',
  },
  {
    name: 'role from the payload',
    breaks: 'the relay trusts the role in a payload',
    edits: [
      {
        file: 'apps/relay/src/events/handlers/join.ts',
        find: '  if (claims !== undefined) throw',
        replace:
          "  if (payload.role === 'operator') return { role: 'operator', id: Number(payload.operatorId), name: payload.name ?? '' };\n  if (claims !== undefined) throw",
      },
    ],
    rebuild: [],
    tests: 'apps/relay/src/admission/identity.test.ts apps/relay/src/events/refusing.test.ts',
  },
  {
    name: 'all sent away at once',
    breaks: 'a relay that stops ends all connections at the same moment',
    edits: [{ file: 'apps/relay/src/drain.ts', find: 'const STEP_MS = 10;', replace: 'const STEP_MS = 0;' }],
    rebuild: ['relay'],
    tests: 'apps/relay/src/drain.test.ts',
  },
  {
    name: 'slow readers are kept',
    breaks: 'the queue of a reader that has stopped grows without limit',
    edits: [
      {
        file: 'apps/relay/src/housekeeping.ts',
        find: '    cutSlowReaders(engine, sockets.values()',
        replace: '    if (sockets.size < 0) cutSlowReaders(engine, sockets.values()',
      },
    ],
    rebuild: ['relay'],
    scenario: 'reader-stops',
  },
];
