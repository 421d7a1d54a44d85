import { GoogleGenAI } from "@google/genai";

const TEXT = "gemini-2.5-flash";
const TOOL = "gemini-2.5-pro";
const SLOW = "gemini-2.5-flash-lite";
const BREAKS = "gemini-2.0-flash";
const hello = { role: "user", parts: [{ text: "Hello there" }] };
const client = (access) =>
  new GoogleGenAI({ apiKey: access, httpOptions: { baseUrl: told.origin } });
const mine = client(told.good);
const tools = [{ functionDeclarations: [{ name: "Write" }] }];
const asked = (model, contents = [hello], config = {}) => ({
  model,
  contents,
  config: { maxOutputTokens: 50, ...config },
});
const ask = (app, model) => app.models.generateContent(asked(model));
const stream = (model) =>
  heard(
    () => mine.models.generateContentStream(asked(model)),
    (chunk) => chunk.text,
  );

await step("generate", async () => {
  const made = await ask(mine, TEXT);
  const { totalTokenCount: tokens } = made.usageMetadata;
  return { text: made.text, end: made.candidates[0].finishReason, tokens };
});

await step("generate streamed", () => stream(TEXT));

for (const [name, isStreamed] of [["tools", false], ["tools streamed", true]])
  await step(name, async () => {
    let call, said;
    const take = (part) => {
      if (!part.functionCalls) return;
      call = part.functionCalls[0];
      said = part.candidates[0].content;
    };
    const first = asked(TOOL, [hello], { tools });
    if (isStreamed)
      for await (const chunk of await mine.models.generateContentStream(first)) take(chunk);
    else take(await mine.models.generateContent(first));
    const functionResponse = { name: call.name, response: { output: "written" } };
    const turns = [hello, said, { role: "user", parts: [{ functionResponse }] }];
    const after = await mine.models.generateContent(asked(TOOL, turns, { tools }));
    return { tool: call.name, path: call.args.path, text: after.text };
  });

await step("count", async () => {
  const counted = await mine.models.countTokens({ model: TEXT, contents: [hello] });
  return { tokens: counted.totalTokens };
});

await step("401", () => ask(client(told.unknown), TEXT));
await step("402", () => ask(client(told.poor), TEXT));
await step("403 paused", () => ask(client(told.paused), TEXT));
await step("403 model", () => ask(client(told.narrow), TEXT));
await step("429", () => ask(mine, SLOW));
await step("mid-stream", () => stream(BREAKS));
