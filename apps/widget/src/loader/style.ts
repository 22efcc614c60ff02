/** The loader's own style, inside its shadow root: the page's rules end at the host element, and `all: initial` undoes what is inherited. */
export const STYLE = `
:host { all: initial !important; position: fixed !important; z-index: 2147483000 !important; inset-block-end: 20px !important; inset-inline: auto 20px !important; display: block !important }
:host([data-side=left]) { inset-inline: 20px auto !important }
:host([hidden]) { display: none !important }
* { box-sizing: border-box }
button { position: relative; display: grid; place-items: center; inline-size: 56px; block-size: 56px; margin: 0 0 0 auto; padding: 0; border: 0; border-radius: 50%; background: var(--brand); color: var(--on-brand); cursor: pointer; box-shadow: 0 1px 2px #0002, 0 6px 20px #0003; transition: transform 140ms ease-out; -webkit-tap-highlight-color: transparent }
:host([data-side=left]) button { margin: 0 auto 0 0 }
button:hover { transform: translateY(-1px) }
button:focus-visible { outline: 2px solid var(--brand); outline-offset: 3px }
svg { inline-size: 26px; block-size: 26px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round }
.badge { position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-inline-size: 22px; block-size: 22px; padding: 0 6px; border: 2px solid #fff; border-radius: 11px; background: #b3261e; color: #fff; font: 600 12px/18px system-ui, sans-serif; font-variant-numeric: tabular-nums; text-align: center }
.badge[hidden] { display: none }
.panel { position: absolute; inset-block-end: 72px; inset-inline-end: 0; inline-size: 384px; block-size: min(640px, calc(100vh - 96px)); block-size: min(640px, calc(100dvh - 96px)); border: 0; border-radius: 16px; background: Canvas; color-scheme: light dark; box-shadow: 0 0 0 1px #0000001a, 0 12px 48px #00000033; overflow: hidden; animation: rise 160ms ease-out }
:host([data-side=left]) .panel { inset-inline: 0 auto }
.panel[hidden] { display: block; visibility: hidden; pointer-events: none; animation: none }
iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; color-scheme: light dark }
.failed { padding: 24px; font: 400 14px/20px system-ui, sans-serif; color: CanvasText }
@keyframes rise { from { opacity: 0; transform: translateY(8px) } }
@media (max-width: 479px) {
  .panel { position: fixed; inset: 0; inline-size: 100%; block-size: 100%; border-radius: 0; box-shadow: none }
  :host([data-open]) button { visibility: hidden }
}
@media (prefers-reduced-motion: reduce) { button, .panel { transition: none; animation: none } }
@media print { :host { display: none !important } }
`;
