import { vi } from 'vitest';

import { PATIENCE_MS } from './vitest.config.ts';

// `vi.waitFor` waits for one second by default, and no setting changes that.
const waitFor = vi.waitFor.bind(vi);
vi.waitFor = async (check, options = {}) =>
  await waitFor(check, { timeout: PATIENCE_MS, ...(typeof options === 'number' ? { timeout: options } : options) });
