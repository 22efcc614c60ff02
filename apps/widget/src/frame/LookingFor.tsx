import { useEffect, useState } from 'preact/hooks';

import { Words } from './Words.tsx';

/** Milliseconds after which it is no matter of a moment any more. */
const LONG_MS = 5_000;

/** While the conversation from before is asked for: tried again by itself, and not without a word. */
export function LookingFor() {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <output class="quiet">
      <Words>
        {long ? 'We can’t be reached right now. Your conversation will be here as soon as we can.' : 'Looking for your conversation …'}
      </Words>
    </output>
  );
}
