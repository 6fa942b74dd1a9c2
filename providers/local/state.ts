import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { LabClient } from './clients.ts'
import { LabError } from './errors.ts'
import { type LabKeys, loadLabKeys, SMALL } from './keys.ts'
import { clientRegistration } from './spec.ts'

const issuerState = {
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })),
  clients: z.array(z.strictObject({ clientId: z.string(), clientSecret: z.string(), registration: clientRegistration })),
}
const stateFile = z.strictObject({
  schemaVersion: z.literal(1),
  ...issuerState,
  second: z.strictObject(issuerState).optional(),
})

export interface IssuerState {
  keys: LabKeys
  clients: LabClient[]
}

interface Saved extends IssuerState {
  /** Null where no client was registered at the second issuer. */
  second: IssuerState | null
}

export interface State extends Omit<Saved, 'keys'> {
  /** Keys of an earlier lab; undefined where there was none. */
  keys: LabKeys | undefined
  save(lab: Saved): Promise<void>
}

const NONE = { keys: undefined, clients: [], second: null }

/** Reads the state file, if one is named. A missing file is an empty state; a broken one rejects with LabError `bad-state`. */
export async function openState(path: string | undefined): Promise<State> {
  if (path === undefined) return { ...NONE, save: async () => {} }
  const known = await load(path)
  // One write after the other: two at once would leave the older one in place.
  let last: Promise<void> = Promise.resolve()
  return {
    ...known,
    save(lab) {
      const next = () => write(path, lab)
      last = last.then(next, next)
      return last
    },
  }
}

async function load(path: string): Promise<Omit<State, 'save'>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NONE
    throw broken(path, (error as Error).message, error)
  }
  try {
    const { keys, clients, second } = stateFile.parse(JSON.parse(text))
    return {
      keys: await loadLabKeys({ keys }),
      clients: clients as LabClient[],
      second: second ? { keys: await loadLabKeys({ keys: second.keys }, SMALL), clients: second.clients as LabClient[] } : null,
    }
  } catch (error) {
    // Not the parser's own message: it quotes what it read, and that is private keys.
    throw broken(path, 'it is not a state file of this version', error)
  }
}

async function write(path: string, { second, ...first }: Saved): Promise<void> {
  const temporary = `${path}.new`
  const plain = ({ keys, clients }: IssuerState) => ({ keys: keys.jwks.keys, clients })
  const content = { schemaVersion: 1, ...plain(first), ...(second ? { second: plain(second) } : {}) }
  try {
    await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
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
