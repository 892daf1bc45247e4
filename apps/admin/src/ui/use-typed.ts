import { useEffect, useState } from "react";

/** How long typing pauses before it is told, milliseconds. */
const PAUSE_MS = 200;

/**
 * A text that is told once its typing pauses, and follows what it stands for (the address) when that changes elsewhere. What was told and
 * comes back late takes nothing of what was typed meanwhile.
 */
export function useTyped(value: string, onTold: (text: string) => void): [text: string, type: (text: string) => void] {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (value !== told) {
      setTold(value);
      setText(value);
    }
  }
  const next = text.trim();
  useEffect(() => {
    if (next === told) return undefined;
    const timer = setTimeout(() => {
      setTold(next);
      onTold(next);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [next, told, onTold]);
  return [text, setText];
}
