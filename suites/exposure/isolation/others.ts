const ID_TOKEN_OF = /⟦id_token ([^#⟧]+)#/

/** Whether a redacted value is an ID Token of another account than `own`. Markers name the account: `⟦id_token alice-3#1⟧`. */
export function isOthers(raw: string, own: string): boolean {
  const account = ID_TOKEN_OF.exec(raw)?.[1]
  return account !== undefined && account !== ID_TOKEN_OF.exec(own)?.[1]
}
