import { isSettingKey, SETTING_KEYS, SETTINGS, type SettingKey, type SettingView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { isPermitted, requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { acceptedValue, viewOf, type SettingRow } from './setting-view.ts';

/** Columns of `SettingRow`. */
export const SETTING_COLUMNS = {
  key: true,
  value: true,
  version: true,
  updatedAt: true,
  updatedBy: { select: { id: true, name: true } },
} as const;

/** Settings, in the order of the registry. */
export interface Settings {
  readonly settings: readonly SettingView[];
  /** Keys of stored values that this version can't use: it does not know the key, or does not accept the value. The default holds instead. */
  readonly unusable: readonly string[];
}

/**
 * The settings that this actor may see: those of the console, or all for who may change them.
 *
 * @throws ChatError `unauthenticated`, `forbidden`, `unavailable`
 */
export async function readSettings(ctx: Pick<Context, 'db' | 'log'>, actor: Actor): Promise<Settings> {
  requirePermission(actor, 'setting.read');
  const seesAll = isPermitted(actor, 'setting.change');
  const isSeen = (key: SettingKey) => seesAll || SETTINGS[key].audience === 'console';
  const rows: readonly SettingRow[] = await withDatabase(
    ctx,
    async () => await ctx.db.prisma.setting.findMany({ select: SETTING_COLUMNS }),
  );
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return {
    settings: SETTING_KEYS.filter(isSeen).map((key) => viewOf(key, byKey.get(key))),
    unusable: seesAll ? rows.filter(isUnusable).map(({ key }) => key) : [],
  };
}

function isUnusable({ key, value }: SettingRow): boolean {
  return isSettingKey(key) ? acceptedValue(key, value) === undefined : value !== null;
}
