import type { Page } from "playwright-core";

/** A page that is told to be offline, or whose server is stopped, may say so. */
const UNREACHABLE =
  /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|INCOMPLETE|NETWORK|ABORTED)/;

/**
 * Collects what no page may do: errors on the console, uncaught errors, what its policy forbids, answers of 500 and above, files that are not
 * there. Refusals of the API (409, 422, …) are answers as others.
 */
export function listenTo(page: Page, complaints: string[]): void {
  const complain = (text: string): void => void complaints.push(`${new URL(page.url()).pathname}: ${text}`);
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !text.startsWith("Failed to load resource")) complain(text);
  });
  page.on("pageerror", (error) => complain(error.stack ?? error.message));
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const isFile = !/^\/(v1|auth)\//.test(pathname);
    if (response.status() >= (isFile ? 400 : 500)) complain(`${response.status()} from ${pathname}`);
  });
  page.on("requestfailed", (request) => {
    const failure = request.failure()?.errorText ?? "";
    if (!UNREACHABLE.test(failure)) complain(`${failure} at ${request.url()}`);
  });
}
