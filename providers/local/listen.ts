import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LabError } from './errors.ts'

export interface Listening {
  port: number
  stop(): Promise<void>
}

/** Tokens travel in headers, and a scenario may ask for very long ones. */
const MAX_HEADER_BYTES = 512 * 1024
/** Longer than a client keeps a connection: a reused connection must not meet its end. */
const KEEP_ALIVE_MS = 120_000
const ATTEMPTS = 20

type Failure = NodeJS.ErrnoException

async function bind(listener: RequestListener, host: string, port: number): Promise<Server> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, ipv6Only: host === '::1' }, resolve)
  })
  return server
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
}

/** Binds 127.0.0.1. Port 0 takes a free one. Rejects with LabError `port-in-use`. */
export async function listenLoopback4(listener: RequestListener, port = 0): Promise<Listening> {
  const server = await bind(listener, '127.0.0.1', port).catch((error) => refuse(error, port))
  return { port: portOf(server), stop: () => close(server) }
}

/**
 * Binds 127.0.0.1 and, where the machine has them, ::1 and the further addresses, on one port: `localhost` may mean either, and others reach
 * this machine by the further ones.
 */
export async function listenLocalhost(listener: RequestListener, port = 0, further: readonly string[] = []): Promise<Listening> {
  for (let attempt = 1; ; attempt += 1) {
    const servers = [await bind(listener, '127.0.0.1', port).catch((error) => refuse(error, port))]
    const stop = async () => void (await Promise.all(servers.map(close)))
    try {
      const chosen = portOf(servers[0]!)
      for (const address of ['::1', ...further]) {
        const server = await bindIfHere(listener, address, chosen)
        if (server) servers.push(server)
      }
      return { port: chosen, stop }
    } catch (error) {
      await stop()
      // A free port of 127.0.0.1 may be taken elsewhere: with no port demanded, another one will do.
      if (port !== 0 || (error as Failure).code !== 'EADDRINUSE' || attempt === ATTEMPTS) refuse(error, port)
    }
  }
}

/** Null where the machine has no such address: then nobody comes by it. */
async function bindIfHere(listener: RequestListener, address: string, port: number): Promise<Server | null> {
  return bind(listener, address, port).catch((error: Failure) => {
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return null
    throw error
  })
}

function refuse(error: unknown, port: number): never {
  const { code, message } = error as Failure
  if (code === 'EADDRINUSE') {
    throw new LabError('port-in-use', `Port ${port} is in use on this machine. Choose another one, or 0 for a free one.`)
  }
  if (code === 'EACCES') throw new LabError('port-in-use', `Port ${port} is not free for this user. Choose one above 1023.`)
  throw new LabError('internal', `The lab could not listen on port ${port}: ${message}`, { cause: error })
}
