import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import type { Json } from "@tandem/kernel";
import { type Answers, renderAs, stubApi } from "../../../testing/stubbed-api.setup.tsx";
import { Field } from "../../../ui/field.tsx";
import { isVoicesOld, type Voices } from "./use-voices.ts";
import { VoiceControl } from "./voice-control.tsx";

const NOW = new Date().toISOString();
const known: Voices = {
  isListed: true,
  asOf: NOW,
  isWhole: true,
  voices: [
    { id: "11labs-Adrian", name: "Adrian", language: "en", note: "male, American", previewUrl: null },
    { id: "11labs-Amy", name: "Amy", language: "en", note: "female, British", previewUrl: "https://s.example/amy.mp3" },
  ],
  look: { checkId: "c1", state: "done", askedAt: NOW, code: null, detail: null },
};
const unread: Voices = { ...known, asOf: null, voices: [], look: null };
const VOICES = "/v1/connections/k1/voices";

function Part({ connection, first }: { readonly connection: string | undefined; readonly first: string }) {
  const [value, setValue] = useState<Json | undefined>(first);
  return (
    <>
      <Field label="Voice" isRequired>
        <VoiceControl
          tenant="acme"
          connection={connection}
          shape={{ type: "voice", min: null, max: null, choices: null }}
          value={value}
          isDisabled={false}
          onChange={setValue}
          onEmpty={() => setValue(undefined)}
        />
      </Field>
      <output>{JSON.stringify(value)}</output>
    </>
  );
}

function show(answers: Answers, first = "11labs-Adrian", connection: string | undefined = "k1", may = ["edit"]) {
  const asked = stubApi(answers);
  renderAs(may, <Part connection={connection} first={first} />);
  return { asked, looks: () => asked.filter(({ method }) => method === "POST").length };
}
const kept = (): string => screen.getByRole("status", { name: "" }).textContent;
const box = () => screen.findByRole("combobox", { name: "Voice" });

test("a voice is found by what it is, and kept by its id", async () => {
  const { looks } = show({ [`GET ${VOICES}`]: known });
  await userEvent.type(await box(), "{Control>}a{/Control}{Backspace}british{Enter}");
  expect(kept()).toBe('"11labs-Amy"');
  expect(screen.getByRole("link", { name: /Listen to Amy/ }).getAttribute("href")).toBe("https://s.example/amy.mp3");
  expect(looks()).toBe(0);
});

test("any id may be typed, and one that the account has not is told", async () => {
  show({ [`GET ${VOICES}`]: known });
  const input = await box();
  await userEvent.clear(input);
  await userEvent.type(input, "my-own-voice");
  fireEvent.blur(input);
  expect(kept()).toBe('"my-own-voice"');
  expect(screen.getByText("not among the account's voices")).toBeTruthy();
});

test("Enter on arrival keeps what was chosen", async () => {
  show({ [`GET ${VOICES}`]: known }, "11labs-Amy");
  await userEvent.click(await box());
  await userEvent.keyboard("{Enter}");
  expect(kept()).toBe('"11labs-Amy"');
});

test("voices that were never read are read when somebody comes to the input", async () => {
  let answer = unread;
  const { looks } = show({
    [`GET ${VOICES}`]: () => Response.json(answer),
    [`POST ${VOICES}`]: () => {
      answer = known;
      return Response.json({ checkId: "c1" }, { status: 202 });
    },
  });
  await userEvent.click(await box());
  await screen.findByRole("option", { name: /Amy/ });
  expect(looks()).toBe(1);
});

test("why the voices could not be read is told, and it can be tried again", async () => {
  const look = {
    checkId: "c1",
    state: "failed",
    askedAt: NOW,
    code: "vendor_unauthorized",
    detail: "Key refused.",
  } as const;
  const { looks } = show({
    [`GET ${VOICES}`]: { ...unread, look },
    [`POST ${VOICES}`]: () => Response.json({ checkId: "c2" }, { status: 202 }),
  });
  await userEvent.click(await box());
  expect(screen.getByText(/Key refused/)).toBeTruthy();
  expect(looks()).toBe(0);
  await userEvent.click(screen.getByRole("button", { name: "Read the voices" }));
  await waitFor(() => expect(looks()).toBe(1));
});

test("who may not configure asks no vendor; without a connection or a list it is a text", async () => {
  const { looks } = show({ [`GET ${VOICES}`]: unread }, "", "k1", []);
  await userEvent.click(await box());
  expect(looks()).toBe(0);
});

test.each([
  ["no connection is chosen", undefined, known],
  ["the vendor tells no voices", "k1", { ...unread, isListed: false }],
])("where %s it is a text", async (_, connection, voices) => {
  show({ [`GET ${VOICES}`]: voices }, "11labs-Adrian", connection);
  expect((await screen.findByRole<HTMLInputElement>("textbox", { name: "Voice" })).value).toBe("11labs-Adrian");
});

test("a list is old after a day, and one that failed is not asked for again at once", () => {
  const atMs = Date.parse(NOW);
  expect(isVoicesOld(known, atMs + 3_600_000)).toBe(false);
  expect(isVoicesOld(known, atMs + 90_000_000)).toBe(true);
  const failed = { ...unread, look: { ...known.look!, state: "failed" as const } };
  expect(isVoicesOld(failed, atMs + 60_000)).toBe(false);
  expect(isVoicesOld(failed, atMs + 600_000)).toBe(true);
});
