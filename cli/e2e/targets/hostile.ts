import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createGzip } from 'node:zlib'

/**
 * `node hostile.ts MODE`: a target that answers `/ready` and misbehaves everywhere else, told its lab as any spawned target. What it was
 * trusted with is written to the file `secrets` in its working directory, for a test to look for.
 */
type Answer = (message: IncomingMessage, response: ServerResponse) => void

const MIB = 1024 * 1024
const CALLBACK = '/login/oauth2/code/oidc'
/** Calibration signs in three times: honestly, denied, refused at the token endpoint. */
const CALIBRATION_LOGINS = 3

const never: Answer = () => {}
const { TOKENWARD_CLIENT_SECRET: secret = '' } = process.env
trustedWith(secret)

function trustedWith(value: string): void {
  appendFileSync('secrets', `${value}\n`)
}

const modes: Record<string, () => Answer | Promise<Answer>> = {
  /** Accepts every request and answers none. */
  hangs: () => never,
  'closes-connections': () => (message) => void message.socket.destroy(),
  'redirects-for-ever': () => (message, response) => {
    const n = Number(/\d+$/.exec(message.url ?? '')?.[0] ?? 0)
    response.writeHead(302, { location: `/again/${n + 1}` }).end()
  },
  'answers-200-mb': () => (_message, response) => {
    const chunk = Buffer.alloc(MIB, 'x')
    let left = 200
    const more = () => {
      while (left > 0) {
        left -= 1
        if (!response.write(chunk)) return void response.once('drain', more)
      }
      response.end()
    }
    response.writeHead(200, { 'content-type': 'text/html' })
    more()
  },
  'answers-a-bomb': () => (_message, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    const zip = createGzip()
    zip.pipe(response)
    const chunk = Buffer.alloc(MIB)
    let left = 500
    const more = () => {
      while (left > 0) {
        left -= 1
        if (!zip.write(chunk)) return void zip.once('drain', more)
      }
      zip.end()
    }
    response.once('close', () => zip.destroy())
    more()
  },
  'answers-garbage': () => (message) => void message.socket.end('SSH-2.0-OpenSSH_9.2p1\r\n'),
  'answers-500': () => (_message, response) => void response.writeHead(500, { 'content-type': 'text/plain' }).end('no'),
  /** As an app behind a login wall that does not know its own API. */
  'answers-the-login-page': () => (_message, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<form action="/sign-in"><input name="user"></form>')
  },
  /** As an app that was told another address than its own; nothing listens at port 1. */
  'sends-people-elsewhere': () => (message, response) => {
    console.log(`sent somebody from ${message.url} to its home, holding ${secret}`)
    response.writeHead(302, { location: 'http://localhost:1/home' }).end()
  },
  'answers-slowly': async () => {
    const conforming = await reference()
    return (message, response) => void setTimeout(() => conforming(message, response), 100)
  },
  'hangs-after-calibration': () => afterCalibration(() => never),
  'dies-after-calibration': () =>
    afterCalibration(() => (message) => {
      const code = new URL(message.url ?? '/', 'http://localhost').searchParams.get('code')
      if (code === null) return
      trustedWith(code)
      console.error(`out of memory at ${message.url}, while holding ${secret}`)
      process.exit(7)
    }),
  'ends-at-once': () => {
    console.error(`cannot reach the database as ${secret}`)
    process.exit(1)
  },
  /** Does not end when it is asked to. */
  'hangs-and-stays': () => {
    process.on('SIGTERM', () => {})
    return never
  },
}

/** A conforming target behind this one. */
async function reference(): Promise<Answer> {
  // Loaded when needed: most modes are up at once.
  const { startReference } = await import('../../../fixtures/targets/reference/reference.ts')
  const { baseUrl } = await startReference({ ...process.env, PORT: '0' })
  return (message, response) => {
    const forwarded = request(baseUrl + message.url, { method: message.method, headers: message.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    forwarded.on('error', () => response.destroy())
    message.pipe(forwarded)
  }
}

async function afterCalibration(then: () => Answer): Promise<Answer> {
  const conforming = await reference()
  let logins = 0
  return (message, response) => {
    if (logins > CALIBRATION_LOGINS) return then()(message, response)
    if (message.url?.startsWith(CALLBACK)) logins += 1
    conforming(message, response)
  }
}

const mode = modes[process.argv[2] ?? '']
if (!mode) throw new Error(`modes: ${Object.keys(modes).join(', ')}`)
const answer = await mode()
createServer((message, response) => {
  response.on('error', () => {})
  if (message.url === '/ready') response.end('ready')
  else answer(message, response)
}).listen(Number(process.env.PORT), '127.0.0.1')
