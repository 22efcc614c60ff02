/** Whether an element can be put elsewhere with the frame in it as it is. */
const CAN_MOVE = 'moveBefore' in Element.prototype;
/** A page that takes the widget out again and again gets it back once in this time. */
const RETURN_MS = 1_000;

/** Not in TypeScript's library yet. */
interface Movable {
  moveBefore(node: Node, child: Node | null): void;
}

/**
 * Where the widget stands on the page: beside `body`, so that neither a new body nor its transforms and filters reach it; in the topmost modal dialog
 * while one is open, because nothing else can be used then; and back again wherever the page loses it.
 */
export interface Mount {
  /** Puts the widget where it belongs, unless it is there. */
  take(): void;
  leave(): void;
}

/** @param onChange told when the page around the widget is another one; `reloaded`: what is in its frame begins from the start */
export function createMount(host: HTMLElement, onChange: (reloaded: boolean) => void): Mount {
  /** Open modal dialogs, the topmost one last. */
  let dialogs: HTMLDialogElement[] = CAN_MOVE ? [...document.querySelectorAll<HTMLDialogElement>('dialog:modal')] : [];
  let wanted = false;
  let returnedAt = -RETURN_MS;

  const look = () => {
    if (host.isConnected) {
      observe();
      onChange(false);
      return;
    }
    const wait = returnedAt + RETURN_MS - performance.now();
    if (wait > 0) setTimeout(comeBack, wait);
    else comeBack();
  };
  const observer = new MutationObserver(look);
  /** All around the widget, and nothing beside it: it is cheap on any page. */
  const observe = () => {
    observer.disconnect();
    for (let node = host.parentNode; node !== null; node = node.parentNode) observer.observe(node, { childList: true });
  };
  const comeBack = () => {
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
    // In the top layer the dialog's own transforms and scrolling do not reach it.
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
