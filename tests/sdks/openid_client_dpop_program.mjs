// openid-client as an app that signs its requests (RFC 9449): a key that nobody can take along, named
// when it asks, and a proof with everything it does. Its nonces are the library's own business.
import { createInterface } from "node:readline/promises";
import * as client from "openid-client";

const [origin] = process.argv.slice(-1);
const redirect_uri = "http://127.0.0.1:5173/cb";
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (step, told) => console.log(JSON.stringify({ step, ...told }));

const config = await client.dynamicClientRegistration(
  new URL(origin),
  {
    client_name: "Signing app",
    redirect_uris: [redirect_uri],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
    dpop_bound_access_tokens: true,
  },
  client.None(),
  { execute: [client.allowInsecureRequests], algorithm: "oauth2" },
);
say("register", { bound: config.clientMetadata().dpop_bound_access_tokens });

const newHandle = async () => client.getDPoPHandle(config, await client.randomDPoPKeyPair());
const [DPoP, another] = [await newHandle(), await newHandle()];

const ask = async (options) => {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const cap = { amount: "1.00", currency: "USD" };
  const parameters = {
    redirect_uri,
    scope: "offline_access",
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    authorization_details: JSON.stringify([{ type: "wattfare_spend", cap, period: "day" }]),
  };
  const asked = await client.buildAuthorizationUrlWithPAR(config, parameters, options);
  say("open", { uri: asked.href });
  const answer = new URL((await lines.next()).value);
  return [answer, { pkceCodeVerifier, expectedState }];
};

/** Return the error code of what has to fail. */
const failing = async (work) => {
  try {
    await work();
  } catch (error) {
    return error.error ?? error.cause?.[0]?.parameters?.error ?? String(error);
  }
  return null;
};

// The code is of the key that the pushed request was signed with, and of no other.
const [wrongly, its] = await ask({ DPoP });
const stolen = () => client.authorizationCodeGrant(config, wrongly, its, undefined, { DPoP: another });
say("another key", { error: await failing(stolen) });

const [answer, checks] = await ask({ DPoP });
const first = await client.authorizationCodeGrant(config, answer, checks, undefined, { DPoP });
say("trade", { type: first.token_type, cap: first.authorization_details[0].cap.amount });

const budget = new URL(`${origin}/wattfare/v1/budget`);
const get = (access, options) =>
  client.fetchProtectedResource(config, access, budget, "GET", null, new Headers(), options);
const told = await get(first.access_token, { DPoP });
say("budget", { status: told.status, limit: (await told.json()).windows[0].limit });

const chat = {
  model: "gpt-5-mini",
  messages: [{ role: "user", content: "Say hello" }],
  max_completion_tokens: 50,
  stream: true,
};
const address = new URL(`${origin}/v1/chat/completions`);
const json = new Headers({ "content-type": "application/json" });
const streamed = await client.fetchProtectedResource(
  config, first.access_token, address, "POST", JSON.stringify(chat), json, { DPoP },
);
const text = await streamed.text();
say("chat", { status: streamed.status, ended: text.trimEnd().endsWith("data: [DONE]") });

say("bearer", { error: await failing(() => get(first.access_token)) });
say("copied", { error: await failing(() => get(first.access_token, { DPoP: another })) });

const refresh = (options) => client.refreshTokenGrant(config, first.refresh_token, {}, options);
say("refresh of another", { error: await failing(() => refresh({ DPoP: another })) });
const second = await refresh({ DPoP });
const later = await get(second.access_token, { DPoP });
say("refresh", { type: second.token_type, status: later.status });
process.exit(0);
