import type { AdapterDescriptor } from "@tandem/ports/adapter";
import { z } from "zod";

/** A Cartesia connection has no config besides its secret: the key decides the account. */
export const CartesiaConfig = z.strictObject({});

export const descriptor: AdapterDescriptor = {
  id: "cartesia",
  title: "Cartesia",
  roles: [],
  providers: { cartesia: ["tts"] },
  config: CartesiaConfig,
  secrets: [
    {
      name: "apiKey",
      label: "API key",
      hint: "play.cartesia.ai → API Keys. Begins with sk_car_; it can do everything in its account.",
    },
  ],
  setUp: [
    {
      text: "API Keys: create a key. It can do everything in its account, so keep an account for each environment.",
      at: "https://play.cartesia.ai",
      gives: ["apiKey"],
    },
    {
      text: "Voices: listen to them; the playbook's form lists those of the account.",
      at: "https://play.cartesia.ai",
    },
    {
      text: "Choose a plan by how many calls speak at the same moment; about four calls share one place.",
      at: "https://play.cartesia.ai",
    },
  ],
  requiredScopes: {},
  resources: [],
  listsVoices: true,
  limits: {
    requestsPerSecond: 10,
    note: "Bounded by contexts spoken at the same time (2 to 15 by plan) and ten times as many WebSockets; 429 was not processed.",
  },
  sandboxName: "cartesia",
};
