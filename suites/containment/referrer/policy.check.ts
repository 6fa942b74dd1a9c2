import { NotApplicable } from '../../../src/check/gather-context.ts'
import { defineCheck } from '../../define.ts'
import { tour } from '../../gathers/containment.ts'

/** Policies under which another origin learns of path and query. */
const FULL = new Set(['unsafe-url', 'no-referrer-when-downgrade'])

export default defineCheck({
  title: "The app's pages set a referrer policy that hides path and query",
  failureTitle: "The app's pages leave it to chance, or tell, what other sites learn of their addresses",
  fix: 'Send `Referrer-Policy: no-referrer`, `same-origin` or `strict-origin-when-cross-origin` with every page.',
  level: 'SHOULD',
  clauses: ['asvs#3.4.5', 'rfc9700#4.2.4'],
  messages: {
    unset: 'The page {path} of the app sets no referrer policy that browsers know.',
    full: 'The page {path} of the app sets the referrer policy {policy}: other sites learn its path and query.',
  },
  gather: tour,
  judge: ({ facts }) => {
    const pages = new Map(
      facts.people
        .flatMap(({ responses }) => responses)
        .flatMap(({ owner, path, referrerPolicy }) =>
          owner === 'product' && referrerPolicy !== undefined ? [[path, referrerPolicy] as const] : [],
        ),
    )
    if (pages.size === 0) throw new NotApplicable('none of the pages that were visited is of the product')
    return [...pages].flatMap(([path, policy]) => {
      if (policy === null) return { message: 'unset' as const, data: { path } }
      return FULL.has(policy) ? { message: 'full' as const, data: { path, policy } } : []
    })
  },
  mutants: [
    { target: 'referrer-policy-missing', trips: 'unset' },
    { target: 'referrer-policy-misspelt', trips: 'unset' },
    { target: 'referrer-policy-when-downgrade', trips: 'full' },
  ],
})
