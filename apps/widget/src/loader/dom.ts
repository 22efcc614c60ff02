/** Creates an element. The widget uses no HTML strings, because pages with Trusted Types refuse them. */
export function make<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  className: string,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...content);
  return element;
}

/** Creates a button. */
export function makeButton(className: string, onClick: () => void, ...content: (Node | string)[]): HTMLButtonElement {
  const button = make('button', className, ...content);
  button.type = 'button';
  button.addEventListener('click', onClick);
  return button;
}

/** Creates an icon. `drawing`: the path data, in a view box of 24 × 24. */
export function makeIcon(drawing: string): SVGSVGElement {
  const [svg, path] = (['svg', 'path'] as const).map((name) => document.createElementNS('http://www.w3.org/2000/svg', name)) as [
    SVGSVGElement,
    SVGPathElement,
  ];
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.ariaHidden = 'true';
  svg.append(path);
  redraw(svg, drawing);
  return svg;
}

/** Changes the drawing of an icon. */
export function redraw(icon: SVGSVGElement, drawing: string): void {
  icon.firstElementChild?.setAttribute('d', drawing);
}
