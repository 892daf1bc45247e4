import { createLink, type LinkComponent } from "@tanstack/react-router";
import { type ComponentPropsWithRef } from "react";
import { buttonClass, type ButtonLook } from "./button.tsx";
import { classNames } from "./class-names.ts";

const Anchor = ({ className, children, ...props }: ComponentPropsWithRef<"a">) => (
  <a
    {...props}
    className={classNames(
      "rounded-xs text-ink underline decoration-edge underline-offset-3 hover:decoration-ink",
      className,
    )}
  >
    {children}
  </a>
);

interface ButtonAnchorProps extends ComponentPropsWithRef<"a"> {
  readonly look?: ButtonLook;
  readonly size?: "normal" | "small";
}
const ButtonAnchor = ({ look = "plain", size = "normal", className, children, ...props }: ButtonAnchorProps) => (
  <a {...props} className={classNames(buttonClass(look, size), className)}>
    {children}
  </a>
);

/** To a page of ours, checked by the type of the route tree; loads the page's code on hover. */
export const Link: LinkComponent<typeof Anchor> = createLink(Anchor);
/** A link that looks like a button: it leads somewhere, it does nothing. */
export const ButtonLink: LinkComponent<typeof ButtonAnchor> = createLink(ButtonAnchor);

/** To a page of somebody else, in a new tab. */
export const OutsideLink = ({ children, ...props }: ComponentPropsWithRef<"a">) => (
  <Anchor {...props} target="_blank" rel="noreferrer">
    {children}
    <span className="sr-only"> (opens in a new tab)</span>
  </Anchor>
);
