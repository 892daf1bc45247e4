/** Upper bounds of response latency, seconds: dense around the profiles' 300, 500 and 700 ms; 1.2 s is always an alarm. */
const RESPONSE_SECONDS = [0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1, 1.2, 2, 4];
const REQUEST_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Every metric of a media node; `docs/metrics.md` tells each one's alarm. */
export const metricCatalog = {
  counters: {
    requests: { help: "HTTP requests answered.", labels: ["route", "status"] },
    calls_not_admitted: { help: "Calls answered with their fallback for want of room.", labels: ["reason"] },
    streams_refused: { help: "Audio streams that were refused or closed for cause.", labels: ["reason"] },
    agent_sockets_closed: { help: "Sockets of hosted agents that were closed for cause.", labels: ["reason"] },
    conversations_started: { help: "Conversations that began, by what carries them.", labels: ["channel"] },
    conversations_ended: {
      help: "Conversations that ended: denominator of conversation_faults.",
      labels: ["channel", "end"],
    },
    conversation_faults: {
      help: "Conversations with at least one such fault: crash, breaker-open, freeze (over 2 s of silence), encoding-mismatch.",
      labels: ["fault"],
    },
    turns: { help: "Turns answered, openings included.", labels: ["speculative", "interrupted"] },
    speculations: { help: "Answers begun before the turn had ended.", labels: ["outcome"] },
    silences: { help: "Times of more than 2 s without any sound while an answer was due." },
    calls_stalled: {
      help: "Times that a call stood still for longer than any rule allows, and was moved on.",
      labels: ["phase", "waiting_for"],
    },
    call_defects: { help: "Errors of our own in calls, which went to a person." },
    encoding_mismatches: { help: "Audio of a provider that was not in the format asked for." },
    provider_failures: { help: "Failures of providers.", labels: ["kind", "provider", "fault"] },
    breakers_opened: { help: "Breakers that opened.", labels: ["kind", "provider"] },
    incidents: {
      help: "Faults by stack, in the order of diagnosis: telephony, audio, intelligence, output.",
      labels: ["stack", "fault"],
    },
    tokens: { help: "Tokens of models.", labels: ["direction"] },
    spoken_characters: { help: "Characters given to voices." },
  },
  gauges: {
    ready: { help: "1 when the node takes new calls." },
    deployments: { help: "Deployments served." },
    deployments_with_alarm: { help: "Deployments that are pinned or whose slot cannot be served." },
    live_calls: { help: "Calls of callers in progress." },
    pointer_age_seconds: { help: "Since pointers were last compared with the database; -1 before the first time." },
    pointer_polls_failed: { help: "Polls of pointers that failed in a row." },
    pointer_notices: { help: "1 when notifications of the database arrive." },
    spool_bytes: { help: "Events that wait for the database." },
    spool_dropped: { help: "Events left out because the spool was full." },
    spool_lost: { help: "Events that could not be read back." },
    spool_quarantined: { help: "Events that the database refuses." },
    spool_delivering: { help: "1 while events reach the database." },
    load_ratio: { help: "Effective load, 1 is full." },
    memory_ratio: { help: "Memory used of what the node may use." },
    loop_lag_seconds: { help: "How late the event loop is." },
    loop_busy_ratio: { help: "Share of time in which the event loop works." },
    scale_signal: { help: "0 none, 1 memory will need room, 2 more nodes are needed, 3 alert." },
  },
  histograms: {
    request_seconds: { help: "Time to answer an HTTP request.", labels: ["route"], buckets: REQUEST_SECONDS },
    response_seconds: {
      help: "End of the caller's voice to first sound heard, and its parts; openings apart.",
      labels: ["component", "source", "tenant", "slot", "release", "region"],
      buckets: RESPONSE_SECONDS,
    },
    caller_level_db: {
      help: "Mean level of the caller's voice in a turn, dBFS.",
      buckets: [-60, -50, -45, -40, -35, -30, -25, -20, -15, -10, -3],
    },
    lost_frames_ratio: {
      help: "Share of the caller's frames that never came, per conversation.",
      buckets: [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2],
    },
    mos: {
      help: "Estimated opinion score per conversation, 1 to 4.5 (ITU-T G.107, reduced to loss and delay).",
      buckets: [1.5, 2, 2.5, 3, 3.5, 3.8, 4, 4.2, 4.4],
    },
  },
} as const;
