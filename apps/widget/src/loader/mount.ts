/** Whether the browser can move an element without reloading the frame in it. */
const CAN_MOVE = 'moveBefore' in Element.prototype;
/** Minimum milliseconds between two re-insertions, for a page that keeps removing the widget. */
const RETURN_MS = 1_000;

/** Missing in TypeScript's library. */
interface Movable {
  moveBefore(node: Node, child: Node | null): void;
}

/**
 * The widget's place in the document: beside `body`, so that neither a new body nor its transforms and filters affect it; in the topmost modal dialog while one
 * is open, because everything else is inert then. When the page removes the widget, it is inserted again.
 */
export interface Mount {
  /** Inserts or moves the widget to its place. */
  take(): void;
  /** Removes the widget. */
  leave(): void;
}

/** @param onChange called when the document around the widget has changed; `reloaded`: its frame loads again */
export function createMount(host: HTMLElement, onChange: (reloaded: boolean) => void): Mount {
  /** Open modal dialogs, the topmost one last. */
  let dialogs: HTMLDialogElement[] = CAN_MOVE ? [...document.querySelectorAll<HTMLDialogElement>('dialog:modal')] : [];
  let wanted = false;
  let returnedAt = -RETURN_MS;

  const check = () => {
    if (host.isConnected) {
      observe();
      onChange(false);
      return;
    }
    const wait = returnedAt + RETURN_MS - performance.now();
    if (wait > 0) setTimeout(reinsert, wait);
    else reinsert();
  };
  const observer = new MutationObserver(check);
  /** Observes only the child lists of the widget's ancestors, which is cheap on any page. */
  const observe = () => {
    observer.disconnect();
    for (let node = host.parentNode; node !== null; node = node.parentNode) observer.observe(node, { childList: true });
  };
  const reinsert = () => {
    if (!wanted || host.isConnected) return;
    returnedAt = performance.now();
    take();
  };
  const toggled = ({ target }: Event) => {
    if (!(target instanceof HTMLDialogElement)) return;
    dialogs = dialogs.filter((dialog) => dialog !== target);
    if (target.open) dialogs.push(target);
    take();
  };
  const take = () => {
    wanted = true;
    const dialog = dialogs.findLast((one) => one.isConnected && one.matches(':modal'));
    const parent = dialog ?? document.documentElement;
    const lost = !host.isConnected;
    if (lost) parent.append(host);
    else if (CAN_MOVE && host.parentNode !== parent) (parent as unknown as Movable).moveBefore(host, null);
    // In the top layer the dialog's transforms and scrolling do not affect it.
    host.popover = null;
    if (dialog !== undefined) {
      host.popover = 'manual';
      host.showPopover();
    }
    observe();
    onChange(lost);
  };
  if (CAN_MOVE) document.addEventListener('toggle', toggled, true);
  return {
    take,
    leave() {
      wanted = false;
      observer.disconnect();
      document.removeEventListener('toggle', toggled, true);
      host.remove();
    },
  };
}
