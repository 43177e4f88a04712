// A council's OpenID provider for tests: the certified oidc-provider, with a clock and keys that a test can turn.
//
// Started as `node provider.mjs PORT SETTINGS`; SETTINGS is JSON: {now, client, accounts, claimsInIdToken}. Under /control
// a test sets the time, changes the signing key, and says what the next ID token is to have wrong with it.
import http from "node:http";
import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { SignJWT, decodeJwt, importJWK } from "jose";

const [port, given] = [Number(process.argv[2]), JSON.parse(process.argv[3])];
const issuer = `http://127.0.0.1:${port}`;

const RealDate = Date;
let apart = RealDate.parse(given.now) - RealDate.now();
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + apart);
    else super(...parts);
  }
  static now() {
    return RealDate.now() + apart;
  }
};

const { default: Provider } = await import("oidc-provider");

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}

let key = newKey();
let faults = null;
let down = false;
let calls = {};
const firstAccounts = structuredClone(given.accounts);

function providerWith(signingKey) {
  const made = new Provider(issuer, {
    clients: [given.client],
    jwks: { keys: [signingKey] },
    cookies: { keys: ["a key for tests"] },
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups", "team"], email: ["email", "email_verified"] },
    conformIdTokenClaims: !given.claimsInIdToken,
    features: {
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      devInteractions: { enabled: false },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    fetch: (url, { dispatcher, ...options }) => fetch(url, options), // it would refuse addresses of this machine
    ttl: { AccessToken: 3600, IdToken: 3600, Interaction: 3600, Session: 86400, Grant: 86400, AuthorizationCode: 60 },
    findAccount: (_ctx, id) =>
      given.accounts[id] && { accountId: id, claims: () => ({ sub: id, ...given.accounts[id] }) },
  });
  made.on("server_error", (_ctx, failed) => console.error(failed));
  return made;
}

let provider = providerWith(key);

async function body(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
}

async function sign(claims, header = {}) {
  if (header.alg === "none") {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ typ: "JWT", ...header })}.${part(claims)}.`;
  }
  if (header.alg === "HS256") {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ typ: "JWT", kid: key.kid, ...header })}.${part(claims)}`;
    return `${signed}.${createHmac("sha256", JSON.stringify(publicKey())).update(signed).digest("base64url")}`;
  }
  const other = header.another_key ? newKey() : key;
  const { another_key: _, ...rest } = header;
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: key.kid, ...rest }).sign(await importJWK(other, "RS256"));
}

function publicKey() {
  const { kty, n, e, kid, use, alg } = key;
  return { kty, n, e, kid, use, alg };
}

async function control(path, request) {
  const sent = JSON.parse((await body(request)) || "{}");
  if (path === "now") apart = RealDate.parse(sent.now) - RealDate.now();
  if (path === "reset") {
    [faults, down, calls, given.accounts] = [null, false, {}, structuredClone(firstAccounts)];
    apart = RealDate.parse(given.now) - RealDate.now();
    provider = providerWith((key = newKey()));
  }
  if (path === "new-key") provider = providerWith((key = newKey()));
  if (path === "faults") faults = sent;
  if (path === "down") down = sent.down;
  if (path === "account") given.accounts[sent.id] = sent.claims;
  if (path === "sign") return { token: await sign(sent.claims, sent.header) };
  return { calls };
}

// The interaction pages: a person types who they are, and agrees.
async function interaction(request, response) {
  const { prompt, session, params, uid } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html");
    const field = prompt.name === "login" ? '<label for="who">User name</label><input id="who" name="who">' : "";
    response.end(
      `<!DOCTYPE html><html lang="en"><title>Council sign-on</title><h1>Council sign-on</h1>` +
        `<form method="post" action="/interaction/${uid}">${field}<button>Continue</button>` +
        `<button name="refuse" value="yes">Cancel</button></form></html>`,
    );
    return;
  }
  const sent = new URLSearchParams(await body(request));
  let result;
  if (sent.get("refuse")) {
    result = { error: "access_denied", error_description: '<script>alert("canary")</script>' };
  } else if (prompt.name === "login") {
    result = { login: { accountId: sent.get("who") } };
  } else {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    grant.addOIDCClaims(prompt.details.missingOIDCClaims ?? []);
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

// Lets the provider write its answer, then puts in the fault that a test has asked for.
function withFaults(request, response) {
  const asked = faults;
  faults = null;
  const [write, end] = [response.write.bind(response), response.end.bind(response)];
  const pieces = [];
  response.write = (piece) => (pieces.push(Buffer.from(piece)), true);
  response.end = async (piece) => {
    if (piece) pieces.push(Buffer.from(piece));
    const told = JSON.parse(Buffer.concat(pieces).toString());
    const claims = { ...decodeJwt(told.id_token), ...asked.claims };
    for (const name of asked.without ?? []) delete claims[name];
    const text = JSON.stringify({ ...told, id_token: await sign(claims, asked.header), ...asked.answer });
    response.removeHeader("content-length");
    write(text);
    end();
  };
  provider.callback()(request, response);
}

// A real browser lets cookies run out by its own clock, which is not the one that a test has set here.
function withCookiesOfToday(response) {
  const setHeader = response.setHeader.bind(response);
  const done = new Set(); // those set before are given again with each new one
  const moved = (cookie) => {
    if (done.has(cookie)) return cookie;
    const day = (_, name, said) => name + new RealDate(RealDate.parse(said) - apart).toUTCString();
    const now = cookie.replace(/(expires=)([^;]+)/i, day);
    done.add(now);
    return now;
  };
  response.setHeader = (name, value) =>
    setHeader(name, name.toLowerCase() === "set-cookie" ? [value].flat().map(moved) : value);
}

http
  .createServer(async (request, response) => {
    withCookiesOfToday(response);
    try {
      const path = new URL(request.url, issuer).pathname;
      calls[path] = (calls[path] ?? 0) + 1;
      if (path.startsWith("/control/")) {
        response.end(JSON.stringify(await control(path.slice("/control/".length), request)));
      } else if (down) {
        response.writeHead(503).end();
      } else if (path.startsWith("/interaction/")) {
        await interaction(request, response);
      } else if (path === "/token" && faults) {
        withFaults(request, response);
      } else {
        provider.callback()(request, response);
      }
    } catch (failed) {
      console.error(failed);
      response.writeHead(500).end();
    }
  })
  .listen(port, "127.0.0.1", () => console.log("ready"));
