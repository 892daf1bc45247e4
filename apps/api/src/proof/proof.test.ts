import { createHash } from "node:crypto";
import { contentHash, type Json } from "@tandem/kernel";
import { describe, expect, test } from "vitest";
import { proofSample } from "../testing/proof-sample.ts";
import { escaped, html } from "./html.ts";
import { proofContent } from "./proof-content.ts";
import { proofPage } from "./proof-page.ts";

/** What would be more than text, wherever it is put. */
const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `</style><script>alert(1)</script>`,
  `</pre></dd></main><iframe src=javascript:alert(1)>`,
  `' onmouseover='alert(1)`,
  `<svg/onload=alert(1)>`,
  `&lt;script&gt;`,
  `javascript:alert(1)`,
  `\u202eevil\u202c\u0000\u0007`,
  `]]><!--`,
];

const page = (content: ReturnType<typeof proofContent>) =>
  proofPage({ content, contentHash: contentHash(content as unknown as Json), signature: null });

describe("a proof pack", () => {
  test("tells the whole of a rollout", () => {
    const content = proofContent(proofSample());
    expect(content.story.map(({ text }) => text)).toMatchSnapshot();
    expect(content).toMatchObject({
      rollout: { phase: "succeeded", strategy: "blue-green", release: { name: "after-hours-answering 1.4.0" } },
      plan: { hash: content.plan?.hash, summary: expect.stringContaining("Plan:") },
      preflight: [{ code: "credential-expires", fix: "Store a new credential." }],
      approvals: [{ who: "key:approver1", via: "link", planHash: content.plan?.hash }],
      latency: { smoke: { p95Ms: 284 }, live: [{ region: "eu-1", p95Ms: 268, turns: 1_204 }] },
      evidence: [
        { kind: "passed", comparisons: [{ metric: "booked", candidateSamples: 148, baselineSamples: 612 }, {}, {}] },
      ],
      faults: { retried: 1, adopted: 1, leases: 2 },
      pointerMoves: [{ generation: 8 }],
      audit: { checkpoint: { seq: 130 } },
      dataHandling: {
        region: "eu",
        redactedKinds: ["card", "email"],
        subProcessors: ["cartesia", "deepgram", "google", "groq", "hubspot", "openai", "twilio"].map((vendor) => ({
          vendor,
        })),
      },
    });
    expect(content.faults.reasons.map(({ code }) => code)).toEqual(["awaiting-approval", "vendor-throttled"]);
    expect(content.faults.reasons.every(({ nextAction }) => nextAction !== "")).toBe(true);
  });

  test("is the same page for the same content, and needs nothing from elsewhere", () => {
    const content = proofContent(proofSample());
    const text = page(content);
    expect(text).toBe(page(content));
    expect(text).toMatchSnapshot();
    expect(text).not.toMatch(/<(script|link|img|iframe|object|embed|form|base)\b/i);
    expect(text).not.toMatch(/(src|href)="(?!#)/i);
    expect(text).not.toMatch(/url\(|@import|https?:/i);
    expect(text).toContain("default-src &#39;none&#39;");
    const style = /<style>(.*)<\/style>/s.exec(text)?.[1] ?? "";
    expect(text).toContain(`sha256-${createHash("sha256").update(style).digest("base64")}`);
  });

  test("shows no words of calls to whoever may not read them, and the times all the same", () => {
    const words = "my number is 555 0100";
    const content = proofContent({ ...proofSample("front-desk", words), mayReadWords: false });
    expect(JSON.stringify(content.smoke)).not.toContain("555");
    expect(content.smoke?.scenarios[0]?.turns[1]).toMatchObject({ text: "[5 words]", startMs: 2_600 });
    expect(page(content)).toContain("What was said is not shown");
  });

  test.each(HOSTILE)("takes %j for the text that it is, in every place", (text) => {
    const tags = (markup: string) => markup.match(/<[/!a-z][^>]*>/gi)?.map((tag) => tag.split(/[\s>]/)[0]) ?? [];
    const honest = page(proofContent(proofSample("name", "words")));
    const attacked = page(proofContent(proofSample(text, text)));
    expect(tags(attacked)).toEqual(tags(honest));
    expect(attacked).not.toMatch(/\son[a-z]+\s*=\s*["'][^"']*alert/i);
    expect(attacked).not.toMatch(/(?![\t\n\r])[\p{Cc}\p{Cf}]/u);
  });

  test("a rollout that has hardly begun is told as well", () => {
    const { rollout, ...rest } = proofSample();
    const facts = { ...rest, rollout: { ...rollout, plan: null, steps: [], phase: "queued" as const, memory: {} } };
    const content = proofContent({
      ...facts,
      deployment: null,
      bundle: null,
      events: [],
      approvals: [],
      measured: [],
      pointerMoves: [],
    });
    const text = page({ ...content, audit: { rows: [], checkpoint: null, isWhole: true } });
    for (const words of [
      "No plan was made",
      "No smoke test was made",
      "Nothing was measured",
      "The pointer did not move",
    ])
      expect(text).toContain(words);
  });
});

test("markup is made of markup only", () => {
  expect(html`<b title="${'"'}">${"<i>"}${html`<u>${1}</u>`}${null}${["&", html`<br />`]}</b>`.markup).toBe(
    `<b title="&quot;">&lt;i&gt;<u>1</u>&amp;<br /></b>`,
  );
  expect(escaped("a\u202eb")).toBe("a[U+202E]b");
});
