import type { CDPSession } from 'playwright-core'

/** A DevTools session with a page, a worker, a service worker or a frame of another process. */
export interface Session {
  /** `page`, `worker`, `service_worker`, `iframe`. */
  type: string
  url(): string
  send(method: string, params?: object): Promise<Record<string, unknown>>
  /** Returns how to stop listening. */
  on(method: string, listener: (params: never) => void): () => void
}

interface Attached {
  sessionId: string
  targetInfo: { type: string; url: string }
  waitingForDebugger: boolean
}

type Listener = (params: never) => void

/** The session of a page itself, as playwright hands it out. */
export function pageSession(session: CDPSession, url: () => string): Session {
  return {
    type: 'page',
    url,
    send: (method, params) => session.send(method as never, params as never) as Promise<Record<string, unknown>>,
    on(method, listener) {
      session.on(method as never, listener)
      return () => void session.off(method as never, listener)
    },
  }
}

/**
 * Attaches to everything that belongs to a page, at any depth, before it runs: workers, service workers, frames of other processes. Commands
 * of `prepare` are sent and not awaited, since a paused target answers none of them before it is let go; their order is kept.
 *
 * Children speak through their parent's session (`flatten: false`), because playwright hands out sessions of pages and frames only.
 */
export async function attachToChildren(
  parent: Session,
  prepare: (child: Session) => void,
  gone: (child: Session) => void,
): Promise<void> {
  const children = new Map<string, { session: Session; receive: (message: string) => void }>()
  parent.on('Target.attachedToTarget', (({ sessionId, targetInfo }: Attached) => {
    const child = childSession(parent, sessionId, targetInfo)
    children.set(sessionId, child)
    prepare(child.session)
    void attachToChildren(child.session, prepare, gone).catch(() => {})
    child.session.send('Runtime.runIfWaitingForDebugger').catch(() => {})
  }) as Listener)
  parent.on('Target.detachedFromTarget', (({ sessionId }: Attached) => {
    const child = children.get(sessionId)
    if (child) gone(child.session)
    children.delete(sessionId)
  }) as Listener)
  parent.on('Target.receivedMessageFromTarget', (({ sessionId, message }: { sessionId: string; message: string }) => {
    children.get(sessionId)?.receive(message)
  }) as Listener)
  await parent.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: false })
}

function childSession(parent: Session, sessionId: string, { type, url }: Attached['targetInfo']) {
  const listeners = new Map<string, Listener[]>()
  const waiting = new Map<number, { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }>()
  let last = 0
  const session: Session = {
    type,
    url: () => url,
    send(method, params = {}) {
      last += 1
      const id = last
      const answer = new Promise<Record<string, unknown>>((resolve, reject) => waiting.set(id, { resolve, reject }))
      const message = JSON.stringify({ id, method, params })
      parent.send('Target.sendMessageToTarget', { sessionId, message }).catch((error) => waiting.get(id)?.reject(error))
      return answer
    },
    on(method, listener) {
      listeners.set(method, [...(listeners.get(method) ?? []), listener])
      return () =>
        void listeners.set(
          method,
          (listeners.get(method) ?? []).filter((other) => other !== listener),
        )
    },
  }
  return {
    session,
    receive(message: string) {
      const { id, method, params, result, error } = JSON.parse(message)
      if (id === undefined) {
        for (const listener of listeners.get(method) ?? []) listener(params as never)
        return
      }
      const caller = waiting.get(id)
      waiting.delete(id)
      if (error) caller?.reject(new Error(error.message))
      else caller?.resolve(result ?? {})
    },
  }
}
