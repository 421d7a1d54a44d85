// openid-client, made to do all of OAuth that a wallet offers. Whoever runs it is its user's browser:
// what it says on its output is opened or typed, and the answer comes on its input.
import { createInterface } from "node:readline/promises";
import * as client from "openid-client";

const [origin] = process.argv.slice(-1);
const redirect_uri = "http://127.0.0.1:5173/cb";
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (step, told) => console.log(JSON.stringify({ step, ...told }));

const config = await client.dynamicClientRegistration(
  new URL(origin),
  {
    client_name: "Node app",
    redirect_uris: [redirect_uri],
    grant_types: [
      "authorization_code",
      "refresh_token",
      "urn:ietf:params:oauth:grant-type:device_code",
    ],
    token_endpoint_auth_method: "none",
  },
  client.None(),
  { execute: [client.allowInsecureRequests], algorithm: "oauth2" },
);
say("register", { client_id: config.clientMetadata().client_id });

const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const cap = { amount: "1.00", currency: "USD" };
const asked = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri,
  scope: "offline_access",
  state: expectedState,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
  authorization_details: JSON.stringify([{ type: "wattfare_spend", cap, period: "day" }]),
});
say("open", { uri: asked.href });

const answer = new URL((await lines.next()).value);
const first = await client.authorizationCodeGrant(config, answer, {
  pkceCodeVerifier,
  expectedState,
});
say("trade", { details: first.authorization_details, expires_in: first.expires_in });

const second = await client.refreshTokenGrant(config, first.refresh_token);
say("refresh", { rotated: second.refresh_token !== first.refresh_token });
say("introspect", { active: (await client.tokenIntrospection(config, second.access_token)).active });
await client.tokenRevocation(config, second.refresh_token);
say("revoke", { active: (await client.tokenIntrospection(config, second.access_token)).active });

const device = await client.initiateDeviceAuthorization(config, { scope: "offline_access" });
say("type", { user_code: device.user_code });
// Once it was typed and approved: the program's own patience is not what is tried here.
await lines.next();
const third = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.01 });
say("device", { access: third.access_token });
process.exit(0);
