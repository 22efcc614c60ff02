import { useEffect, useState } from 'preact/hooks';

import { useTexts } from './texts.ts';
import { Words } from './Words.tsx';

/** Milliseconds after which it is no matter of a moment any more. */
const LONG_MS = 5_000;

/** While the conversation from before is asked for: tried again by itself, and not without a word. */
export function LookingFor() {
  const t = useTexts();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <output class="quiet">
      <Words>{t(long ? 'lookingLong' : 'looking')}</Words>
    </output>
  );
}
