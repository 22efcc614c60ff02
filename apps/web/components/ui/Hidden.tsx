import type { ReactNode } from 'react';

/** For screen readers only. */
export function Hidden({ children, id }: { readonly children: ReactNode; readonly id?: string }) {
  return (
    <span id={id} className="sr-only">
      {children}
    </span>
  );
}
