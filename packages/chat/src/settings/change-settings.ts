import { Prisma } from '@switchboard/database';
import { errorFor, parse, SETTINGS, type SettingKey, type SettingValue, type SettingView } from '@switchboard/protocol';
import { z } from 'zod';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import type { WithEffects } from '../effects.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { SETTING_COLUMNS } from './read-settings.ts';
import { viewOf } from './setting-view.ts';

/** What to make of one setting. */
export interface SettingChange {
  readonly key: SettingKey;
  /** Null: its default. */
  readonly value: SettingValue | null;
  /** The version that the caller has seen; undefined: whatever it is now. */
  readonly expected?: { readonly version: number } | undefined;
}

/**
 * Changes settings, all of them or none, and records who did it. Answers those settings as they are now.
 *
 * @throws ChatError `unauthenticated` and `forbidden` for all but administrators and the installation; `invalid_request` with `fields` by key for values that
 * the registry does not accept; `conflict` when a setting has another version than expected, with that setting as `current`; `unavailable`
 */
export async function changeSettings(
  ctx: Pick<Context, 'db' | 'log'>,
  actor: Actor,
  changes: readonly SettingChange[],
): Promise<WithEffects<{ settings: readonly SettingView[] }>> {
  const { kind, ...who } = requirePermission(actor, 'setting.change');
  const byId = 'userId' in who ? who.userId : null;
  // Rows are locked in the order of their keys, so that two requests never wait for each other.
  const checked = changes.map(check).toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const settings = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const changed: SettingView[] = [];
        for (const change of checked) changed.push(await applyChange(tx, change, byId));
        return changed;
      }),
  );
  ctx.log.info({ keys: settings.map(({ key }) => key), by: kind, operatorId: byId ?? undefined }, 'settings changed');
  return { settings, effects: [{ kind: 'settings changed', settings }] };
}

/** The change with its value as the registry writes it. */
function check(change: SettingChange): SettingChange {
  const { key, value } = change;
  if (value === null) return change;
  const checked = parse(z.object({ [key]: SETTINGS[key].schema as z.ZodType<SettingValue> }), { [key]: value });
  return { ...change, value: checked[key] as SettingValue };
}

async function applyChange(
  tx: Prisma.TransactionClient,
  { key, value, expected }: SettingChange,
  byId: number | null,
): Promise<SettingView> {
  // A row to lock, also for the first change. It is never committed with version 0.
  await tx.$executeRaw`INSERT INTO "Setting" (key, version, "updatedAt") VALUES (${key}, 0, now()) ON CONFLICT DO NOTHING`;
  await tx.$queryRaw`SELECT FROM "Setting" WHERE key = ${key} FOR UPDATE`;
  const before = await tx.setting.findUniqueOrThrow({ where: { key }, select: SETTING_COLUMNS });
  if (expected !== undefined && expected.version !== before.version)
    throw errorFor('setting_changed', { key }, { current: viewOf(key, before.version === 0 ? undefined : before) });
  const version = before.version + 1;
  const after = await tx.setting.update({
    where: { key },
    data: { value: stored(value), version, updatedById: byId },
    select: SETTING_COLUMNS,
  });
  await tx.settingChange.create({ data: { key, version, byId, from: stored(before.value), to: stored(value) } });
  return viewOf(key, after);
}

/** As a column of JSON takes it: null is no value at all. */
function stored(value: Prisma.JsonValue | SettingValue): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null ? Prisma.DbNull : value;
}
