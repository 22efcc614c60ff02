import { useTranslations } from 'use-intl';

import { SignInForm } from '../sign-in/SignInForm.tsx';
import { slots } from '../text/slots.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import type { ConsoleOperator } from './operator.ts';

interface SignedOutProps {
  readonly open: boolean;
  /** Another operator is signed in in this browser now. */
  readonly somebodyElse: boolean;
  /** The operator this page belongs to. */
  readonly operator: ConsoleOperator;
  readonly onSignedIn: (email: string) => void;
}

/** Asks to sign in again when the session has ended while the console is open. Nothing typed is lost. */
export function SignedOutDialog({ open, somebodyElse, operator, onSignedIn }: SignedOutProps) {
  const t = useTranslations('signedOut');
  const name = slots({ name: <bdi>{operator.name}</bdi> });
  return (
    <Dialog open={open} title={t(somebodyElse ? 'otherTitle' : 'title')}>
      {somebodyElse ? (
        <>
          <p className="mb-4 text-13 text-ink-soft">{t.rich('otherText', { ...name, email: operator.email })}</p>
          <Button onClick={() => window.location.reload()} className="mb-6">
            {t('otherOpen')}
          </Button>
          <p className="mb-4 text-13 text-ink-soft">{t.rich('otherAgain', name)}</p>
        </>
      ) : (
        <p className="mb-4 text-13 text-ink-soft">{t('text')}</p>
      )}
      <SignInForm email={operator.email} onSignedIn={onSignedIn} />
    </Dialog>
  );
}
