import fc from "fast-check";
import { expect, test } from "vitest";
import { carrierDocuments } from "./carrier-document.ts";
import { readTwiml } from "./twiml-reader.ts";

const { dial, redirect, hangUp, connectStream, reject } = carrierDocuments;
const action = "https://media.example/dialled?t=a&b=c#ct=1000";

test("an agent's leg is dialled with a place to go afterwards", () => {
  const text = dial({
    say: null,
    targets: [{ sipUri: "sip:call_1@sip.retellai.com" }],
    actionUrl: action,
    ringSeconds: 20,
    maxSeconds: 600,
    callerId: null,
  });
  expect(text).toBe(
    `<?xml version="1.0" encoding="UTF-8"?><Response><Dial action="https://media.example/dialled?t=a&amp;b=c#ct=1000" method="POST" timeout="20" timeLimit="600" answerOnBridge="true"><Sip>sip:call_1@sip.retellai.com</Sip></Dial></Response>`,
  );
});

test("an action without a fragment gets our connection overrides", () => {
  const actionUrl = "https://media.example/dialled?t=a";
  const text = dial({ say: null, targets: [], actionUrl, ringSeconds: 20, maxSeconds: 600, callerId: null });
  expect(readTwiml(text)[0]?.attributes["action"]).toBe(`${actionUrl}#ct=1000&rt=3000&tt=5000&rc=1`);
});

test("staff are rung together, after a sentence", () => {
  const targets = [{ number: "+15550000001" }, { number: "+15550000002" }];
  const text = dial({
    say: "Please hold & wait.",
    targets,
    actionUrl: action,
    ringSeconds: 15,
    maxSeconds: 60,
    callerId: "+15550100001",
  });
  expect(readTwiml(text)).toMatchObject([
    { name: "Say", text: "Please hold & wait." },
    {
      name: "Dial",
      attributes: { timeout: "15", timeLimit: "60", callerId: "+15550100001", action },
      children: [
        { name: "Number", text: "+15550000001" },
        { name: "Number", text: "+15550000002" },
      ],
    },
  ]);
});

test("the small documents", () => {
  expect(readTwiml(redirect({ url: action, method: "GET" }))).toMatchObject([
    { name: "Redirect", text: action, attributes: { method: "GET" } },
  ]);
  expect(readTwiml(hangUp({ say: "Goodbye." }))).toMatchObject([{ name: "Say", text: "Goodbye." }, { name: "Hangup" }]);
  expect(readTwiml(hangUp({ say: null }))).toMatchObject([{ name: "Hangup" }]);
  expect(readTwiml(reject({ reason: "busy" }))).toMatchObject([{ name: "Reject", attributes: { reason: "busy" } }]);
  expect(
    readTwiml(connectStream({ url: "wss://n1.example/media", parameters: { ticket: 'a"b' }, actionUrl: action })),
  ).toMatchObject([
    {
      name: "Connect",
      attributes: { action },
      children: [
        {
          name: "Stream",
          attributes: { url: "wss://n1.example/media" },
          children: [{ attributes: { name: "ticket", value: 'a"b' } }],
        },
      ],
    },
  ]);
});

test("no text can break out of its place", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const [say, end, ...rest] = readTwiml(hangUp({ say: text }));
      expect([say?.name, end?.name, rest.length]).toEqual(["Say", "Hangup", 0]);
      const [moved] = readTwiml(connectStream({ url: "wss://n", parameters: { p: text }, actionUrl: text }));
      expect(moved?.children[0]?.children).toHaveLength(1);
    }),
  );
}, 30_000);

test("what XML cannot carry is left out", () => {
  expect(readTwiml(hangUp({ say: "a\u0000b\u000bc\ud800d\uffff" }))[0]?.text).toBe("abcd");
});
