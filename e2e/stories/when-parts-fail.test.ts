import { readdirSync, readFileSync } from 'node:fs';

import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage, expectOrder } from '../harness/console-page.ts';
import { rowsOf } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

/** The pids of the system's processes whose command line contains `word`: the descendants of the supervisor. */
function processes(word: string): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
        return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
  const family = new Set([system.supervisor]);
  for (let grew = true; grew;) {
    const size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
    grew = family.size > size;
  }
  return all.filter(({ pid, command }) => pid !== system.supervisor && family.has(pid) && command.includes(word)).map(({ pid }) => pid);
}

function kill(word: string): void {
  const pids = processes(word);
  expect(pids.length, `a process with "${word}"`).toBeGreaterThan(0);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // The other processes of PostgreSQL end on their own after the first one is killed.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

it('the relay dies: both sides show it, it restarts automatically, and no message is lost', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Lena Example');
  await visitor.say('Before');
  await operator.openConversation('Lena Example');
  await operator.message('Before').waitFor();
  kill('relay.js');
  await operator.status('Reconnecting');
  await visitor.say('Meanwhile');
  await operator.say('I read you');
  await operator.status('Connected');
  const said = ['Before', 'Meanwhile', 'I read you'];
  await expect
    .poll(async () => (await rowsOf(system.databaseUrl, 'Lena Example')).map((row) => row.text ?? '').toSorted())
    .toEqual(said.toSorted());
  const stored = (await rowsOf(system.databaseUrl, 'Lena Example')).map((row) => row.text ?? '');
  await expectOrder(operator.log(), stored);
  await expectOrder(visitor.log(), stored);
  await Promise.all([visitor.close(), operator.close()]);
});

it('the database dies: messages still arrive, show Sending and not Sent, and are saved when it is back', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Milo Example');
  await visitor.say('Before');
  await visitor
    .log()
    .getByText(/^(Sent|Delivered)$/)
    .waitFor();
  await operator.openConversation('Milo Example');
  await operator.message('Before').waitFor();
  kill('postgres');
  await visitor.say('During');
  await operator.message('During').waitFor();
  await visitor
    .log()
    .getByText(/^(Sent|Delivered|Read)$/)
    .last()
    .waitFor();
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Milo Example')).map((row) => row.text)).toEqual(['Before', 'During']);
  await expectOrder(operator.log(), ['Before', 'During']);
  await Promise.all([visitor.close(), operator.close()]);
});

it('the web server dies: the relay still delivers, and all messages are saved when it is back', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Nora Example');
  await visitor.say('Before');
  await operator.openConversation('Nora Example');
  await operator.message('Before').waitFor();
  kill('web.js');
  await visitor.say('During');
  await operator.message('During').waitFor();
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Nora Example')).map((row) => row.text)).toEqual(['Before', 'During']);
  await Promise.all([visitor.close(), operator.close()]);
});
