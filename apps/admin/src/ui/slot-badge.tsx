import { classNames } from "./class-names.ts";

export type Slot = "blue" | "green";

const LOOKS: Readonly<Record<Slot, string>> = { blue: "bg-blue-fill text-blue", green: "bg-green-fill text-green" };

/** Blue is round, green is a diamond: told apart without colour. */
export const SlotMark = ({ slot, className }: { readonly slot: Slot; readonly className?: string }) => (
  <svg
    viewBox="0 0 12 12"
    className={classNames("size-3 shrink-0", slot === "blue" ? "text-blue" : "text-green", className)}
    aria-hidden="true"
  >
    {slot === "blue" ? (
      <circle cx="6" cy="6" r="5" fill="currentColor" />
    ) : (
      <path d="M6 0 12 6 6 12 0 6z" fill="currentColor" />
    )}
  </svg>
);

/** A slot by name, with its shape. */
export const SlotBadge = ({ slot }: { readonly slot: Slot }) => (
  <span className={classNames("inline-flex h-6 items-center gap-1.5 rounded-md px-2 text-sm font-medium", LOOKS[slot])}>
    <SlotMark slot={slot} />
    {slot}
  </span>
);
