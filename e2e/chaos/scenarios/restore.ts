import type { Scenario } from './scenario.ts';

export const restoreUnderTabs: Scenario = {
  name: 'restore-under-tabs',
  title: 'a backup is restored while everybody has pages open: all of them show what is there now, and what they still hold is saved',
  requirements: { hit: true, unknown: false },
  // A client without news checks every 20 seconds.
  healsWithinMs: 30_000,
  async play(world) {
    await world.connectPeople(3, 2);
    const [away] = world.visitors;
    if (away === undefined) throw new Error('The scenario has too few people.');
    const quiet = world.talk(200);
    await world.pause(2_000);
    const before = new Set((await world.rows()).map(({ text }) => text));
    await world.stack.backUp('before');
    await world.pause(3_000);
    // One visitor has no network and writes a lot: all of it is still in their browser afterwards.
    away.tabs[0]?.tab.setOnline(false);
    const held = [await away.send(), await away.send(), await away.send()];
    await world.restored('before');
    const rows = new Set((await world.rows()).map(({ text }) => text));
    for (const text of before) if (!rows.has(text)) world.ledger.violation(`"${text}" was in the backup and is not in the database`);
    world.figures['forgotten'] = world.ledger.forgotten.texts.size;
    if (world.ledger.forgotten.texts.size === 0) world.ledger.violation('vacuous: nothing was forgotten');
    // The numbers exceed those of before, so that they do not reveal the restore.
    await world.pause(2_000);
    await world.signedInAgain();
    await world.pause(2_000);
    away.tabs[0]?.tab.setOnline(true);
    await quiet();
    for (const { text } of held) await world.until(`${text} is saved`, async () => (await world.rows()).some((row) => row.text === text));
  },
};
