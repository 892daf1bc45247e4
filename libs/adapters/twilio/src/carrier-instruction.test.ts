import fc from "fast-check";
import { expect, test } from "vitest";
import { carrierDocuments } from "./carrier-document.ts";

const { connectStream, dial, hangUp, read, redirect, reject } = carrierDocuments;
const actionUrl = "https://media.example/after?token=a&b=c#ct=1000";

test("what we write into a document is read back as the carrier would take it, whatever the values hold", () => {
  const texts = fc.string({ unit: fc.constantFrom("a", "&", "<", '"', "'", " ", "é", "=", ".") });
  const names = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(fc.dictionary(names, texts), (parameters) => {
      const url = "wss://media.example/stream/k";
      expect(read(connectStream({ url, parameters, actionUrl }))).toEqual({
        do: "stream",
        url,
        parameters: { ...parameters },
        actionUrl,
      });
    }),
  );
});

test("a sentence before the leg is not what becomes of the call; each kind of leg is read", () => {
  const targets = [
    { number: "+15550100001" },
    { number: "+15550100002", whisperUrl: "https://media.example/whisper?token=a&b=c#ct=1000" },
    { sipUri: "sip:call_1@sip.example" },
  ];
  const text = dial({
    say: "One moment & <more>.",
    targets,
    actionUrl,
    ringSeconds: 20,
    maxSeconds: 60,
    callerId: null,
  });
  expect(read(text)).toEqual({ do: "dial", targets, actionUrl });
});

test("ends and ways on", () => {
  expect(read(hangUp({ say: "Goodbye." }))).toEqual({ do: "hang-up" });
  expect(read(reject({ reason: "busy" }))).toEqual({ do: "hang-up" });
  expect(read(redirect({ url: "https://x.example/?a=1&b=2", method: "POST" }))).toEqual({
    do: "redirect",
    url: "https://x.example/?a=1&b=2",
  });
});

test.each([
  "",
  "no",
  "<Response>",
  "<Response><Say>Hello.</Say></Response>",
  "<Other/>",
  "<Response><Connect/></Response>",
])("%j connects nobody", (text) => {
  expect(read(text)).toBeNull();
});
