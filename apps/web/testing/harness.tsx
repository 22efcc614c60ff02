import '@fontsource-variable/inter/wght.css';
import '../styles/console.css';

import { ChatError } from '@switchboard/protocol/errors';
import { createRoot } from 'react-dom/client';

import { Console } from '../components/console/Console.tsx';
import { SignInPage } from '../components/sign-in/SignInPage.tsx';
import { FakeChat, summaryOf } from './fake-chat.ts';
import { messageOf } from './fake-conversation.ts';

/** What a test reaches from outside the page. */
export interface Stage {
  readonly chat: FakeChat;
  readonly summaryOf: typeof summaryOf;
  readonly messageOf: typeof messageOf;
  readonly ChatError: typeof ChatError;
  /** Shows the console, or the sign-in page. */
  show(what: 'console' | 'sign-in'): void;
  /** With which e-mails somebody has signed in again. */
  readonly signedIn: string[];
}

declare global {
  interface Window {
    stage: Stage;
  }
}

const element = document.querySelector('#root');
if (element === null) throw new Error('The page has no root.');
const root = createRoot(element);
const operator = { id: 1, name: 'Maya Lindqvist', email: 'maya@lamps.example' };
const chat = new FakeChat();
const signedIn: string[] = [];
window.stage = {
  chat,
  summaryOf,
  messageOf,
  ChatError,
  signedIn,
  show(what) {
    const page =
      what === 'console' ? (
        <Console chat={chat} operator={operator} onSignedIn={(email) => signedIn.push(email)} />
      ) : (
        <SignInPage next="/" />
      );
    root.render(page);
  },
};
