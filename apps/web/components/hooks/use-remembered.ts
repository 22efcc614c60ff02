import { useCallback, useState } from 'react';

import { readStored, writeStored } from './stored-value.ts';

/** A boolean that this browser stores under a name once it differs from `initially`. */
export function useRemembered(name: string, initially: boolean): readonly [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => (readStored('local', name) === null ? initially : !initially));
  const set = useCallback(
    (next: boolean) => {
      setValue(next);
      writeStored('local', name, next === initially ? null : 'true');
    },
    [name, initially],
  );
  return [value, set];
}
