import { createVisitorChat } from '@switchboard/client';
import { render } from 'preact';

import { textOn } from '../color.ts';
import { App } from './App.tsx';
import { createParentLine } from './parent-line.ts';
import { readFrameSettings, readServerConfig } from './settings.ts';
import { createSound } from './sound.ts';
import { openStorage } from './storage.ts';
import './style.css';
import './conversation.css';

const config = readServerConfig();
const settings = readFrameSettings(location.hash);
const storage = openStorage();
const root = document.getElementById('chat');
if (root === null) throw new Error('The page has no place for the chat.');
document.documentElement.style.setProperty('--brand', settings.color);
document.documentElement.style.setProperty('--on-brand', textOn(settings.color));

const chat = createVisitorChat({ relay: config.relay, storage, debug: config.debug });
render(<App chat={chat} settings={settings} parent={createParentLine(settings.origin)} sound={createSound(storage)} />, root);
