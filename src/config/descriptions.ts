/** What one field of the configuration means. */
export interface Description {
  /** One or two sentences, in Markdown. */
  about: string
  /** Of its value; needed where the default, or the values that it may have, do not show what it looks like. */
  example?: unknown
}

/**
 * The words of the JSON Schema and of docs/targets.md, by the field's path: one for each field, held by a test. They stand apart from the
 * schema because they are for people who write a configuration, and the schema's own comments for those who read the code.
 */
export const descriptions: Record<string, Description> = {
  $schema: {
    about: 'Where an editor finds the JSON Schema of this file.',
    example: './node_modules/tokenward/tokenward.schema.json',
  },
  target: {
    about: 'What is tested: an address as `--target` takes it, or the description of an app.',
    example: 'appsmith:https://staging.example',
  },
  profile: { about: 'Which checks, at which level: `tokens`, `oidc-core` or `strict`. Default: `strict`.', example: 'tokens' },
  suites: { about: 'Only these suites. Default: all.', example: ['exposure', 'containment'] },
  checks: { about: 'Only these checks, or groups of checks. Default: all.', example: ['exposure/raw'] },
  reporters: {
    about:
      'Which reports are written, `name` or `name=path`: console, html, junit, json, allure. Default: console, html and junit.',
    example: ['console', 'junit=out/junit.xml'],
  },
  out: {
    about: 'Folder for the runs, relative to this file. Default: `reports/out` in the working directory.',
    example: 'tokenward-runs',
  },
  failOn: { about: 'Whether findings at SHOULD level fail the run too. Default: `fail`, they do not.' },
  concurrency: { about: 'How many gathers are under way at once. Default: 8.', example: 4 },
  port: { about: 'Port of the provider and the sink. Default: a free one.', example: 4400 },
  agent: { about: 'By which user agents checks are decided. Default: `http`.' },
  browser: { about: 'Which browser, by one of these. Default: the one that is found in the usual places.' },
  'browser.executablePath': { about: 'Path of a Chromium, Chrome or Edge, relative to this file.', example: '/usr/bin/chromium' },
  'browser.channel': { about: 'A browser that is installed, by its name.', example: 'msedge' },
  'browser.endpoint': {
    about: 'A browser that runs already: `ws://…` of a playwright server or of DevTools, `http://…` of DevTools.',
    example: 'ws://127.0.0.1:3000/',
  },
  consent: { about: 'Hosts, other than loopback, whose owner agreed to be tested.', example: ['staging.example'] },
  secrets: {
    about:
      'Credentials of the target, by a name of your own. They are never shown or written; `{secret:NAME}` stands for them where a field says so.',
  },
  'secrets.*.env': { about: 'The environment variable that holds it.', example: 'PORTAL_ADMIN_PASSWORD' },
  'secrets.*.file': { about: 'The file that holds it, relative to this file.', example: 'admin-password.txt' },

  'target.adapter': { about: 'The app is described here, as one with JSON endpoints.' },
  'target.name': { about: 'What reports call it.', example: 'portal' },
  'target.version': { about: 'Of the app, for reports to tell what was judged. They hold none without it.', example: '2.14.0' },
  'target.container': {
    about: 'The container that it runs in, in place of `url` and `command`: of an image, or built from a Dockerfile.',
  },
  'target.container.image': { about: 'An image; it is pulled where it is not here.', example: 'acme/portal:1.4' },
  'target.container.dockerfile': { about: 'A Dockerfile to build it from, relative to the context.', example: 'Dockerfile' },
  'target.container.context': { about: 'The folder that is sent to the build, relative to this file.' },
  'target.container.buildArgs': { about: 'Values of its ARGs.', example: { BASE: 'debian:bookworm-slim' } },
  'target.container.port': { about: 'On which the app listens inside; it is told so by `PORT`.' },
  'target.url': { about: 'Where it is, if it runs already. Either this or `command`.', example: 'https://staging.example' },
  'target.command': {
    about:
      'How it is started, and told its lab by `TOKENWARD_*` environment variables. A text goes through the shell, a list does not.',
    example: 'node server.js',
  },
  'target.cwd': {
    about: 'Working directory of the command, relative to this file. Default: the folder of this file.',
    example: '../portal',
  },
  'target.ready': { about: 'A path that answers below 500 once the app is ready.', example: '/health' },
  'target.readyTimeoutMs': { about: 'Milliseconds that it may take until then.' },
  'target.env': {
    about: "Names of the app's own environment variables, each with the variable of tokenward's whose value it gets.",
    example: { OIDC_ISSUER: 'TOKENWARD_ISSUER', OIDC_CLIENT_ID: 'TOKENWARD_CLIENT_ID' },
  },
  'target.headers': {
    about: "Sent with every call of client code, such as what the app's CSRF filter asks for.",
    example: { 'x-requested-by': 'portal' },
  },

  'target.registration': { about: 'What the provider must know of the app before it starts.' },
  'target.registration.redirectPath': { about: "Where the app takes the provider's answer.", example: '/callback' },
  'target.registration.postLogoutPath': {
    about: 'Where the app lets the provider send people after a logout. Empty where it names its bare origin, without a slash.',
  },
  'target.registration.furtherRedirectPaths': {
    about: 'Where else the app takes the provider’s answers, such as a sign-in of its editor.',
    example: ['/admin/auth/strategy/callback'],
  },
  'target.registration.clientAuth': { about: 'How the app authenticates at the token endpoint; `none` is a public client.' },
  'target.registration.idTokenAlg': { about: 'The algorithm with which ID Tokens are signed.' },
  'target.registration.scope': { about: 'What the app asks for, separated by blanks.', example: 'openid email' },
  'target.registration.responseMode': {
    about: 'How the app asks to be answered: the provider then refuses any other way. Default: as it says in its request.',
  },
  'target.registration.pkce': {
    about: 'Whether the provider refuses a request without a code challenge. Default: only from a public client.',
  },

  'target.login': { about: 'How a sign-in by the provider begins.' },
  'target.login.path': { about: 'Navigated to; it sends the browser to the provider.', example: '/login' },
  'target.logout': { about: 'How a person signs out. Without it nothing is judged of logouts.' },
  'target.logout.path': { about: 'The address for it.', example: '/logout' },
  'target.logout.method': { about: '`GET` is navigated to, `POST` is called as client code would.' },

  'target.identity': {
    about: 'The session oracle: one address that says who is signed in. Values are read by JSON pointers (RFC 6901).',
  },
  'target.identity.path': {
    about: 'Called as client code would; answers 200 with JSON while somebody is signed in.',
    example: '/api/me',
  },
  'target.identity.subject': { about: 'Where the answer names the person, by sub, e-mail or name.', example: '/email' },
  'target.identity.at': {
    about:
      'Where the person, the claims and the token are read: in the answer that the client gets, or, where the app shows them to its upstream only, in the request that it passes on for this path, at the sink. Then pointers mean that request: `/headers/NAME`, `/query/NAME`, `/body/…`, and `/json/NAME/…` for what is inside a header whose value is a JSON object.',
  },
  'target.identity.receipt': { about: "Where the answer shows the sink's receipt, by which that request is found." },
  'target.identity.idToken': {
    about: 'Where it shows the claims of the ID Token, as an object. Null: it does not.',
    example: '/claims',
  },
  'target.identity.rawIdToken': {
    about: 'Where it shows the ID Token as it was issued. Null: it does not.',
    example: '/idToken',
  },
  'target.identity.rawPath': {
    about:
      'The address of the raw ID Token, if it is another one. A body that is no JSON is the token itself, with the pointer `""`.',
    example: '/api/id-token',
  },
  'target.identity.idToken.in': { about: 'The object that holds the claims among other members …', example: '/headers' },
  'target.identity.idToken.prefix': { about: '… and what stands before the name of each claim.', example: 'OIDC_CLAIM_' },
  'target.identity.anonymous': { about: 'What says that nobody is signed in: a status, or a value in the answer.' },
  'target.identity.anonymous.status': { about: 'The statuses that say so.', example: [401, 302] },
  'target.identity.anonymous.pointer': { about: 'Where the answer says so …', example: '/user' },
  'target.identity.anonymous.equals': { about: '… and by which value.', example: null },

  'target.query': {
    about:
      'How client code makes the app call an upstream with the person’s access token. Without it nothing is judged of substitution.',
  },
  'target.query.method': { about: 'The method of that call.' },
  'target.query.path': {
    about: 'The address of that call; `{probe}` stands for the name of the query.',
    example: '/api/run/{probe}',
  },
  'target.query.parameters': {
    about:
      'Query parameters. Values may hold `{probe}`, and `{input:NAME}` for what client code supplies; one whose input a query does not have is left out.',
    example: { q: '{input:text}' },
  },
  'target.query.json': {
    about: 'A JSON body, with the same templates in its texts.',
    example: { inputs: { text: '{input:text}' } },
  },
  'target.query.headers': { about: 'Headers of that call, beside `headers` of the target.', example: { 'x-mode': 'view' } },
  'target.query.receipt': {
    about: "Where the answer shows the sink's receipt. Null: it does not, and calls are recognised by their token.",
    example: '/receipt',
  },
  'target.query.refused': { about: 'Statuses that say: not run. Any other outside 200 to 299 says: run, and failed.' },
  'target.forwards': {
    about: 'In place of `query`: an app that passes calls on and adds the token by itself, so that nobody writes a placeholder.',
  },
  'target.forwards.path': {
    about: 'What is asked for below this path is passed on: the rest of the path, the query string and the method.',
    example: '/api',
  },
  'target.forwards.headers': {
    about: 'What the app adds.',
    example: [{ name: 'Authorization', value: 'Bearer <<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>' }],
  },
  'target.forwards.headers[].name': { about: 'A header.', example: 'Authorization' },
  'target.forwards.headers[].value': {
    about: 'Its value; the placeholder stands for the access token of whoever asks.',
    example: 'Bearer <<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>',
  },
  'target.forwards.receipt': { about: "Where the client's answer shows the sink's receipt. Null: it does not." },
  'target.forwards.refused': { about: 'Statuses that say: not passed on.' },
  'target.service': {
    about:
      'How a machine without a session runs a query, by an API key or a trigger; the fields are those of `query`. Header values may hold `{secret:NAME}`: a name of `secrets`, or TOKENWARD_SERVICE_KEY, the variable that the app is told.',
    example: { path: '/api/trigger/{probe}', headers: { 'x-api-key': '{secret:TOKENWARD_SERVICE_KEY}' } },
  },

  'target.placeholders': { about: 'How the app spells what it puts into its queries, where that is not as Appsmith does.' },
  'target.placeholders.accessToken': {
    about: 'The signed-in user’s access token: a name between delimiters, or a bare word.',
    example: '{{{user.accessToken}}}',
  },
  'target.placeholders.input': {
    about: 'A value that the client supplies; `NAME` stands for its name.',
    example: '{{{payload.NAME}}}',
  },
  'target.placeholders.claim': {
    about: 'A claim of the parsed ID Token; `NAME` stands for its name.',
    example: '{{{user.claims.NAME}}}',
  },
  'target.placeholders.idToken': { about: 'The parsed ID Token as a whole.', example: '{{{user.claims}}}' },
  'target.placeholders.rawIdToken': { about: 'The raw ID Token.', example: '{{{user.rawIdToken}}}' },
  'target.login.method': { about: 'Default: `GET`, or `POST` where there are `fields` or `json`.' },
  'target.login.fields': {
    about: 'Of a form that is submitted to the path. Values may hold `{csrf}` and `{value:NAME}`.',
    example: { csrfToken: '{csrf}' },
  },
  'target.login.json': {
    about: 'Body of a call that client code makes, with the same templates.',
    example: { provider: 'oidc' },
  },
  'target.login.follow': { about: 'Where the answer of that call names the address that is opened next.', example: '/url' },
  'target.login.whileSignedIn': {
    about: 'What becomes of it while somebody is signed in. Where the app does nothing then, that person is signed out first.',
  },
  'target.logout.fields': { about: 'As in `login`.', example: { csrfToken: '{csrf}' } },
  'target.logout.json': { about: 'As in `login`.', example: {} },
  'target.logout.follow': { about: 'As in `login`.', example: '/url' },
  'target.csrf': {
    about: 'Where client code finds what `{csrf}` stands for; the ways are those of `values`.',
    example: { cookie: 'csrf-token' },
  },
  'target.values': { about: 'The same for `{value:NAME}`: ids and the like.' },
  'target.values.*.cookie': { about: 'A cookie that script reads and sends back.', example: 'csrf-token' },
  'target.values.*.path': { about: 'An address whose answer holds it …', example: '/api/csrf' },
  'target.values.*.pointer': { about: '… in its JSON …', example: '/csrfToken' },
  'target.values.*.field': { about: '… or as an input or a meta element of the page.', example: '_csrf' },
  'target.identity.page': {
    about:
      'Of an app that shows its person in a page: ids of elements, by names of one’s own. Pointers then begin with such a name.',
    example: { user: 'user', claims: 'claims' },
  },
  'target.identity.idToken.pointer': { about: 'Where a list of pairs shows the claims …', example: '/claims' },
  'target.identity.idToken.list': { about: '… and how its pairs name their two members.' },
  'target.identity.idToken.list.name': { about: 'That of the claim’s name.', example: 'typ' },
  'target.identity.idToken.list.value': { about: 'That of its value.', example: 'val' },
  'target.surfaces[].json': { about: 'Of an `api` that is asked by POST: a JSON body.', example: { page: 1 } },
  'target.surfaces': { about: 'Pages and endpoints that are toured in search of tokens.' },
  'target.surfaces[].name': { about: 'What findings call it.', example: 'home' },
  'target.surfaces[].path': { about: 'Its address.', example: '/' },
  'target.surfaces[].kind': {
    about:
      '`page` is navigated to, with its resources; `api` is called as client code would; `stream` is listened to as an event source.',
  },
  'target.surfaces[].owner': {
    about: 'Whose it is: what glue code of yours (`fixture`) does wrong is not reported as a finding on the product.',
  },
  'target.surfaces[].showsIdentity': {
    about: 'Whether sub, e-mail or name of who is signed in stand there. One such place shows that the tour saw signed-in pages.',
  },
  'target.surfaces[].diagnostic': { about: 'A debug, preview, request log or audit endpoint: asked for after a query was run.' },

  'target.policy': { about: 'Which tokens may be seen at the client.' },
  'target.policy.pattern': {
    about:
      '`bff`: no access token at the client. `token-mediating`: the access token by design, the refresh token never. `browser-client`: the page itself is the OAuth client.',
  },
  'target.policy.idToken': {
    about:
      'Whether the client is to see the ID Token: `required` and `allowed` (with its reason) let it be anywhere, under `forbidden` a sighting is a finding (`containment/id-token/withheld`).',
  },
  'target.policy.declared': {
    about: 'Pointers in the identity document below which values of the ID Token may stand; elsewhere they are findings.',
    example: ['/claims', '/email'],
  },
  'target.policy.reasons': {
    about: 'Why, with a source: `pattern` for any but `bff`, `idToken` where that is `allowed`.',
    example: { idToken: 'our contract with the front end' },
  },

  'target.declares': { about: 'What the app says of itself, and is held to.' },
  'target.declares.probes': {
    about: 'Names of the queries that the app has, of those that `tokenward probes` prints.',
    example: ['header-authorization', 'json-body'],
  },
  'target.declares.unresolved': {
    about:
      'What becomes of a placeholder for which there is no token: it stays as it is, becomes an empty text, fails the query, or keeps it from being run.',
  },
  'target.declares.marker': { about: 'How placeholders are recognised.' },
  'target.declares.marker.blanks': { about: 'Whether blanks inside the brackets are ignored.' },
  'target.declares.marker.case': { about: 'Whether another case names the same.' },
  'target.declares.marker.unknown': { about: 'What becomes of a marker that names nothing: it stays, or nothing is left of it.' },
  'target.declares.claimEncoding': { about: 'How claims are shown, where not as they were issued.' },
  'target.declares.claimEncoding.numericDate': { about: 'Dates as seconds, milliseconds or ISO 8601 texts.' },
  'target.declares.claimEncoding.aud': { about: 'Whether a single audience becomes a list of one.' },
  'target.declares.claimEncoding.values': { about: 'Whether values keep their types, or are all texts, as in headers.' },
  'target.declares.claimEncoding.booleans': { about: 'As texts: what false and true become.' },
  'target.declares.claimEncoding.arrays': { about: 'As texts: whether a list stays JSON, or is joined.' },
  'target.declares.claimEncoding.arrays.delimiter': { about: 'What stands between its members then.', example: ',' },
  'target.declares.claimEncoding.names': { about: 'Whether names of claims are as issued, or as headers have them.' },
  'target.declares.reflection': {
    about: 'What the client gets of a token that an upstream sends back: nothing, or all that the upstream sent.',
  },
  'target.declares.roles': { about: 'Claims that make the app give a new user this role.' },
  'target.declares.roles.viewer': { about: 'For one who uses apps.', example: { groups: ['users'] } },
  'target.declares.roles.editor': { about: 'For one who makes them.', example: { groups: ['editors'] } },
  'target.declares.refreshLeeway': {
    about: 'Seconds before its expiry at which the app refreshes an access token. 0: only when it has expired.',
    example: 60,
  },
  'target.declares.customScope': {
    about: 'A scope that the app asks for beside the usual ones (the lab knows `clearance` and `department`). Null: none.',
    example: 'clearance',
  },
  'target.declares.tokenScope': {
    about: 'Whose tokens a session works with: those of its own sign-in, or those of the latest one of the same user.',
  },
  'target.declares.userinfo': {
    about: 'Where the answer of `identity.path` shows the claims of UserInfo, as an object. Null: it does not.',
    example: '/userinfo',
  },
  'target.declares.aggregatedClaims': {
    about:
      'Whether UserInfo claims that other providers vouch for are passed on as they came, replaced by what they say, or left out.',
  },
  'target.declares.embedding': { about: 'Whether a page of another origin may show the app in a frame, signed in.' },
  'target.declares.secureOnLoopback': { about: 'Whether cookies are Secure also over plain http on loopback.' },
  'target.capabilities': {
    about:
      'What the app can do beside what follows from the description. Mostly `refresh` (it refreshes access tokens) and `anonymous-query` (visitors may ask for queries).',
    example: ['refresh'],
  },

  'target.formLogin': { about: 'How a user signs in whom the provider does not know.' },
  'target.formLogin.path': { about: 'Where the form is sent.', example: '/password' },
  'target.formLogin.fields': {
    about: 'Its fields. Values may hold `{email}`, `{name}`, `{password}`, and `{secret:NAME}`: a name of `secrets`.',
  },
  'target.formLogin.encoding': {
    about: "`form` is submitted as a page's form is, `json` is sent as client code would, with `headers`.",
  },
  'target.formLogin.signUp': {
    about:
      'Makes a user and signs in; the fields are those of `formLogin`. Without it the fields of the login name a user that exists, by secrets.',
    example: { path: '/sign-up' },
  },
  'target.secondIssuer': {
    about: 'A second provider that the app signs people in by; it is told by `TOKENWARD_SECOND_…` variables.',
  },
  'target.secondIssuer.login': {
    about: 'How a sign-in by it begins; the fields are those of `login`.',
    example: { path: '/login/partner' },
  },
  'target.secondIssuer.redirectPath': {
    about: 'Where the app takes its answer; all else is registered as at the first.',
    example: '/callback/partner',
  },

  'target.modes': {
    about: 'What the pages of a low-code app load, in its editor and deployed. Default: the identity document, deployed.',
  },
  'target.modes.deployed': { about: 'The app as its users see it.' },
  'target.modes.deployed.page': { about: 'The page that a person opens.', example: '/app' },
  'target.modes.deployed.deepLink': { about: 'One deeper inside. Default: the same.', example: '/app/orders/7' },
  'target.modes.deployed.path': { about: 'What the page loads.', example: '/api/bootstrap' },
  'target.modes.deployed.deepPath': {
    about: 'What the deeper one loads. Default: the same.',
    example: '/api/bootstrap?page=orders',
  },
  'target.modes.deployed.idToken': {
    about: 'Where that shows the claims of the ID Token. Null: it does not.',
    example: '/user/claims',
  },
  'target.modes.deployed.rawIdToken': {
    about: 'Where that shows the ID Token as it was issued. Null: it does not.',
    example: '/user/idToken',
  },
  'target.modes.edit': {
    about: 'The app as its editors see it; the fields are those of `deployed`.',
    example: { page: '/edit', path: '/api/edit/bootstrap' },
  },

  'target.lookups': {
    about:
      "Requests by which somebody could ask for another person's data, beside those that are tried at the identity document anyway.",
  },
  'target.lookups[].path': {
    about: 'Its address; `{sub}` and `{email}` stand for the other person.',
    example: '/api/users/{email}',
  },
  'target.lookups[].headers': { about: 'Its headers, with the same templates.', example: { 'x-user': '{sub}' } },
  'target.exports': { about: 'What an editor can take away as a file.' },
  'target.exports[].name': { about: 'What findings call it.', example: 'app.json' },
  'target.exports[].path': { about: 'Its address.', example: '/api/export' },

  'target.client': { about: 'Where a browser finds client code at work (`--agent browser`). Selectors are CSS.' },
  'target.client.ready': { about: 'Appears once the page of a mode has loaded its data.', example: '#user' },
  'target.client.widgets': {
    about: 'The elements that show what bindings evaluate to, by the names that `tokenward probes` prints.',
    example: { email: '#email' },
  },
  'target.client.signOut': { about: 'What a person clicks to sign out. Null: nothing.', example: '#sign-out' },
  'target.client.onLoad': { about: 'The query that the page runs when it opens. Null: none.', example: 'header-authorization' },
  'target.client.buttons': {
    about: 'What a person clicks so that client code runs a query, by its name.',
    example: { query: '#run' },
  },
}

/** Objects that are described where another of the same shape is. */
export const ALIKE: Record<string, string> = {
  'target.service': 'target.query',
  'target.secondIssuer.login': 'target.login',
  'target.formLogin.signUp': 'target.formLogin',
  'target.modes.edit': 'target.modes.deployed',
  'target.csrf': 'target.values.*',
  'target.modes.deployed.idToken': 'target.identity.idToken',
}

/** The description of a field, its own or that of the same field in an object that is alike. */
export function descriptionOf(path: string): Description | undefined {
  if (descriptions[path]) return descriptions[path]
  const alike = Object.keys(ALIKE).find((object) => path.startsWith(`${object}.`))
  return alike === undefined ? undefined : descriptionOf(ALIKE[alike] + path.slice(alike.length))
}
