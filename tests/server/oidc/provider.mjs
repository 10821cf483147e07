// A provider of OpenID Connect as counties run one, by a library that is certified for it. Who signs in there, the test
// says: "/who?sub=…" stands for the person at its own page of signing in.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
let who = "subject-1";
let refuses = false;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "renda",
      client_secret: "a secret of the test's, long enough for HS256 as well",
      redirect_uris: back.split(","),
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: ["a key of the test's"] },
  interactions: { url: () => "/interaction" },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});

const handle = provider.callback();
createServer(async (request, response) => {
  const url = new URL(request.url, issuer);
  if (url.pathname === "/who") {
    who = url.searchParams.get("sub") ?? who;
    refuses = url.searchParams.has("refuses");
    response.end("ok");
  } else if (url.pathname === "/interaction") {
    const result = refuses
      ? { error: "access_denied", error_description: "the person went away" }
      : { login: { accountId: who, remember: false } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  } else {
    await handle(request, response);
  }
}).listen(Number(port), "127.0.0.1", () => console.log("listening"));
