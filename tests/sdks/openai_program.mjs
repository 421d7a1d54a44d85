import OpenAI from "openai";

const GPT = "openai/gpt-4.1";
const FREE = "vllm/gpt-4.1";
const GROK = "x-ai/grok-4";
const hello = [{ role: "user", content: "Hello there" }];
const parameters = { type: "object", properties: { path: { type: "string" } } };
const client = (access) =>
  new OpenAI({ baseURL: `${told.origin}/v1`, apiKey: access, maxRetries: 0 });
const mine = client(told.good);
const ask = (app, model) =>
  app.chat.completions.create({ model, messages: hello, max_tokens: 50 });

await step("chat", async () => {
  const made = await ask(mine, GPT);
  const choice = made.choices[0];
  return { text: choice.message.content, end: choice.finish_reason };
});

await step("chat streamed", () =>
  heard(
    () => mine.chat.completions.create({ model: GPT, messages: hello, max_tokens: 50, stream: true }),
    (chunk) => chunk.choices[0].delta.content,
  ),
);

for (const [name, scenario] of [["chat tools", "tool-call"], ["chat tools streamed", "tool-stream"]])
  await step(name, async () => {
    const tools = [{ type: "function", function: { name: "Write", parameters } }];
    const model = `${FREE}:mock-${scenario}`;
    const asked = { model, messages: hello, tools };
    const made =
      scenario === "tool-call"
        ? await mine.chat.completions.create(asked)
        : await mine.chat.completions.stream(asked).finalChatCompletion();
    const said = made.choices[0].message;
    const call = said.tool_calls[0];
    const result = { role: "tool", tool_call_id: call.id, content: "written" };
    const after = await mine.chat.completions.create({
      model: GPT,
      messages: [...hello, { role: "assistant", tool_calls: said.tool_calls }, result],
      tools,
      max_tokens: 50,
    });
    const path = JSON.parse(call.function.arguments).path;
    return { tool: call.function.name, path, text: after.choices[0].message.content };
  });

await step("responses", async () => {
  const made = await mine.responses.create({ model: GPT, input: "Hello", max_output_tokens: 50 });
  return { text: made.output_text, end: made.status };
});

await step("responses streamed", () =>
  heard(
    () => mine.responses.create({ model: GPT, input: "Hello", max_output_tokens: 50, stream: true }),
    (event) => (event.type === "response.output_text.delta" ? event.delta : ""),
  ),
);

for (const [name, scenario] of [
  ["responses tools", "tool-call"],
  ["responses tools streamed", "tool-stream"],
])
  await step(name, async () => {
    const tools = [{ type: "function", name: "Write", parameters, strict: false }];
    const asked = { model: `${FREE}:mock-${scenario}`, input: hello, tools };
    const made =
      scenario === "tool-call"
        ? await mine.responses.create(asked)
        : await mine.responses.stream(asked).finalResponse();
    const call = made.output.find((item) => item.type === "function_call");
    const result = { type: "function_call_output", call_id: call.call_id, output: "written" };
    const { type, call_id, name: tool, arguments: given } = call;
    const after = await mine.responses.create({
      model: GPT,
      input: [...hello, { type, call_id, name: tool, arguments: given }, result],
      tools,
      max_output_tokens: 50,
    });
    return { tool, path: JSON.parse(given).path, text: after.output_text };
  });

await step("401", () => ask(client(told.unknown), GPT));
await step("402", () => ask(client(told.poor), GPT));
await step("403 paused", () => ask(client(told.paused), GPT));
await step("403 model", () => ask(client(told.narrow), GPT));
await step("429", () => ask(mine, `${FREE}:mock-429`));
await step("mid-stream chat", () =>
  heard(
    () => mine.chat.completions.create({ model: GROK, messages: hello, max_tokens: 50, stream: true }),
    (chunk) => chunk.choices[0].delta.content,
  ),
);
await step("mid-stream responses", () =>
  heard(
    () => mine.responses.create({ model: GROK, input: "Hello", max_output_tokens: 50, stream: true }),
    (event) => (event.type === "response.output_text.delta" ? event.delta : ""),
  ),
);
