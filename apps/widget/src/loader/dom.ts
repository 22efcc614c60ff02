/** An element made by hand instead of from HTML, which pages with Trusted Types refuse. */
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

export function makeButton(className: string, onClick: () => void, ...content: (Node | string)[]): HTMLButtonElement {
  const button = make('button', className, ...content);
  button.type = 'button';
  button.addEventListener('click', onClick);
  return button;
}

/** Drawn in a field of 24 × 24. */
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

/** Has an icon made by `makeIcon` show another drawing. */
export function redraw(icon: SVGSVGElement, drawing: string): void {
  icon.firstElementChild?.setAttribute('d', drawing);
}
