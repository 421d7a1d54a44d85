import Anthropic from "@anthropic-ai/sdk";

const CLAUDE = "anthropic/claude-sonnet-4-20250514";
const BREAKS = "deepseek/deepseek-chat";
const hello = { role: "user", content: "Hello there" };
const tools = [{ name: "Write", input_schema: { type: "object" } }];
const client = (access) =>
  new Anthropic({ baseURL: told.origin, apiKey: access, maxRetries: 0 });
const mine = client(told.good);
const ask = (app, model, more = {}) =>
  app.messages.create({ model, max_tokens: 50, messages: [hello], ...more });
const shown = (event) => (event.delta?.type === "text_delta" ? event.delta.text : "");

await step("messages", async () => {
  const made = await ask(mine, CLAUDE);
  return { text: made.content[0].text, end: made.stop_reason };
});

await step("messages streamed", () => heard(() => ask(mine, CLAUDE, { stream: true }), shown));

for (const [name, scenario] of [["tools", "tool-use"], ["tools streamed", "tool-stream"]])
  await step(name, async () => {
    const asked = { model: `${CLAUDE}:mock-${scenario}`, max_tokens: 50, messages: [hello], tools };
    const made =
      scenario === "tool-use"
        ? await mine.messages.create(asked)
        : await mine.messages.stream(asked).finalMessage();
    const use = made.content.find((block) => block.type === "tool_use");
    const result = { type: "tool_result", tool_use_id: use.id, content: "written" };
    const messages = [
      hello,
      { role: "assistant", content: made.content },
      { role: "user", content: [result] },
    ];
    const after = await ask(mine, CLAUDE, { messages, tools });
    return { tool: use.name, path: use.input.path, text: after.content[0].text };
  });

await step("count", async () => {
  const counted = await mine.messages.countTokens({ model: CLAUDE, messages: [hello] });
  return { tokens: counted.input_tokens };
});

await step("401", () => ask(client(told.unknown), CLAUDE));
await step("402", () => ask(client(told.poor), CLAUDE));
await step("403 paused", () => ask(client(told.paused), CLAUDE));
await step("403 model", () => ask(client(told.narrow), CLAUDE));
await step("429", () => ask(mine, `${CLAUDE}:mock-429`));
await step("mid-stream", () => heard(() => ask(mine, BREAKS, { stream: true }), shown));
