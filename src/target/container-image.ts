import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EXIT, UserError } from '../errors.ts'
import type { ContainerEngine } from './container-engine.ts'
import { indent } from './launch.ts'

/** An image by its name, or built from a Dockerfile. Paths are absolute; the Dockerfile's is relative to its context. */
export type ContainerImage =
  | { kind: 'named'; name: string }
  | { kind: 'built'; context: string; dockerfile: string; buildArgs: Record<string, string> }

type Redact = (text: string) => string | Promise<string>

/** Lines of a build that failed. */
const BUILD_TAIL = 15

/** Pulls or builds what is not here yet; returns the name to start. @throws UserError, exit 3, with what the engine said last */
export async function provideImage(
  engine: ContainerEngine,
  image: ContainerImage,
  redact: Redact,
  signal?: AbortSignal,
): Promise<string> {
  if (image.kind === 'built') return build(engine, image, redact, signal)
  try {
    await givenUp(signal, engine.pull(engine.library.ImageName.fromString(image.name)))
    // A pull may fail within an answer that began well.
    await engine.docker.getImage(image.name).inspect()
  } catch (cause) {
    signal?.throwIfAborted()
    throw new UserError(
      `The image ${image.name} is not on this machine and could not be pulled: ${said(cause)}\n` +
        'Correct its name, sign in at its registry (docker login), or build it first.',
      EXIT.cannotTell,
      { cause },
    )
  }
  return image.name
}

/**
 * The engine's own cache makes the second build of the same files a matter of a moment, and knows when the base image changed. The name
 * holds a digest of what is built, so that runs side by side do not build one another's.
 */
async function build(
  { docker }: ContainerEngine,
  image: Extract<ContainerImage, { kind: 'built' }>,
  redact: Redact,
  signal?: AbortSignal,
): Promise<string> {
  const { context, dockerfile, buildArgs } = image
  if (!existsSync(join(context, dockerfile)) || !statSync(join(context, dockerfile)).isFile())
    throw new UserError(`There is no Dockerfile ${join(context, dockerfile)}. Correct container.dockerfile or container.context.`)
  const files = (await readdir(context, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(context.length + 1))
    .toSorted()
  const name = `tokenward/${repositoryName(context)}:${await digest(context, files, image)}`
  const printed: string[] = []
  const options = {
    ...{ t: name, dockerfile, buildargs: buildArgs, labels: { 'dev.tokenward.image': 'built' } },
    // What a Dockerfile installs comes over the machine's own network, whose name servers and proxies are those that work.
    networkmode: 'host',
    forcerm: true,
    ...(signal && { abortSignal: signal }),
  }
  try {
    const stream = await docker.buildImage({ context, src: files }, options)
    let failure: string | null = null
    await new Promise<void>((resolve, reject) => {
      const ended = (error: Error | null) => (error ? reject(error) : resolve())
      docker.modem.followProgress(stream, ended, ({ stream: text, error }: { stream?: string; error?: string }) => {
        if (text) printed.push(text)
        failure ??= error ?? null
      })
    })
    if (failure !== null) throw new Error(failure)
  } catch (cause) {
    signal?.throwIfAborted()
    const lines = printed.join('').trim().split('\n').slice(-BUILD_TAIL).join('\n')
    throw new UserError(
      `The image of ${dockerfile} could not be built: ${await redact(said(cause))}` +
        (lines === '' ? '' : `\nThe build said last:\n${indent(await redact(lines))}`),
      EXIT.cannotTell,
      { cause },
    )
  }
  return name
}

/** The work's outcome, or a rejection once the signal says so: the engine gives a pull up when whoever asked for it is gone. */
async function givenUp<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work
  const end = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: end.signal })
  })
  return Promise.race([work, aborted]).finally(() => end.abort())
}

async function digest(context: string, files: readonly string[], image: object): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify({ ...image, context: null }))
  for (const file of files) {
    const path = join(context, file)
    const about = await stat(path).catch(() => null)
    if (!about?.isFile()) continue
    const content = createHash('sha256').update(await readFile(path))
    hash.update(`${file}\0${about.mode}\0${content.digest('hex')}\0`)
  }
  return hash.digest('hex').slice(0, 16)
}

function repositoryName(context: string): string {
  return (
    basename(context)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'target'
  )
}

/** What the engine answered, without how dockerode puts it. */
export function said(error: unknown): string {
  const { message, json } = error as Error & { json?: { message?: string } }
  return (json?.message ?? message).replace(/^\(HTTP code \d+\) [^-]*- /, '').trim()
}
