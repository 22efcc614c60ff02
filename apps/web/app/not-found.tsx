import { connection } from 'next/server';

/** Rendered for every request: the content security policy has a new nonce each time. */
export default async function NotFound() {
  await connection();
  return (
    <main className="mx-auto flex min-h-dvh max-w-[400px] flex-col px-4 pt-[max(4rem,22dvh)]">
      <title>Nothing here</title>
      <h1 className="mb-2 text-20 font-semibold tracking-[-0.01em]">There is nothing here</h1>
      <p className="mb-6 text-14 text-ink-soft">The address may be mistyped, or the page is gone.</p>
      <a href="/" className="self-start text-14 font-medium text-accent-ink underline underline-offset-2">
        Go to the inbox
      </a>
    </main>
  );
}
