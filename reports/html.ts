import { readFileSync } from 'node:fs'
import { anchorOf, checkArticle } from './html/check.ts'
import { documentOf } from './html/document.ts'
import { evidenceSection } from './html/evidence.ts'
import { html, type Markup } from './html/markup.ts'
import { filterBar, pageHeader } from './html/page.ts'
import { seenInBrowser } from './html/seen.ts'
import type { CheckResult, EvidenceFile, Run } from './model.ts'
import { ATTENTION, bySuite, outcome, VERDICT_ORDER } from './outcome.ts'
import { clip, oneLine } from './text.ts'

const part = (name: string) => readFileSync(new URL(`html/${name}`, import.meta.url), 'utf8')
const STYLE = ['base', 'page', 'check', 'evidence', 'media'].map((name) => part(`style/${name}.css`)).join('')
const SCRIPT = part('filter.js')

/**
 * Beyond this many characters, evidence of checks that need no attention loses the exchanges' heads and bodies: a page that no browser
 * opens proves nothing, and the evidence files have them.
 */
const PAGE_CHARACTERS = 6_000_000

export interface HtmlOptions {
  /** Path from the page's folder to the run's folder, for links to evidence files. Default: the same folder. */
  evidenceBase?: string
  /** Screenshots (PNG) that the evidence names, by their path below the run's folder. */
  attachments?: ReadonlyMap<string, Uint8Array>
}

/**
 * One self-contained page that opens offline and works without its script. What needs attention comes first and open, everything else
 * by suite. Evidence that several checks share is shown once, at the first of them.
 */
export function toHtml(run: Run, evidence: ReadonlyMap<string, EvidenceFile>, options: HtmlOptions = {}): string {
  const urgent = run.checks.filter((check) => ATTENTION.includes(check.verdict))
  urgent.sort((a, b) => VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict))
  const calm = run.checks.filter((check) => !ATTENTION.includes(check.verdict))
  const show = checkRenderer(run, evidence, options)
  const groups = [
    urgent.length > 0 && html`<section class="group"><h2>Needs attention</h2>${urgent.map(show)}</section>`,
    ...[...bySuite(calm)].map(([suite, checks]) => html`<section class="group"><h2>${suite}</h2>${checks.map(show)}</section>`),
  ]
  return documentOf({
    title: clip(oneLine(`${run.target.name} · ${run.run.profile} · tokenward`), 120),
    description: clip(outcome(run), 300),
    style: STYLE,
    script: SCRIPT,
    content: html`${pageHeader(run)}${filterBar(run)}<main>${groups}</main>`,
  })
}

function checkRenderer(
  run: Run,
  evidence: ReadonlyMap<string, EvidenceFile>,
  options: HtmlOptions,
): (check: CheckResult) => Markup {
  const { evidenceBase: base = '', attachments = new Map() } = options
  const seen = seenInBrowser(evidence, attachments)
  const shownAt = new Map<string, string>()
  const anchors = new Set<string>()
  let size = 0
  const evidenceOf = (check: CheckResult, anchor: string): Markup | null => {
    const path = check.evidence
    if (path === null) return null
    const file = evidence.get(path)
    if (!file) return html`<p class="aside">The evidence file ${path} is not there.</p>`
    const first = shownAt.get(path)
    if (first !== undefined) return html`<p class="aside">Same evidence as <a href="#${path}">${first}</a>.</p>`
    shownAt.set(path, anchor)
    const full = ATTENTION.includes(check.verdict) || size < PAGE_CHARACTERS
    return evidenceSection({ path, file, linkTo: (to) => hrefOf(base, to), address: run.target.address, full })
  }
  return (check) => {
    const anchor = unique(anchorOf(check), anchors)
    const article = checkArticle({ check, anchor, run, seen: seen(check), evidence: evidenceOf(check, anchor) })
    size += article.markup.length
    return article
  }
}

/** Ids must be unique in a page, whatever the run says. */
function unique(anchor: string, used: Set<string>): string {
  let name = anchor
  for (let n = 2; used.has(name); n += 1) name = `${anchor}~${n}`
  used.add(name)
  return name
}

/** A relative link; the leading `./` keeps a path with a colon from being read as a scheme. */
function hrefOf(base: string, path: string): string {
  const segments = [...base.split(/[\\/]/), ...path.split('/')].filter((segment) => segment !== '' && segment !== '.')
  return `./${segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join('/')}`
}
