import type { ReactNode } from 'react';

import { AlertIcon } from '../ui/icons.tsx';

/** Says why a form could not be sent, or can't be filled in. */
export function FormProblem({ id, children }: { readonly id?: string; readonly children: ReactNode }) {
  return (
    <p id={id} role="alert" className="flex items-start gap-2 text-13 text-danger">
      <span className="mt-px">
        <AlertIcon />
      </span>
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
    </p>
  );
}
