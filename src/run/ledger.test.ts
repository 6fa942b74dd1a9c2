import { expect, test } from 'vitest'
import type { JournalEntry, JournalIssued, Provider } from '../../providers/provider.ts'
import { createLedger } from './ledger.ts'

const entry = (seq: number, account: string | null, value = `secret-value-${seq}`) =>
  ({ type: 'issued', seq, at: 0, kind: 'refresh_token', value, account }) as JournalEntry

/** A journal whose answers come when they are let go. */
function provider() {
  const journal: JournalEntry[] = []
  const reads: { after: number; answer: () => void }[] = []
  const answers = {
    journal: ({ after = 0 }: { after?: number }) =>
      new Promise<JournalEntry[]>((resolve) => {
        const seen = journal.filter(({ seq }) => seq > after)
        reads.push({ after, answer: () => resolve(seen) })
      }),
  }
  return { journal, reads, provider: answers as unknown as Provider }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('reads only what is new, and names secrets by the label of the account', async () => {
  const { journal, reads, provider: source } = provider()
  const ledger = createLedger(source)
  ledger.know({ id: 'a', label: 'alice-1' } as never)
  for (const next of [entry(1, 'a'), entry(2, 'b'), entry(3, 'a')]) {
    journal.push(next)
    const refreshed = ledger.refresh()
    reads.at(-1)!.answer()
    await refreshed
  }
  expect(reads.map(({ after }) => after)).toEqual([0, 1, 2])
  expect(ledger.entriesOf(new Set(['a'])).map(({ seq }) => seq)).toEqual([1, 3])
  expect(journal.map((next) => ledger.secrets.of((next as JournalIssued).value)?.name)).toEqual([
    'refresh_token alice-1#1',
    'refresh_token#1',
    'refresh_token alice-1#2',
  ])
})

test('a caller never gets by with a read that had begun before; those who wait share the next one', async () => {
  const { journal, reads, provider: source } = provider()
  const ledger = createLedger(source)
  const first = ledger.refresh()
  journal.push(entry(1, 'a', 'a late secret'))
  const late = [ledger.refresh(), ledger.refresh(), ledger.refresh()]
  reads[0]!.answer()
  await first
  await settle()
  expect(ledger.secrets.of('a late secret')).toBeUndefined()
  expect(reads).toHaveLength(2)
  reads[1]!.answer()
  await Promise.all(late)
  expect(ledger.secrets.of('a late secret')).toBeDefined()
  expect(reads).toHaveLength(2)
})
