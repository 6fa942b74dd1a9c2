import type { Deviation, FieldTarget } from './field.ts'

const kept = (checks: readonly string[], cure: string): Deviation => ({
  checks,
  text: `A person signed out by the app's own logout, and the cookie of before was sent once more: it still opened the session. The session is that cookie, and logout only takes it from the browser; whoever kept a copy stays signed in. ${cure}`,
})
const KEPT = ['exposure/lifecycle/logout', 'substitution/lifecycle/after-logout']

const signature = (library: string): Deviation => ({
  checks: ['validation/signature/corrupt'],
  text: `ID Tokens whose signature bytes were altered, or that another key had signed, signed people in; \`alg: none\` is refused. ${library} leaves the signature of an ID Token that came from the token endpoint unchecked, as OpenID Connect Core 3.1.3.7 lets TLS stand in for it (\`--profile oidc-core\` makes it a warning). Keep the way to the token endpoint on TLS, or verify the token yourself where the library has a callback.`,
})

const referrer = (pages: string): Deviation => ({
  checks: ['containment/referrer/policy'],
  text: `${pages} set no Referrer-Policy, so the browser's default decides what other origins are told. Send the header in front of them.`,
})

const AUTHJS: readonly Deviation[] = [
  signature('Auth.js (by oauth4webapi)'),
  kept(KEPT, 'Use the database strategy for sessions.'),
  {
    checks: ['substitution/lifecycle/rotation', 'substitution/lifecycle/single-flight'],
    text: '`getSession` of @auth/express runs the `jwt` callback, in which the guide refreshes, but drops the cookie that would keep the outcome: with rotation the second query sends a refresh token that is used up. Twenty parallel calls at expiry made twenty refreshes, of which nineteen were refused; the guide warns of that race. Keep the tokens in a database, behind a lock.',
  },
  {
    checks: ['substitution/lifecycle/refresh-5xx'],
    text: "After one answer 503 of the token endpoint the session stays marked `RefreshTokenError`, although the provider is back. The `jwt` callback that does it is this target's own, after the guide's example. Tell an outage from `invalid_grant`, and clear the mark when a refresh succeeds.",
  },
  referrer("The library's own pages (sign-in, sign-out, error)"),
]

const APACHE: readonly Deviation[] = [
  {
    checks: ['exposure/size/8k'],
    text: 'With an ID Token of 9184 characters the callback answered 500 and nobody was signed in: the session (21,781 bytes) does not fit the shared memory cache. Raise `OIDCCacheShmEntrySizeMax`, or use another cache.',
  },
  {
    checks: ['substitution/lifecycle/single-flight'],
    text: 'Twenty parallel calls at expiry made twenty refreshes, of which nineteen were refused. By its changelog, version 2.4.14.4 lets them wait for each other.',
  },
  {
    checks: ['substitution/lifecycle/refresh-5xx'],
    text: 'One answer 503 of the token endpoint at a refresh ended the session. That is what `logout_on_error` of `OIDCRefreshAccessTokenBeforeExpiry` says, which this target asks for; leave it out, or use `502_on_error` of newer versions.',
  },
  {
    checks: ['substitution/lifecycle/expired-never-sent'],
    text: 'For a person without a refresh token the expired access token goes on to the upstream. Ask for `offline_access`, or let the session end with the ID Token (`OIDCSessionMaxDuration 0`).',
  },
  {
    checks: ['containment/cookie/samesite'],
    text: "The session cookie has no SameSite attribute, as is this version's default. Set `OIDCCookieSameSite On`.",
  },
  referrer("The module's page at the redirect URI"),
]

/** The field, in the order of its table. */
export const field: readonly FieldTarget[] = [
  {
    name: 'express-openid-connect',
    config: 'express-openid-connect/tokenward.config.ts',
    title: 'express-openid-connect',
    packages: ['express-openid-connect'],
    about: "Auth0's middleware for Express, in the code flow. The session is an encrypted cookie, the library's default.",
    deviations: [
      signature('The library'),
      kept(KEPT, 'Use a session store (`session.store`).'),
      {
        checks: ['exposure/size/64k'],
        text: 'A session with an ID Token of 64 KB makes more cookies than Node accepts, so that every answer from then on is 431. Half of this is the target: it sets the limit of 64 KB for headers. Use a session store.',
      },
      {
        checks: ['substitution/lifecycle/single-flight'],
        text: '`accessToken.refresh()` does not wait for a refresh that is under way: twenty parallel calls at expiry made twenty refreshes, and with rotation nineteen of them were refused. Let the calls of a session share one refresh.',
      },
    ],
  },
  {
    name: 'authjs',
    config: 'authjs/tokenward.config.ts',
    title: 'Auth.js',
    packages: ['@auth/express', '@auth/core'],
    about:
      'As documented: a generic OpenID Connect provider, sessions in an encrypted cookie, refresh by the `jwt` callback of the guide on refresh token rotation. Client code sees name, address and picture only.',
    deviations: AUTHJS,
  },
  {
    name: 'authjs-access-token-in-session',
    config: 'authjs/access-token-in-session.tokenward.config.ts',
    title: 'Auth.js, access token in the session',
    packages: ['@auth/express', '@auth/core'],
    about:
      'The same app with the well-known `session` callback that copies `account.access_token` into the session. Judged as `bff`, which is what an app that wants its tokens on the server has to find out.',
    deviations: [
      ...AUTHJS,
      {
        checks: ['containment/access-token/body', 'containment/access-token/before-validation'],
        text: '`/auth/session` returned the access token to any script of the page, also that of a sign-in which an app that checks signatures refuses. Give that callback to `getSession` on the server only, as the base configuration does.',
      },
    ],
  },
  {
    name: 'better-auth',
    config: 'better-auth/tokenward.config.ts',
    title: 'better-auth',
    packages: ['better-auth'],
    about:
      'With the generic OAuth plugin and the in-memory adapter. As it comes, client code can ask for its access token (`/api/auth/get-access-token`), so it is judged as `token-mediating`.',
    deviations: [
      {
        checks: ['containment/refresh-token/body'],
        text: '`POST /api/auth/refresh-token` answers client code with the refresh token, which no pattern allows. Add `disabledPaths: ["/refresh-token"]`.',
      },
      {
        checks: ['substitution/lifecycle/expired-never-sent'],
        text: 'For a person without a refresh token `getAccessToken` returns the access token after its expiry, and it was sent upstream. Look at `accessTokenExpiresAt` before using it.',
      },
      {
        checks: ['substitution/lifecycle/single-flight'],
        text: 'Twenty parallel calls at expiry made most of twenty refreshes (the number varies), and all but one were refused. Let the calls of an account share one refresh.',
      },
      referrer('Its error page'),
    ],
  },
  {
    name: 'better-auth-tokens-on-server',
    config: 'better-auth/tokens-on-server.tokenward.config.ts',
    title: 'better-auth, tokens on the server',
    packages: ['better-auth'],
    about: 'The same with `disabledPaths: ["/refresh-token", "/get-access-token"]`: then it holds as `bff`.',
    deviations: [
      {
        checks: ['substitution/lifecycle/expired-never-sent', 'substitution/lifecycle/single-flight'],
        text: 'As above.',
      },
      referrer('Its error page'),
    ],
  },
  {
    name: 'passport-openidconnect',
    config: 'passport-openidconnect/tokenward.config.ts',
    title: 'passport-openidconnect',
    packages: ['passport-openidconnect', 'express-session'],
    about:
      'With express-session, as in its tutorial. The person is shown in a server-rendered page, and read there. By default the strategy sends neither nonce nor PKCE.',
    deviations: [
      {
        checks: ['validation/signature/alg-none', 'validation/signature/corrupt'],
        text: 'An unsigned ID Token, one with altered signature bytes and one of a foreign key all opened sessions: the strategy decodes the token and never looks at its signature. Keep the way to the token endpoint on TLS, and verify `idToken` in the `verify` callback, with jose for example.',
      },
      {
        checks: ['containment/cookie/samesite'],
        text: 'The session cookie of express-session has no SameSite attribute unless it is asked for. Set `cookie: { sameSite: "lax" }`.',
      },
    ],
  },
  {
    name: 'hono-oidc-auth',
    config: 'hono-oidc-auth/tokenward.config.ts',
    title: '@hono/oidc-auth',
    packages: ['@hono/oidc-auth', 'hono'],
    about: 'The middleware on @hono/node-server. The app has no queries, as the middleware hands out no access token.',
    deviations: [
      signature('The middleware (by oauth4webapi)'),
      {
        checks: ['containment/refresh-token/cookies', 'containment/access-token/before-validation'],
        text: 'The session cookie is a signed, not an encrypted JWT, and one of its members is the refresh token, for everybody who sees the cookie to read; so it is after sign-ins that had to be refused. Do not ask for `offline_access`, or wrap the cookie.',
      },
      {
        checks: ['exposure/lifecycle/logout'],
        text: 'The cookie of before the logout still names the person, until the middleware would refresh (15 minutes by default). Shorten `OIDC_AUTH_REFRESH_INTERVAL`.',
      },
      {
        checks: ['containment/cookie/samesite', 'containment/cookie/prefix'],
        text: 'The session cookie has no SameSite attribute and no name prefix. `OIDC_COOKIE_NAME=__Host-oidc-auth` mends the second; for the first there is no option.',
      },
    ],
  },
  {
    name: 'node-red',
    config: 'node-red/tokenward.config.ts',
    title: 'Node-RED',
    packages: ['node-red', 'passport-openidconnect'],
    about:
      'Flows as the low-code app: HTTP In, template and HTTP Request nodes, without function nodes; people sign in by `httpNodeMiddleware` and the editor by `adminAuth`, both with passport-openidconnect, as its documentation says. Placeholders are mustache with three braces; with two, Node-RED escapes `/` and `=` of a token as HTML.',
    deviations: [
      {
        checks: ['validation/signature/alg-none', 'validation/signature/corrupt'],
        text: 'As passport-openidconnect.',
      },
      {
        checks: ['containment/proxy/redirect'],
        text: 'A query with `Authorization` and `X-Access-Token` was answered by a redirect to another host, and both headers arrived there. The HTTP library removes `authorization` on a change of host, but the HTTP Request node puts the author’s capitals back. Write `authorization` in lower case, or set `msg.followRedirects = false`.',
      },
      {
        checks: ['containment/echo/error-path'],
        text: 'Where an upstream hangs up, times out or cannot be reached, the HTTP Request node makes its error and the whole URL the payload of the answer, and a token in the URL with them. Tick "Only send non-2xx responses to Catch node", and keep tokens out of URLs.',
      },
      {
        checks: ['exposure/xssi/profile'],
        text: '`GET /me?callback=steal` answers with a script that calls `steal` with the claims and the raw ID Token: the HTTP Response node ends in JSONP for every JSON payload. The SameSite cookie of this target leaves origins of the same site as readers. Send a string with a content type of its own, or refuse `callback`.',
      },
      referrer("The editor's pages"),
    ],
  },
  {
    name: 'apache-mod-auth-openidc',
    config: 'apache-mod-auth-openidc/tokenward.config.ts',
    title: 'Apache with mod_auth_openidc',
    packages: ['mod_auth_openidc 2.4.12.3 (Debian bookworm)'],
    about:
      'In a container. Claims, raw ID Token and access token go to the upstream as headers, so what is exposed is read at the sink, and the app always forwards the token. The info hook is off: client code sees nothing.',
    deviations: [
      ...APACHE,
      {
        checks: ['exposure/parsed/unicode'],
        text: 'A control character in a claim (ESC, or a bare CR) went raw into the header for the upstream, whose parser answered 400: whoever has such a claim gets nothing at all. `OIDCPassClaimsAs headers base64url` avoids it; newer versions strip CR.',
      },
    ],
  },
  {
    name: 'apache-mod-auth-openidc-with-info-hook',
    config: 'apache-mod-auth-openidc/info-hook.tokenward.config.ts',
    title: 'Apache with mod_auth_openidc, info hook on',
    packages: ['mod_auth_openidc 2.4.12.3 (Debian bookworm)'],
    about:
      'The same with `OIDCInfoHook`, by which client code reads its claims and its access token; so it is judged as `token-mediating`.',
    deviations: [
      ...APACHE,
      {
        checks: ['exposure/cache/profile'],
        text: 'The hook answers with claims and access token and without `Cache-Control`. Set `Header always set Cache-Control no-store` there; newer versions do.',
      },
      {
        checks: ['substitution/lifecycle/rotation'],
        text: 'A refresh that a call of the hook makes is lost: the session is loaded twice, and the older one is saved. So the next request presents a refresh token that was replaced, and the person is logged out. By its changelog this was mended after this version.',
      },
    ],
  },
]
