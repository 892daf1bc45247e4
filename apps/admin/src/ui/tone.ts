/** How something stands: `good` as wished, `warn` needs an eye, `bad` needs a person, `busy` under way. */
export type Tone = "neutral" | "good" | "warn" | "bad" | "busy";
