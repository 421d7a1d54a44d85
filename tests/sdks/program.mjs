// What the programs of every SDK share. It stands before each of them, in one module.

/** Where the wallet listens, and the accesses of apps that may spend, that may not, and why not. */
const told = JSON.parse(process.env.SDK_PROGRAM);

const failed = (error) => ({
  raised: error.constructor.name,
  status: error.status ?? null,
  message: String(error.message),
});

/** Do one thing with the SDK, and tell how it went as one line of JSON. */
async function step(name, work) {
  let went;
  try {
    went = await work();
  } catch (error) {
    went = failed(error);
  }
  console.log(JSON.stringify({ step: name, ...went }));
}

/** Read a stream to its end or to its error; return what was seen. */
async function heard(stream, pieceOf) {
  let text = "";
  try {
    for await (const each of await stream()) text += pieceOf(each) ?? "";
  } catch (error) {
    return { text, ...failed(error) };
  }
  return { text };
}
