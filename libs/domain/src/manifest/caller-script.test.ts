import { expect, test } from "vitest";
import { parseCallerScript } from "./caller-script.ts";

test("a script is read with all its steps", () => {
  const text = `
steps:
  - { do: hear, anyOf: ["thank you for calling"], withinMs: 5000 }
  - { do: say, text: "I need a plumber" }
  - { do: interrupt, atWord: tuesday, text: "No, Wednesday", stopsWithinMs: 400 }
  - { do: press, digits: "1#" }
  - { do: noise, level: -12 }
  - { do: hang-up }
`;
  const { steps, diagnostics } = parseCallerScript("call.yaml", text);
  expect(diagnostics).toEqual([]);
  expect(steps?.map((step) => step.do)).toEqual(["hear", "say", "interrupt", "press", "noise", "hang-up"]);
});

test.each([
  ["an unknown member", "steps:\n  - do: say\n    text: hello\n    txet: x\n", 4],
  ["a step that a caller cannot do", "steps:\n  - { do: listen }\n  - { do: tool, tool: book }\n", 3],
  ["digits that no keypad has", 'steps:\n  - do: press\n    digits: "12a"\n', 3],
  ["no YAML", "steps:\n  - { do: listen\n", 3],
])("%s is told with its line", (_, text, line) => {
  const { steps, diagnostics } = parseCallerScript("call.yaml", text);
  expect(steps).toBeNull();
  expect(diagnostics[0]?.position).toMatchObject({ file: "call.yaml", line });
  expect(diagnostics[0]?.fix).not.toBe("");
});

test("a playbook's spoken scenario is a script", () => {
  const { steps, diagnostics } = parseCallerScript(
    "s.yaml",
    "name: n\nagents: [tandem]\nsteps:\n  - { do: say, text: Hi }\n",
  );
  expect(diagnostics).toEqual([]);
  expect(steps).toEqual([{ do: "say", text: "Hi" }]);
});
