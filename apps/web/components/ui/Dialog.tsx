import { deferredModule } from './deferred-module.ts';
import type { DialogProps } from './DialogWindow.tsx';

const useDialogWindow = deferredModule(async () => await import('./DialogWindow.tsx'));

/** A window over the console. Esc and a press outside close it, and the focus goes back to where it was. */
export function Dialog(props: DialogProps) {
  const loaded = useDialogWindow();
  return loaded === undefined ? null : <loaded.DialogWindow {...props} />;
}
