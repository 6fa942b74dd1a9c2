import type { Session } from './sessions.ts'

/** A world of the harness's own in one frame: it shares the document with the frame's scripts, and nothing else. */
export interface World {
  /** Of the frame. */
  url: string
  /** The frame is the page itself. */
  isTop: boolean
  /** The value of an expression, as JSON; awaited. Rejects when the expression throws, and when the frame goes away. */
  run(expression: string): Promise<unknown>
}

interface FrameTree {
  frame: { id: string; url: string }
  childFrames?: FrameTree[]
}

/** Of all frames of a session, its own first. A frame that goes away meanwhile has none; asked for again, they are the same. */
export async function worldsOf(session: Session): Promise<World[]> {
  const { frameTree } = (await session.send('Page.getFrameTree')) as unknown as { frameTree: FrameTree }
  const frames = framesOf(frameTree).filter(({ url }) => /^(?:https?|blob|about|data):/.test(url))
  const worlds = frames.map(({ id: frameId, url }) =>
    session.send('Page.createIsolatedWorld', { frameId, worldName: 'tokenward' }).then(
      ({ executionContextId: contextId }): World => ({
        url,
        isTop: session.type === 'page' && frameId === frameTree.frame.id,
        async run(expression) {
          const asked = { contextId, expression, awaitPromise: true, returnByValue: true }
          const { result, exceptionDetails } = await session.send('Runtime.evaluate', asked)
          if (exceptionDetails) throw new Error((exceptionDetails as { text: string }).text)
          return (result as { value?: unknown }).value
        },
      }),
      () => null,
    ),
  )
  return (await Promise.all(worlds)).filter((world) => world !== null)
}

/** Runs a function that needs nothing but its argument, which is plain data, and holds no secret but what client code would send itself. */
export function runIn<Argument, Result>(
  world: World,
  inside: (argument: Argument) => Promise<Result>,
  argument: Argument,
): Promise<Result> {
  return world.run(`(${inside})(${JSON.stringify(argument)})`) as Promise<Result>
}

function framesOf({ frame, childFrames = [] }: FrameTree): FrameTree['frame'][] {
  return [frame, ...childFrames.flatMap(framesOf)]
}
