import { SETTINGS, type Setting, type SettingValue } from './settings.ts';

/** The table of settings for people. */
export function settingsMarkdown(): string {
  const rows = Object.entries<Setting>(SETTINGS).map(
    ([key, { default: fallback, audience, text }]) => `| \`${key}\` | ${inWords(fallback)} | ${audience} | ${text} |`,
  );
  return ['| setting | default | read by | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function inWords(value: SettingValue): string {
  if (typeof value === 'boolean') return value ? '`on`' : '`off`';
  return value.length === 0 ? 'empty' : `\`${typeof value === 'string' ? value : value.join(',')}\``;
}
