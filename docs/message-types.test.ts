import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
mkdirSync(join(root, '.cache'), { recursive: true });
const scratch = mkdtempSync(join(root, '.cache', 'message-types-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const PLACES = [
  'packages/protocol/src/body.ts', // the events and the HTTP API: in and out
  'packages/protocol/src/events.ts', // the content that an event needs
  'packages/protocol/src/http/messages.ts', // the content that a request needs
  'packages/chat/src/messages/saving/draft.ts', // lookups before it is saved
  'packages/chat/src/messages/saving/message-columns.ts', // its columns, and the type in the database
  'packages/chat/src/messages/present-message.ts', // its representation for readers
  'packages/client/src/outbox/entry.ts', // storage on disk, and uploading
  'packages/client/src/operator/fallback-saver.ts', // saving for an old front-end
  'packages/client/src/timeline/view.ts', // comparing copies
  'apps/web/components/console/Announcer.tsx',
  'apps/web/components/console/ConversationRow.tsx',
  'apps/web/components/conversation/MessageGroup.tsx',
  'apps/web/components/conversation/PictureViewer.tsx',
  'apps/widget/src/frame/Group.tsx',
  'apps/widget/src/frame/UnsentMessages.tsx',
  'apps/widget/src/frame/Log.tsx',
];

/** Replaces `from`, which must exist, by `to`. */
function replaced(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

/** Copies the protocol and adds a message type `file`. */
function copyProtocol(): void {
  const copy = join(scratch, 'protocol');
  cpSync(join(root, 'packages/protocol/src'), copy, { recursive: true });
  const body = join(copy, 'body.ts');
  const member = 'readonly image: Image; readonly text: string | null }';
  const withMember = replaced(readFileSync(body, 'utf8'), `${member};`, `${member} | { readonly type: 'file'; readonly file: object };`);
  writeFileSync(body, replaced(withMember, "image: 'IMAGE' }", "image: 'IMAGE', file: 'FILE' }"));
}

/** The files of an app and its dependencies that do not compile with that copy. */
function placesIn(app: string): Set<string> {
  const project = join(scratch, `${app}.json`);
  const paths = {
    '@/*': [join(root, 'apps', app, '*')],
    '@switchboard/protocol': ['./protocol/index.ts'],
    '@switchboard/protocol/*': ['./protocol/*.ts'],
  };
  const compilerOptions = { noEmit: true, incremental: false, paths };
  writeFileSync(project, JSON.stringify({ extends: join(root, 'apps', app, 'tsconfig.json'), compilerOptions }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '--pretty', 'false', '-p', project], { cwd: root, encoding: 'utf8' });
  const copy = `${relative(root, scratch)}/protocol/`;
  const errors = [...stdout.matchAll(/^(\S+)\(\d+,\d+\): error/gmu)];
  return new Set(errors.map(([, file = '']) => file.replace(copy, 'packages/protocol/src/')));
}

it('a new type of message does not compile until every place that depends on the type handles it', () => {
  copyProtocol();
  expect([...placesIn('web'), ...placesIn('widget')]).toEqual(expect.arrayContaining(PLACES));
});
