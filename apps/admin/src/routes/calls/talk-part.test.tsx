import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { refusal, renderAs, stubApi } from "../../testing/stubbed-api.setup.tsx";
import { TalkPart } from "./talk-part.tsx";

const PATH = "POST /v1/deployments/front-desk/talk-links";
const address = "https://voice.example/talk#key.claims.signature";
const opened = vi.fn<typeof window.open>();

beforeEach(() => void vi.stubGlobal("open", opened));
afterEach(() => {
  opened.mockClear();
  vi.useRealTimers();
});

const show = (why: string | null = null) =>
  renderAs(["call"], <TalkPart tenant="acme" deployment="front-desk" slot="green" disabledBecause={why} />);
const talk = () => screen.getByRole("button", { name: "Talk to green" });

test("an address opens in a tab that knows nothing of this one, stands here as text, and is gone when it is too old", async () => {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const asked = stubApi({ [PATH]: () => Response.json({ slot: "green", address, expiresAt }, { status: 201 }) });
  vi.useFakeTimers({ shouldAdvanceTime: true });
  show();
  await userEvent.click(talk());
  const link = await screen.findByRole("link", { name: /^https:\/\/voice\.example/ });
  expect([link.getAttribute("href"), link.getAttribute("target")]).toEqual([address, "_blank"]);
  expect(link.getAttribute("rel")).toContain("noreferrer");
  expect(opened.mock.calls).toEqual([[address, "_blank", "noopener"]]);
  expect(asked[0]).toMatchObject({ body: { slot: "green" }, headers: { "tandem-tenant": "acme" } });
  await act(() => vi.advanceTimersByTimeAsync(61_000));
  expect(screen.queryByRole("link")).toBeNull();
  expect(screen.getByText("This address is no longer good")).toBeTruthy();
});

test("why there is none is said, and nothing opens", async () => {
  stubApi({ [PATH]: () => refusal(409, "conflict", { detail: "The agent of slot green is hosted by its vendor" }) });
  show();
  await userEvent.click(talk());
  expect(await screen.findByText("The agent of slot green is hosted by its vendor")).toBeTruthy();
  expect(opened).not.toHaveBeenCalled();
});

test("whoever may place no call is told why", () => {
  stubApi({});
  show("Your roles here (viewer) do not allow this");
  expect(talk().getAttribute("aria-disabled")).toBe("true");
});
