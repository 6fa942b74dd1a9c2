/** What decides whether a broken target can be judged together with others. */
export interface Bundled {
  id: string
  /** Of every finding that it must cause, what no other of its bundle may touch. */
  findings: ReadonlySet<string>
  /** It can share its target with others that share the same, and whose findings are not its own; null: with none. */
  shares: string | null
}

/**
 * Broken targets in as few groups as there can be without two of a group causing the same finding. One target with the flaws of a whole group then
 * shows of each whether its finding comes, and of all whether another comes; what one of them does to another's check does not show.
 */
export function bundlesOf(mutants: readonly Bundled[]): string[][] {
  const groups: { shares: string; ids: string[]; taken: Set<string> }[] = []
  const alone: string[][] = []
  for (const { id, findings, shares } of mutants) {
    if (shares === null) {
      alone.push([id])
      continue
    }
    const fitting = groups.find((group) => group.shares === shares && [...findings].every((finding) => !group.taken.has(finding)))
    const group = fitting ?? { shares, ids: [], taken: new Set<string>() }
    if (!fitting) groups.push(group)
    group.ids.push(id)
    for (const finding of findings) group.taken.add(finding)
  }
  return [...groups.map(({ ids }) => ids), ...alone]
}
