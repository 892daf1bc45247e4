import type { Reply } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import { talkIcon, talkPage, TALK_POLICY } from "../talk/page.ts";
import { pageScript } from "../talk/page-script.ts";
import { talkStyle } from "../talk/page-style.ts";
import { pageWorklet } from "../talk/page-worklet.ts";

const file = (contentType: string, body: string): Reply => ({
  status: 200,
  contentType: `${contentType}; charset=utf-8`,
  headers: {
    "content-security-policy": TALK_POLICY,
    "referrer-policy": "no-referrer",
    "permissions-policy": "microphone=(self)",
    "cross-origin-opener-policy": "same-origin",
  },
  body,
});

const FILES: Readonly<Record<string, Reply>> = {
  "/talk": file("text/html", talkPage),
  "/talk/talk.js": file("text/javascript", pageScript),
  "/talk/worklet.js": file("text/javascript", pageWorklet),
  "/talk/talk.css": file("text/css", talkStyle),
  "/talk/icon.svg": file("image/svg+xml", talkIcon),
};

/** The page on which a person talks to a slot. Static; what it may do is its ticket's. */
export const talkRoutes: readonly Route[] = Object.entries(FILES).map(([pattern, reply]) => ({
  method: "GET",
  pattern,
  handle: () => reply,
}));
