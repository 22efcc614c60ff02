'use client';

import { FailurePage } from '../components/FailurePage.tsx';

export default function ErrorPage({ error }: { readonly error: Error & { readonly digest?: string } }) {
  return (
    <>
      <title>{'Switchboard'}</title>
      <FailurePage error={error} />
    </>
  );
}
