import { llmContract } from "@tandem/ports/contract/llm.contract";
import { openSubject } from "../test/open-llm.ts";

llmContract("OpenAI", () => openSubject("openai"));
llmContract("Groq", () => openSubject("groq"));
llmContract("Together", () => openSubject("together"));
llmContract("Fireworks", () => openSubject("fireworks"));
