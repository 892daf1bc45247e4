import type { ConversationEngine, ResponseOutcome, ResponseSink } from "@tandem/agent";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { ReplayedTurn, ReplayRun } from "@tandem/domain/replay";
import type { Clock } from "@tandem/kernel";
import type { ReplayTalk } from "@tandem/ports/ingress-probe";
import type { Converse } from "../call/converse.ts";
import type { ProviderAccounts } from "../call/provider-accounts.ts";
import type { OpenModels } from "../node/own-engine.ts";
import type { Served } from "../pointer/served.ts";
import { dispositionOf, NO_FACTS } from "../session/live-session.ts";
import { RecordedTools } from "./recorded-tools.ts";

export interface ReplayDeskOptions {
  readonly converse: Converse;
  readonly openModels: OpenModels;
  readonly accounts: Pick<ProviderAccounts, "open">;
  readonly clock: Clock;
}

/** A release that stands in a slot of a deployment. */
export interface PlacedRelease {
  readonly served: Served;
  readonly bundleHash: string;
  readonly bundle: ReleaseBundle;
}

/** An answer that is not there after this long, models and their failover included, does not come any more. */
const ANSWER_WITHIN_MS = 30_000;
/** Replays on this node at the same time: calls come first. */
const MOST_AT_ONCE = 8;

/** Has past calls again: the conversation engine of a release, its models, and what the tools answered then. No session comes of it. */
export class ReplayDesk {
  readonly #options: ReplayDeskOptions;
  #open = 0;

  constructor(options: ReplayDeskOptions) {
    this.#options = options;
  }

  /** Null when this node holds as many replays as it may. Never rejects: what goes wrong is told as `trouble`. */
  async run(release: PlacedRelease, talk: ReplayTalk): Promise<ReplayRun | null> {
    if (this.#open >= MOST_AT_ONCE) return null;
    this.#open += 1;
    try {
      return await this.#converse(release, talk);
    } finally {
      this.#open -= 1;
    }
  }

  async #converse({ served, bundleHash, bundle }: PlacedRelease, talk: ReplayTalk): Promise<ReplayRun> {
    const { converse, openModels, accounts, clock } = this.#options;
    const objectives: string[] = [];
    const tools = new RecordedTools(bundle, talk.recorded);
    const nothing = () => undefined;
    const models = openModels({
      bundle,
      faults: [],
      openProvider: (provider) => accounts.open(served, bundle, provider),
      onServed: nothing,
      onFailover: nothing,
      onProviderFailed: nothing,
      onBreakerOpened: nothing,
    });
    const engine = converse({
      bundle,
      session: { from: talk.from, startedAtMs: talk.startedAtMs },
      models,
      tools,
      clock,
      remembered: [],
      resumed: null,
      onEvent: (event) => {
        if (event.type === "objective-entered") objectives.push(event.objective);
      },
    });
    const talked = await sayAll(engine, tools, talk.said, clock);
    engine.close();
    const { handedOffTo } = talked;
    const bookingId = tools.hasBooked ? "recorded" : null;
    const facts = { ...NO_FACTS, handedOffTo, bookingId, answeredLegs: ["stream" as const] };
    return {
      bundleHash,
      language: bundle.agent.language,
      objectives,
      disposition: dispositionOf("live", facts),
      ...talked,
    };
  }
}

type Talked = Pick<ReplayRun, "turns" | "handedOffTo" | "trouble">;

/** Says everything in order, until the agent ends the conversation or does not answer. */
async function sayAll(
  engine: ConversationEngine,
  tools: RecordedTools,
  said: readonly string[],
  clock: Clock,
): Promise<Talked> {
  const opening = engine.opening.map(({ text }) => text).join(" ");
  engine.opened(opening);
  const turns: ReplayedTurn[] = [
    { turn: 0, said: "", answer: opening, objective: engine.state.objective, tools: tools.taken() },
  ];
  for (const [index, text] of said.entries()) {
    const { answer, outcome } = await answerTo(engine, text, clock);
    const { objective } = engine.state;
    turns.push({ turn: index + 1, said: text, answer, objective, tools: tools.taken() });
    if (outcome === null) return { turns, handedOffTo: null, trouble: "the agent did not answer" };
    if (outcome.next === "failed") return { turns, handedOffTo: null, trouble: "no model answered" };
    if (outcome.next === "hand-off") return { turns, handedOffTo: outcome.to, trouble: null };
    if (outcome.next === "hang-up") break;
  }
  return { turns, handedOffTo: null, trouble: null };
}

/** One turn of the caller and the whole answer to it; an outcome of null: there was none in time. */
async function answerTo(
  engine: ConversationEngine,
  text: string,
  clock: Clock,
): Promise<{ readonly answer: string; readonly outcome: ResponseOutcome | null }> {
  let answer = "";
  const done = Promise.withResolvers<ResponseOutcome | null>();
  const sink: ResponseSink = {
    text: (delta) => (answer += delta),
    line: (line) => (answer += `${line.text} `),
    waiting: () => undefined,
    done: (outcome) => done.resolve(outcome),
  };
  const isSilent = text.trim() === "";
  const pending = isSilent ? engine.remind(sink) : engine.respond({ text, confidence: 1, via: "speech" }, sink);
  pending.commit();
  const inTime = new AbortController();
  clock.sleep(ANSWER_WITHIN_MS, inTime.signal).then(
    () => done.resolve(null),
    () => undefined, // it was answered
  );
  const outcome = await done.promise;
  inTime.abort();
  if (outcome === null) pending.interrupt(answer);
  else pending.finish();
  return { answer: answer.trim(), outcome };
}
