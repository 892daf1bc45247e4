import { type ComponentPropsWithRef, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

/** `main`: the one thing to do here; `plain`: everything else; `quiet`: within rows and bars; `danger`: what callers or data would miss. */
export type ButtonLook = "main" | "plain" | "quiet" | "danger";

const LOOKS: Readonly<Record<ButtonLook, string>> = {
  main: "bg-ink text-on-ink enabled:hover:bg-ink-hover border-transparent",
  plain: "bg-surface text-ink border-edge enabled:hover:bg-hover",
  quiet: "bg-transparent text-ink-soft border-transparent enabled:hover:bg-hover enabled:hover:text-ink",
  danger: "bg-bad-solid text-on-ink border-transparent enabled:hover:bg-bad-hover",
};
const SHAPE =
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap select-none transition-colors aria-disabled:opacity-50 aria-disabled:cursor-not-allowed disabled:opacity-50 disabled:cursor-not-allowed";
const SIZES = { normal: "min-h-9 px-3.5 text-base", small: "min-h-7 px-2.5 text-sm" };

/** The classes of a button, for links that look like one. */
export const buttonClass = (look: ButtonLook = "plain", size: keyof typeof SIZES = "normal"): string =>
  classNames(SHAPE, SIZES[size], LOOKS[look]);

export interface ButtonProps extends ComponentPropsWithRef<"button"> {
  readonly look?: ButtonLook;
  readonly size?: keyof typeof SIZES;
  /** Work is under way: the button keeps its width and place, takes no click and says so. */
  readonly isBusy?: boolean;
  /** Why it cannot be used now; the button stays reachable and tells it. */
  readonly disabledBecause?: string | null | undefined;
  readonly icon?: ReactNode;
}

export function Button({
  look = "plain",
  size = "normal",
  isBusy = false,
  disabledBecause,
  icon,
  ...rest
}: ButtonProps) {
  const { className, children, onClick, ...props } = rest;
  const isIdle = !isBusy && (disabledBecause ?? null) === null;
  const button = (
    <button
      type="button"
      {...props}
      {...(isIdle ? { onClick } : { "aria-disabled": true, onClick: (event) => event.preventDefault() })}
      aria-busy={isBusy || undefined}
      className={classNames(buttonClass(look, size), className)}
    >
      {isBusy ? <Spinner /> : icon}
      {children}
    </button>
  );
  return typeof disabledBecause === "string" ? <Tooltip text={disabledBecause}>{button}</Tooltip> : button;
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon"> {
  /** What it does; read out and shown on hover. */
  readonly label: string;
  readonly icon: ReactNode;
}

export function IconButton({ label, icon, look = "quiet", size = "normal", className, ...props }: IconButtonProps) {
  const button = (
    <button
      type="button"
      {...props}
      aria-label={label}
      className={classNames(buttonClass(look, size), size === "normal" ? "min-w-9 px-0!" : "min-w-7 px-0!", className)}
    >
      {icon}
    </button>
  );
  return <Tooltip text={label}>{button}</Tooltip>;
}
