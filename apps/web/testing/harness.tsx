import '@fontsource-variable/inter/wght.css';
import '../styles/console.css';

import { createOperatorChat } from '@switchboard/client';
import { ChatError } from '@switchboard/protocol/errors';
import { bestLocale, directionOf } from '@switchboard/protocol/locales';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { IntlProvider, type IntlError } from 'use-intl';

import { Console } from '../components/console/Console.tsx';
import { FailurePage } from '../components/FailurePage.tsx';
import type { ConsoleOperator } from '../components/console/operator.ts';
import { JoinPage } from '../components/join/JoinPage.tsx';
import { SignInPage } from '../components/sign-in/SignInPage.tsx';
import { MESSAGES } from '../locales/messages.ts';
import { FakeChat, summaryOf } from './fake-chat.ts';
import { messageOf } from './fake-conversation.ts';

/** What a test reaches from outside the page. */
export interface Harness {
  readonly chat: FakeChat;
  readonly summaryOf: typeof summaryOf;
  readonly messageOf: typeof messageOf;
  readonly ChatError: typeof ChatError;
  /** Shows the console of this operator, the sign-in page, that of an invitation, or what is shown when a page has failed here or on the server. */
  show(what: 'console' | 'sign-in' | 'join' | 'page-fault' | 'server-fault', operator?: ConsoleOperator): void;
  /** Shows the console with the real client, which asks this origin's `/api` and finds no relay. */
  connect(): void;
  /** With which e-mails somebody has signed in again. */
  readonly signedIn: string[];
}

declare global {
  interface Window {
    harness: Harness;
  }
}

const element = document.querySelector('#root');
if (element === null) throw new Error('The page has no root.');
const root = createRoot(element);
const locale = bestLocale(navigator.languages);
document.documentElement.lang = locale;
document.documentElement.dir = directionOf(locale);

/** A text that is missing, or a value of one, fails the test. */
function fail(error: IntlError): never {
  throw error;
}

function render(page: ReactNode): void {
  root.render(
    <IntlProvider locale={locale} messages={MESSAGES[locale]} onError={fail}>
      {page}
    </IntlProvider>,
  );
}

const maya = { id: 1, name: 'Maya Lindqvist', email: 'maya@lamps.example' };
const chat = new FakeChat();
const signedIn: string[] = [];
window.harness = {
  chat,
  summaryOf,
  messageOf,
  ChatError,
  signedIn,
  connect() {
    const real = createOperatorChat({ relay: { url: window.location.origin, path: '/chat' }, operator: maya });
    render(<Console chat={real} operator={maya} relayHost="chat.lamps.example" onSignedIn={() => undefined} />);
  },
  show(what, operator = maya) {
    if (what === 'page-fault' || what === 'server-fault') {
      render(<FailurePage error={Object.assign(new Error(what), what === 'server-fault' ? { digest: '1' } : {})} />);
      return;
    }
    if (what === 'join') {
      render(<JoinPage />);
      return;
    }
    const page =
      what === 'console' ? (
        <Console
          key={operator.id}
          chat={chat}
          operator={operator}
          relayHost="chat.lamps.example"
          onSignedIn={(email) => signedIn.push(email)}
        />
      ) : (
        <>
          <title>Sign in</title>
          <SignInPage installation="Switchboard" next="/" />
        </>
      );
    render(page);
  },
};
