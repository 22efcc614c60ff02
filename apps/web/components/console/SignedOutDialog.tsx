import { SignInForm } from '../sign-in/SignInForm.tsx';
import { Dialog } from '../ui/Dialog.tsx';

/** The session is over while the console is open: sign in again, right here, and nothing that was typed is gone. */
export function SignedOutDialog({
  open,
  email,
  onSignedIn,
}: {
  readonly open: boolean;
  readonly email: string;
  readonly onSignedIn: (email: string) => void;
}) {
  return (
    <Dialog open={open} title="You are signed out">
      <p className="mb-4 text-13 text-ink-soft">Sign in again to go on. What you have typed and what was not sent yet is kept.</p>
      <SignInForm email={email} onSignedIn={onSignedIn} />
    </Dialog>
  );
}
