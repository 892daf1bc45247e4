/** Light and dark as the person's system is, from a phone's width up. */
export const talkStyle = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f3f5f9, #101319);
  --card: light-dark(#ffffff, #191e27);
  --ink: light-dark(#171b23, #e9edf5);
  --faint: light-dark(#586173, #9aa5b8);
  --line: light-dark(#dbe0ea, #2c3442);
  --call: light-dark(#13753c, #23854b);
  --end: light-dark(#b3261e, #c43d34);
  --accent: light-dark(#2456d6, #7ea2ff);
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; display: grid; gap: 1rem; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; }
header { display: flex; align-items: baseline; justify-content: space-between; }
h1 { font-size: 1.25rem; margin: 0; }
h2 { font-size: 0.875rem; font-weight: 600; margin: 0 0 -0.5rem; color: var(--faint); }
#clock { font-variant-numeric: tabular-nums; color: var(--faint); }
#state { margin: 0; min-height: 3em; text-wrap: pretty; }
[data-state="failed"] #state { color: light-dark(#b3261e, #ff9b93); }
button { font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 0.6rem; padding: 0.6rem; min-height: 2.75rem; cursor: pointer; }
button:disabled { opacity: 0.55; cursor: not-allowed; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#call { font-weight: 600; color: #fff; background: var(--call); border-color: transparent; }
[data-state="calling"] #call { background: var(--end); }
#call:disabled { color: var(--faint); background: var(--line); opacity: 1; }
#levels { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 0.75rem; align-items: center; color: var(--faint); }
meter { width: 100%; height: 0.75rem; }
summary { cursor: pointer; color: var(--faint); padding: 0.25rem 0; }
#keys { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.4rem; padding-top: 0.5rem; }
#log { margin: 0; padding: 0; list-style: none; min-height: 3rem; max-height: 12rem; overflow-y: auto; border-top: 1px solid var(--line); font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
#log li { white-space: pre-wrap; padding: 0.3rem 0; border-bottom: 1px solid var(--line); }
#log:empty::before { content: "Nothing yet."; color: var(--faint); display: block; padding: 0.3rem 0; }
@media (min-height: 50rem) { #log { max-height: 16rem; } }
`;
