/** The colour of a token (`ink`, `line`, …) as it stands at an element now: a canvas knows no variables. */
export function pageColour(of: Element, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  of.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
