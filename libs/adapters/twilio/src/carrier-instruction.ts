import type { CarrierInstruction, DialTarget } from "@tandem/ports/inbound";
import { readTwiml, type Verb } from "./twiml-reader.ts";

/** What a document makes of a call: its first verb that connects, hands over or ends it. Null when it is no TwiML, or has none. */
export function readInstruction(document: string): CarrierInstruction | null {
  try {
    for (const verb of readTwiml(document)) {
      const instruction = instructionOf(verb);
      if (instruction !== null) return instruction;
    }
    return null;
  } catch {
    return null;
  }
}

function instructionOf(verb: Verb): CarrierInstruction | null {
  switch (verb.name) {
    case "Connect":
      return streamOf(verb);
    case "Dial":
      return { do: "dial", targets: verb.children.flatMap(targetOf), actionUrl: verb.attributes["action"] ?? null };
    case "Redirect":
      return { do: "redirect", url: verb.text };
    case "Hangup":
    case "Reject":
      return { do: "hang-up" };
    default:
      return null;
  }
}

function streamOf({ attributes, children }: Verb): CarrierInstruction | null {
  const stream = children.find(({ name }) => name === "Stream");
  const url = stream?.attributes["url"];
  if (stream === undefined || url === undefined) return null;
  const named = stream.children
    .filter(({ name }) => name === "Parameter")
    .map((parameter) => [parameter.attributes["name"] ?? "", parameter.attributes["value"] ?? ""]);
  return {
    do: "stream",
    url,
    parameters: Object.fromEntries(named) as Record<string, string>,
    actionUrl: attributes["action"] ?? null,
  };
}

function targetOf({ name, text, attributes: { url } }: Verb): readonly DialTarget[] {
  if (name === "Sip") return [{ sipUri: text }];
  return name === "Number" ? [{ number: text, ...(url === undefined ? {} : { whisperUrl: url }) }] : [];
}
