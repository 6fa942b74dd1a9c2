import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { LabClient } from './clients.ts'
import { LabError } from './errors.ts'
import { type LabKeys, loadLabKeys } from './keys.ts'
import { clientRegistration } from './spec.ts'

const stateFile = z.strictObject({
  schemaVersion: z.literal(1),
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })),
  clients: z.array(z.strictObject({ clientId: z.string(), clientSecret: z.string(), registration: clientRegistration })),
})

export interface State {
  /** Keys of an earlier lab; undefined where there was none. */
  keys: LabKeys | undefined
  clients: LabClient[]
  save(keys: LabKeys, clients: LabClient[]): Promise<void>
}

/** Reads the state file, if one is named. A missing file is an empty state; a broken one rejects with LabError `bad-state`. */
export async function openState(path: string | undefined): Promise<State> {
  if (path === undefined) return { keys: undefined, clients: [], save: async () => {} }
  const known = await load(path)
  // One write after the other: two at once would leave the older one in place.
  let last: Promise<void> = Promise.resolve()
  return {
    ...known,
    save(keys, clients) {
      last = last.then(
        () => write(path, keys, clients),
        () => write(path, keys, clients),
      )
      return last
    },
  }
}

async function load(path: string): Promise<Pick<State, 'keys' | 'clients'>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { keys: undefined, clients: [] }
    throw broken(path, (error as Error).message, error)
  }
  try {
    const { keys, clients } = stateFile.parse(JSON.parse(text))
    return { keys: await loadLabKeys({ keys }), clients: clients as LabClient[] }
  } catch (error) {
    // Not the parser's own message: it quotes what it read, and that is private keys.
    throw broken(path, 'it is not a state file of this version', error)
  }
}

async function write(path: string, keys: LabKeys, clients: LabClient[]): Promise<void> {
  const temporary = `${path}.new`
  try {
    await writeFile(temporary, `${JSON.stringify({ schemaVersion: 1, keys: keys.jwks.keys, clients }, null, 2)}\n`, {
      mode: 0o600,
    })
    // The mode above counts only for a file that is new.
    await chmod(temporary, 0o600)
    await rename(temporary, path)
  } catch (error) {
    throw new LabError('bad-state', `The lab cannot write its state file ${path}: ${(error as Error).message}.`, { cause: error })
  }
}

function broken(path: string, reason: string, cause: unknown): LabError {
  return new LabError(
    'bad-state',
    `The lab cannot use its state file ${path}: ${reason}. Name another file, or remove it to start afresh.`,
    { cause },
  )
}
