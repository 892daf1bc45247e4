import type { Finding, Plan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import { type Clock, Secret } from "@tandem/kernel";
import type { ProviderFailure } from "@tandem/ports/provider";
import type { ProviderAccount } from "@tandem/ports/vendors";
import { Scene, type SceneOptions } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

/** How the provider of one connection behaves, on virtual time. Absent members: it answers after 40 ms (LLM, TTS) or 30 ms (STT). */
interface Manner {
  readonly llmMs?: number;
  readonly ttsMs?: number;
  readonly sttMs?: number;
  /** Only the first answer of a connection takes this much longer. */
  readonly connectMs?: number;
  readonly failure?: ProviderFailure;
  readonly isSilent?: boolean;
}

interface Asked {
  readonly connectionId: string;
  readonly kind: string;
  readonly model: string;
  readonly voice?: string;
  readonly language?: string;
  readonly settings: unknown;
}

/** 250 ms of something that is not silence, and 50 ms of silence. */
const SPEECH = new Uint8Array(2400).fill(0x10).fill(0xff, 2000);

const failureOf = (fault: ProviderFailure["fault"]): ProviderFailure => ({
  fault,
  message: `it said ${fault}`,
  retryAfterMs: null,
});

/** Providers of every kind whose answers come when their manner says. */
function speaking(clock: () => Clock, manners: Readonly<Record<string, Manner>>, asked: Asked[]) {
  return (connectionId: string): ProviderAccount => {
    const manner = manners[connectionId] ?? {};
    let isWarm = false;
    const later = (delayMs: number, act: () => void, fail: (failure: ProviderFailure) => void): void => {
      const connectMs = isWarm ? 0 : (manner.connectMs ?? 0);
      isWarm = true;
      if (manner.isSilent === true) return;
      void clock()
        .sleep(delayMs + connectMs)
        .then(() => (manner.failure === undefined ? act() : fail(manner.failure)));
    };
    const note = (kind: string, { model, voice, language, settings }: Omit<Asked, "connectionId" | "kind">): void => {
      asked.push({ connectionId, kind, model, ...(voice && { voice }), ...(language && { language }), settings });
    };
    return {
      access: { config: {}, secrets: { apiKey: new Secret("canary-31") }, baseUrl: null, clock: clock() },
      providers: {
        vendor: "memory",
        llm: () => ({
          stream: (request, listener) => {
            note("llm", request);
            later(manner.llmMs ?? 40, () => listener.text("Hello"), listener.failed);
            return { cancel: () => undefined };
          },
        }),
        tts: () => ({
          open: (options) => ({
            speak: (listener) => {
              note("tts", options);
              later(
                manner.ttsMs ?? 40,
                () => {
                  listener.audio(SPEECH);
                  listener.done();
                },
                listener.failed,
              );
              return { write: () => undefined, end: () => undefined, cancel: () => undefined };
            },
            close: () => undefined,
          }),
        }),
        stt: () => ({
          open: (options, tell) => {
            note("stt", options);
            let isOver = false;
            let hasAnswered = false;
            const segment = { text: "Good morning.", words: [], confidence: 1, startMs: 0, endMs: 0 };
            return {
              send: (audio) => {
                const isSpeech = audio.includes(0x10);
                if (isSpeech || hasAnswered) return;
                hasAnswered = true; // the first silence follows the last frame of speech after 20 ms
                later(
                  (manner.sttMs ?? 30) - 20,
                  () => isOver || tell({ type: "final", segment, isEndpoint: true }),
                  (failure) => isOver || tell({ type: "closed", failure }),
                );
              },
              finalize: () => undefined,
              close: () => void (isOver = true),
            };
          },
        }),
      },
    };
  };
}

const link = (name: string, model: string) => ({ provider: name, model, settings: { temperature: 0.5 } });
const CONNECTION = { vendor: "memory", requiredScopes: [] };

function tandem(environment: "production" | "development", changes: Partial<ReleaseBundle> = {}) {
  const { bundle } = new Scene().bundle();
  const names = ["a", "b", "c"];
  const named = Object.fromEntries(
    names.map((name) => [
      `provider.${name}`,
      { ...CONNECTION, connectionId: bundle.connections.telephony!.connectionId },
    ]),
  );
  return {
    ...bundle,
    deployment: { ...bundle.deployment, environment },
    agent: {
      kind: "tandem",
      language: "en-GB",
      endpointingMs: 500,
      audio: { encoding: "mulaw", sampleRateHz: 8000 },
    } as const,
    connections: { ...bundle.connections, ...named },
    providers: {
      stt: [link("a", "s1"), link("b", "s2"), link("c", "s3")],
      llm: [{ ...link("a", "m1"), lightModel: "m1-light" }, link("b", "m2"), link("c", "m3")],
      tts: [{ ...link("a", "v1"), voice: "anna" }, link("b", "v2"), link("c", "v3")],
    },
    latency: {
      profile: "strict-300",
      sttMs: 90,
      llmFirstTokenMs: 120,
      ttsFirstAudioMs: 80,
      networkMs: 60,
      endToEndMs: 300,
    } as const,
    ...changes,
  };
}

/** The plan of a release whose providers all hang on one connection with one manner. */
async function planOf(
  patch: ReturnType<typeof tandem>,
  manner: Manner = {},
  vendors: SceneOptions["vendors"] = {},
): Promise<{ plan: Plan; asked: Asked[]; lines: string[] }> {
  const asked: Asked[] = [];
  const manners = { [patch.connections.telephony!.connectionId]: manner };
  const scene: Scene = new Scene({
    vendors: { providers: (id) => speaking(() => scene.clock, manners, asked)(id), ...vendors },
  });
  const { bundle, hash } = scene.bundle({ patch });
  scene.database.bundles.set(hash, bundle);
  const { tenantId } = scene.view.deployment;
  const command = { id: "p1", tenantId, kind: "plan", subjectId: scene.deploymentId, bundleHash: hash } as const;
  scene.database.commands.set("p1", {
    command: { ...command, requestedBy: "user:author" },
    claimedUntilMs: 0,
    result: null,
  });
  await scene.play(scene.engine.runCommands());
  const plan = scene.database.plans.get("p1");
  if (plan === undefined) throw new Error(JSON.stringify(scene.database.commands.get("p1")?.result));
  const told = plan.findings.filter(({ code }) => code !== "providers-measured" && code !== "number-adoptable");
  return { plan, asked, lines: told.map(({ severity, code, address }: Finding) => `${severity} ${code} ${address}`) };
}

describe("providers of a release", () => {
  it("are all asked with the release's own settings, the model of routine turns first", async () => {
    const { asked, lines } = await planOf(tandem("development"));
    expect(lines).toEqual([]);
    const distinct = [...new Set(asked.map(({ kind, model }) => `${kind} ${model}`))].toSorted();
    expect(distinct).toEqual([
      "llm m1-light",
      "llm m2",
      "llm m3",
      "stt s1",
      "stt s2",
      "stt s3",
      "tts v1",
      "tts v2",
      "tts v3",
    ]);
    expect(asked.every(({ settings }) => JSON.stringify(settings) === '{"temperature":0.5}')).toBe(true);
    expect(asked.find(({ model }) => model === "v1")).toMatchObject({ voice: "anna", language: "en-GB" });
  });

  it("give the plan its estimate: parts, whole, with and without speculation", async () => {
    const { plan } = await planOf(tandem("development"), { connectMs: 25 });
    const timings = plan.latency!.providers.map(({ kind, position, p50Ms, samples }) => [
      kind,
      position,
      p50Ms,
      samples,
    ]);
    expect(timings).toEqual([
      ["stt", 0, 30, 3],
      ["stt", 1, 30, 3],
      ["stt", 2, 30, 3],
      ["llm", 0, 40, 3],
      ["llm", 1, 40, 3],
      ["llm", 2, 40, 3],
      ["tts", 0, 40, 3],
      ["tts", 1, 40, 3],
      ["tts", 2, 40, 3],
    ]);
    expect(plan.latency?.providers.find(({ kind }) => kind === "llm")?.firstMs).toBe(65);
    expect(plan.latency?.endToEnd).toEqual({
      speculative: { p50Ms: 240, p95Ms: 240 },
      plain: { p50Ms: 320, p95Ms: 320 },
      targetMs: 300,
      isSpeculative: true,
    });
  });

  it("warn where one is slower than its target, and stop production beyond twice the target", async () => {
    const slow = { llmMs: 130 };
    expect((await planOf(tandem("production"), slow)).lines).toEqual([
      "warning provider-slow providers.llm[0]",
      "warning provider-slow providers.llm[1]",
      "warning provider-slow providers.llm[2]",
    ]);
    const hopeless = await planOf(tandem("production"), { llmMs: 250 });
    expect(hopeless.lines).toEqual([
      "error provider-too-slow providers.llm[0]",
      "warning provider-slow providers.llm[1]",
      "warning provider-slow providers.llm[2]",
      "warning turn-slow latency.endToEndMs",
    ]);
    expect((await planOf(tandem("development"), { llmMs: 250 })).lines).not.toContain(
      "error provider-too-slow providers.llm[0]",
    );
  });

  it("stop a release whose settings they refuse, and forgive a silent fallback", async () => {
    const refused = await planOf(tandem("development"), { failure: failureOf("invalid") });
    expect(refused.lines.filter((line) => line.startsWith("error provider-refused"))).toHaveLength(6);
    const { plan, lines } = await planOf(tandem("development"), { isSilent: true });
    expect(lines.toSorted()).toEqual([
      "error vendor-unreachable providers.llm[0]",
      "error vendor-unreachable providers.tts[0]",
      "warning provider-silent providers.llm[1]",
      "warning provider-silent providers.llm[2]",
      "warning provider-silent providers.tts[1]",
      "warning provider-silent providers.tts[2]",
    ]);
    expect(plan.latency).toBeUndefined();
    expect(JSON.stringify(plan)).not.toContain("canary-31");
  });

  it("that say nothing for longer than a lease lasts do not cost it: the rollout waits, and is held when they stay silent", async () => {
    const patch = tandem("development");
    const manners = { [patch.connections.telephony!.connectionId]: { isSilent: true } };
    const scene: Scene = new Scene({ vendors: { providers: (id) => speaking(() => scene.clock, manners, [])(id) } });
    await scene.start({ patch });
    await scene.untilPhase("held");
    expect(scene.rollout()).toMatchObject({ heldPhase: "preflighting", reason: { code: "findings-blocked" } });
    expect(scene.logged.filter(({ message }) => message.includes("lease"))).toEqual([]);
  });

  it("that are all the same leave nobody to take over", async () => {
    const base = tandem("development");
    const same = link("a", "m1");
    const chains = {
      ...base.providers,
      llm: [same, same, same],
      stt: [link("a", "s1"), link("a", "s2"), link("a", "s3")],
    };
    expect((await planOf({ ...base, providers: chains })).lines).toEqual([
      "warning chain-without-fallback providers.llm",
      "note chain-on-one-account providers.stt",
    ]);
  });
});

describe("our own engine", () => {
  it("needs a carrier with a stream, in the carrier's encoding", async () => {
    expect((await planOf(tandem("development"), {}, { carriesStream: false })).lines).toEqual([
      "error stream-missing agent",
    ]);
    const base = tandem("development");
    const audio = { encoding: "opus", sampleRateHz: 48_000 } as const;
    const { lines } = await planOf({ ...base, agent: { ...base.agent, audio } });
    expect(lines).toContain("error stream-encoding agent");
  });

  it("is the only kind whose voices and recognisers are asked", async () => {
    const base = tandem("development");
    const hosted = (kind: string) =>
      planOf({ ...base, agent: { ...base.agent, kind, resource: "voice-agent.agent/main" } } as unknown as typeof base);
    const custom = await hosted("custom-llm");
    expect([...new Set(custom.asked.map(({ kind }) => kind))]).toEqual(["llm"]);
    expect(custom.plan.latency?.endToEnd).toBeNull();
    expect((await hosted("retell-llm")).asked).toEqual([]);
  });
});
