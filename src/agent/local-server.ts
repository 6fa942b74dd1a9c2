import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'

/** A server of one test, on a free loopback port. */
export interface LocalServer {
  port: number
  /** `http://127.0.0.1:PORT` */
  origin: string
  /** The same server as another site: `http://localhost:PORT`. */
  otherSite: string
  close(): Promise<void>
}

export function serveHttp(listener: RequestListener): Promise<LocalServer> {
  return listening(createServer(listener))
}

/** For answers that no HTTP library would send. */
export function serveTcp(onRequest: (socket: Socket) => void): Promise<LocalServer> {
  const open = new Set<Socket>()
  const server = createTcpServer((socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
    socket.once('data', () => onRequest(socket))
  })
  return listening(server as Server, () => {
    for (const socket of open) socket.destroy()
  })
}

async function listening(server: Server, onClose = () => server.closeAllConnections()): Promise<LocalServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    otherSite: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        onClose()
      }),
  }
}
