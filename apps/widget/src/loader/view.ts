import { launcherRing, textOn } from '../color.ts';
import { make, makeButton, makeIcon, redraw } from './dom.ts';
import { createOverlay, type Overlay } from './overlay.ts';
import type { WidgetSettings } from './settings.ts';
import STYLE from './style.css?inline';

const BUBBLE = 'M5.5 5h13a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2H12L7.5 20v-3.5h-2a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z';
const CHEVRON = 'm6 9.5 6 6 6-6';

/** The widget's elements on the host page: the launcher and the panel, inside a custom element. */
export interface View {
  readonly host: HTMLElement;
  readonly launcher: HTMLElement;
  readonly panel: HTMLElement;
  readonly overlay: Overlay;
  /** Shows the panel as open or closed, and the number of unread messages on the launcher while it is closed. */
  draw(isOpen: boolean, unread: number): void;
  /** Whether the focus is in the widget, its frame included. */
  hasFocus(): boolean;
}

function styleOf({ color: brand, offset, zIndex }: WidgetSettings): CSSStyleSheet {
  const [x, y] = offset;
  const style = new CSSStyleSheet();
  style.replaceSync(
    `${STYLE}:host{--brand:${brand};--on-brand:${textOn(brand)};--ring:${launcherRing(brand)};--x:${x}px;--y:${y}px;z-index:${zIndex}!important}`,
  );
  return style;
}

/** @param onRetry called when the person wants to load the chat again after a failure */
export function createView(settings: WidgetSettings, onToggle: () => void, onRetry: () => void, onClose: () => void): View {
  const host = document.createElement('switchboard-widget');
  const icon = makeIcon(BUBBLE);
  const badge = make('span', 'badge');
  const launcher = makeButton('launcher', onToggle, icon, badge);
  const overlay = createOverlay(settings, onRetry, onClose);
  const panel = make('div', 'panel', overlay.element);
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [styleOf(settings)];
  host.dataset.side = settings.side;
  host.toggleAttribute('data-bare', settings.hideLauncher);
  badge.ariaHidden = 'true';
  panel.role = 'dialog';
  panel.ariaLabel = settings.title;
  // If a language is set, the panel has the direction of the page.
  if (settings.locale === undefined) panel.dir = 'ltr';
  root.append(panel, launcher);
  return {
    host,
    launcher,
    panel,
    overlay,
    draw(isOpen, unread) {
      host.toggleAttribute('data-open', isOpen);
      panel.hidden = !isOpen;
      redraw(icon, isOpen ? CHEVRON : BUBBLE);
      badge.hidden = isOpen || unread === 0;
      badge.textContent = unread > 99 ? '99+' : String(unread);
      launcher.ariaLabel = isOpen ? 'Close chat' : `Open chat${unread > 0 ? `, ${unread} unread` : ''}`;
      launcher.ariaExpanded = String(isOpen);
    },
    hasFocus: () => document.activeElement === host,
  };
}
