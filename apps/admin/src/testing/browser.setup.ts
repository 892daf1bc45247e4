import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

/** Set-up of every test of the UI: what one test put on the page is gone before the next. */
afterEach(() => {
  cleanup();
  localStorage.clear();
});

/** The environment of these tests has no popovers; what they do in a browser is tested in one. */
HTMLElement.prototype.showPopover ??= () => undefined;
HTMLElement.prototype.hidePopover ??= () => undefined;
