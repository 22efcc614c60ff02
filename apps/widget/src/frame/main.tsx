import { createVisitorChat } from '@switchboard/client';
import { directionOf } from '@switchboard/protocol/locales';
import { render } from 'preact';

import { brandColors, textOn } from '../color.ts';
import { App } from './App.tsx';
import { createDrafts } from './drafts.ts';
import { createHostMessages } from './host-messages.ts';
import { readFrameSettings, readServerConfig } from './settings.ts';
import { createSound } from './sound.ts';
import { openStorage } from './storage.ts';
import { loadTexts } from './texts.ts';
import { preventDropNavigation } from './use-drop.ts';
import './style.css';
import './conversation.css';

const config = readServerConfig();
const settings = readFrameSettings(location.hash, config.color);
const storage = openStorage('local');
const root = document.getElementById('chat');
if (root === null) throw new Error('The page has no element with the id "chat".');
const { documentElement } = document;
const { style } = documentElement;
if (settings.locale !== undefined) {
  documentElement.lang = settings.locale;
  documentElement.dir = directionOf(settings.locale);
}
style.setProperty('--brand', settings.color);
style.setProperty('--on-brand', textOn(settings.color));
for (const theme of ['light', 'dark'] as const)
  for (const [name, color] of Object.entries(brandColors(settings.color, theme))) style.setProperty(`--${name}-${theme}`, color);

await loadTexts(settings.locale);
const chat = createVisitorChat({ ...config, storage });
preventDropNavigation();
render(
  <App
    chat={chat}
    config={config}
    settings={settings}
    parent={createHostMessages(settings.origin)}
    sound={createSound(storage, config.sound)}
    drafts={createDrafts(storage, openStorage('session'))}
  />,
  root,
);
