import { signalValue } from "../api/signal-value.ts";
import { useSyncExternalStore } from "react";

/** `system` follows the machine's setting. */
export type Theme = "system" | "light" | "dark";

const KEY = "tandem.theme"; // public/theme.js reads it before the first paint
const chosen = signalValue<Theme>(stored());

function stored(): Theme {
  const theme = localStorage.getItem(KEY);
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** The chosen theme, and how to choose another; kept in this browser. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(chosen.subscribe, chosen.get), choose];
}

function choose(theme: Theme): void {
  chosen.set(theme);
  const { dataset } = document.documentElement;
  if (theme === "system") {
    localStorage.removeItem(KEY);
    delete dataset["theme"];
  } else {
    localStorage.setItem(KEY, theme);
    dataset["theme"] = theme;
  }
}
