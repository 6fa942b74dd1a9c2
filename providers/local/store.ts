import type { Adapter, AdapterPayload } from 'oidc-provider'

interface Stored {
  payload: AdapterPayload
  expiresAt: number
  alias: string | null
}

/**
 * The provider's memory: one table per model. A token that the lab minted is an alias of the provider's own, so that
 * UserInfo, introspection, revocation and refresh find it without a rewritten request.
 */
export interface Store {
  adapter(model: string): Adapter
  /** From now on `minted` finds what `id` finds. */
  alias(model: 'AccessToken' | 'RefreshToken', id: string, minted: string): void
  /** The provider's own value of an access token that the lab minted. */
  innerOf(minted: string): string | undefined
}

const SWEEP_EVERY = 5_000

export function createStore(findClient: (id: string) => AdapterPayload | undefined): Store {
  const tables = new Map<string, Table>()
  const table = (model: string): Table => {
    const known = tables.get(model)
    if (known) return known
    const made = new Table()
    tables.set(model, made)
    return made
  }
  return {
    adapter: (model) => (model === 'Client' ? clientAdapter(findClient) : table(model)),
    alias: (model, id, minted) => table(model).alias(id, minted),
    innerOf: (minted) => table('AccessToken').innerOf(minted),
  }
}

class Table implements Adapter {
  readonly #rows = new Map<string, Stored>()
  readonly #aliases = new Map<string, string>()
  readonly #uids = new Map<string, string>()
  readonly #grants = new Map<string, Set<string>>()
  #writes = 0

  alias(id: string, minted: string): void {
    const row = this.#rows.get(id)
    if (!row) return
    row.alias = minted
    this.#aliases.set(minted, id)
  }

  innerOf(minted: string): string | undefined {
    return this.#aliases.get(minted)
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    this.#writes += 1
    if (this.#writes % SWEEP_EVERY === 0) this.#sweep()
    const alias = this.#rows.get(id)?.alias ?? null
    this.#rows.set(id, { payload, expiresAt: expiresIn ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY, alias })
    if (payload.uid) this.#uids.set(payload.uid, id)
    if (payload.grantId) {
      const members = this.#grants.get(payload.grantId)
      if (members) members.add(id)
      else this.#grants.set(payload.grantId, new Set([id]))
    }
  }

  async find(value: string): Promise<AdapterPayload | undefined> {
    const row = this.#rows.get(this.#aliases.get(value) ?? value)
    return row && row.expiresAt > Date.now() ? row.payload : undefined
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const id = this.#uids.get(uid)
    return id === undefined ? undefined : this.find(id)
  }

  async findByUserCode(): Promise<undefined> {}

  async consume(id: string): Promise<void> {
    const row = this.#rows.get(id)
    if (row) row.payload.consumed = Math.floor(Date.now() / 1000)
  }

  async destroy(id: string): Promise<void> {
    this.#remove(id)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const id of this.#grants.get(grantId) ?? []) this.#remove(id)
  }

  #remove(id: string): void {
    const row = this.#rows.get(id)
    if (!row) return
    this.#rows.delete(id)
    if (row.alias !== null) this.#aliases.delete(row.alias)
    const { uid, grantId } = row.payload
    if (uid && this.#uids.get(uid) === id) this.#uids.delete(uid)
    const members = grantId ? this.#grants.get(grantId) : undefined
    members?.delete(id)
    if (grantId && members?.size === 0) this.#grants.delete(grantId)
  }

  #sweep(): void {
    const now = Date.now()
    for (const [id, row] of this.#rows) if (row.expiresAt <= now) this.#remove(id)
  }
}

function clientAdapter(findClient: (id: string) => AdapterPayload | undefined): Adapter {
  const none = async (): Promise<undefined> => {}
  return {
    find: async (id) => findClient(id),
    upsert: none,
    findByUid: none,
    findByUserCode: none,
    consume: none,
    destroy: none,
    revokeByGrantId: none,
  }
}
