import { SignInForm } from '../sign-in/SignInForm.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import type { ConsoleOperator } from './operator.ts';

interface SignedOutProps {
  readonly open: boolean;
  /** Not nobody, but another operator is signed in in this browser now. */
  readonly somebodyElse: boolean;
  /** Whom this page belongs to. */
  readonly operator: ConsoleOperator;
  readonly onSignedIn: (email: string) => void;
}

/** The session is over while the console is open: sign in again, right here, and nothing that was typed is gone. */
export function SignedOutDialog({ open, somebodyElse, operator, onSignedIn }: SignedOutProps) {
  return (
    <Dialog open={open} title={somebodyElse ? 'Somebody else is signed in' : 'You are signed out'}>
      {somebodyElse ? (
        <>
          <p className="mb-4 text-13 text-ink-soft">
            This page belongs to <bdi>{operator.name}</bdi> ({operator.email}), and somebody else has signed in in this browser since. What{' '}
            <bdi>{operator.name}</bdi> has typed and what was not sent yet is kept for them, and goes out under no other name.
          </p>
          <Button onClick={() => window.location.reload()} className="mb-6">
            Open the console of who is signed in
          </Button>
          <p className="mb-4 text-13 text-ink-soft">
            Or sign in as <bdi>{operator.name}</bdi> again to go on here:
          </p>
        </>
      ) : (
        <p className="mb-4 text-13 text-ink-soft">Sign in again to go on. What you have typed and what was not sent yet is kept.</p>
      )}
      <SignInForm email={operator.email} onSignedIn={onSignedIn} />
    </Dialog>
  );
}
