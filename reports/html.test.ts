import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { toHtml } from './html.ts'
import type { CheckResult, EvidenceFile, Run } from './model.ts'
import { browserSample } from './sample-browser.ts'

const { run, evidence, attachments } = browserSample()
const page = toHtml(run, evidence, { attachments })

interface Tag {
  name: string
  attributes: Map<string, string>
}

/** Strict reader of the page: every tag, its quoted attributes, and what does not fit. Raw text of script and style is skipped. */
function read(html: string): { tags: Tag[]; problems: string[] } {
  const tags: Tag[] = []
  const problems: string[] = []
  const open: string[] = []
  const isVoid = new Set(['meta', 'input', 'img'])
  const body = html.replace(/(<style>|<script type="module">)[\s\S]*?(<\/style>|<\/script>)/g, '$1$2')
  const token =
    /<!doctype html>|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<]*")?)*)\s*>|[^<&]+|&(?:amp|lt|gt|quot|#39);|([\s\S])/g
  for (const [text, close, name, inside = '', stray] of body.matchAll(token)) {
    if (stray !== undefined) problems.push(`stray ${JSON.stringify(stray)} in ${open.at(-1)}`)
    if (name === undefined) continue
    if (close === '/') {
      const expected = open.pop()
      if (expected !== name) problems.push(`${text} closes ${expected}`)
      continue
    }
    const attributes = new Map([...inside.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, key, value]) => [key!, value ?? '']))
    tags.push({ name, attributes })
    if (!isVoid.has(name)) open.push(name)
  }
  return { tags, problems: [...problems, ...open.map((name) => `never closed: ${name}`)] }
}

const { tags, problems } = read(page)

describe('safety', () => {
  test('the page is well-formed, so nothing from a target became markup', () => {
    expect(problems).toEqual([])
  })

  test('no element or attribute is there but the ones the writer uses', () => {
    const script = tags.filter(({ name }) =>
      ['script', 'style', 'img', 'iframe', 'link', 'object', 'svg', 'base', 'form'].includes(name),
    )
    expect(script.map(({ name }) => name)).toEqual(['style', 'img', 'script'])
    const names = new Set(tags.flatMap(({ attributes }) => [...attributes.keys()]))
    expect([...names].filter((name) => name.startsWith('on') || name === 'style' || name === 'srcset')).toEqual([])
    const sources = tags.flatMap(({ attributes }) => attributes.get('src') ?? [])
    expect(sources).toEqual([expect.stringMatching(/^data:image\/png;base64,[\w+/=]+$/)])
  })

  test('the policy admits exactly the inline style and script, and nothing else', () => {
    const policy = tags
      .find(({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy')
      ?.attributes.get('content')
    const inline = (tag: string) => page.match(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`))![1]!
    const hash = (text: string) => `&#39;sha256-${createHash('sha256').update(text).digest('base64')}&#39;`
    expect(policy).toBe(
      `default-src &#39;none&#39;; img-src data:; style-src ${hash(inline('style'))}; script-src ${hash(inline('script'))}; base-uri &#39;none&#39;; form-action &#39;none&#39;`,
    )
    expect(inline('style')).not.toMatch(/url\(|@import/)
  })

  test('links lead to clauses, evidence files and places in the page, never to an address of a target', () => {
    const links = tags.flatMap(({ attributes }) => attributes.get('href') ?? [])
    const clauses = Object.values(run.clauses).map(({ url }) => url)
    for (const link of links)
      expect(link.startsWith('#') || link.startsWith('./evidence/') || clauses.includes(link), link).toBe(true)
  })

  test('a clause whose address is a script is no link', () => {
    const hostile = structuredClone(run)
    for (const clause of Object.values(hostile.clauses)) clause.url = ' javascript:alert(1)'
    expect(toHtml(hostile, evidence)).not.toContain('href=" javascript')
  })

  test('controls and direction marks are shown as escapes', () => {
    expect(page).not.toMatch(/[^\P{Cc}\n\t]/u)
    expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u2028]/)
    expect(page).toContain('<span class="control">\\u202e</span>')
    expect(page.isWellFormed()).toBe(true)
  })
})

describe('structure', () => {
  const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? [])

  test('ids are unique and every link within the page has its place', () => {
    expect(new Set(ids).size).toBe(ids.length)
    const inner = tags.flatMap(({ attributes }) => attributes.get('href') ?? []).filter((href) => href.startsWith('#'))
    expect(inner.length).toBeGreaterThan(10)
    for (const href of inner) expect(ids).toContain(href.slice(1))
  })

  test('every check has its deep link, the browser agent its own', () => {
    for (const check of run.checks) expect(ids).toContain(check.agent === 'browser' ? `${check.id}@browser` : check.id)
  })

  test('what needs attention comes first and open, failures before all', () => {
    const checks = tags.filter(({ attributes }) => attributes.get('class')?.startsWith('check '))
    const verdicts = checks.map(({ attributes }) => attributes.get('data-verdict'))
    expect(verdicts.slice(0, 7)).toEqual(['fail', 'fail', 'fail', 'fail', 'error', 'inconclusive', 'warn'])
    expect(checks.map(({ attributes }) => attributes.has('open'))).toEqual(checks.map((_, index) => index < 7))
  })

  test('shared evidence stands once and is linked from the others', () => {
    expect(ids.filter((id) => id === 'evidence/signed-in.json')).toHaveLength(1)
    expect(
      page.match(/Same evidence as <a href="#evidence\/signed-in\.json">substitution\/header\/authorization<\/a>/g),
    ).toHaveLength(5)
  })

  test('the outcome is the heading; tampering and markers are marked', () => {
    expect(page).toContain('<h1>acme-portal fails 4 of 10 judged checks of strict@0;')
    expect(page).toMatch(/<tr class="changed"><th scope="row">iss<\/th>/)
    expect(page).toContain('removed: azp')
    expect(page).toContain('<mark>⟦access_token alice-7#1 base64⟧</mark>')
    expect(page).toContain('<li class="provider changed">')
  })

  test('a gate that held does not state the reason it would have broken for', () => {
    const gates = page.slice(page.indexOf('id="evidence/tour-viewer.json"'))
    expect(gates).toMatch(/<li class="ok"><b>✔ delivered<\/b><\/li>/)
    expect(gates.slice(0, 2000)).not.toContain('issued no ID Token')
  })
})

describe('what a browser saw', () => {
  const check = page.slice(page.indexOf('id="containment/access-token/localstorage@browser"'))
  const seen = check.slice(check.indexOf('<section class="seen">'), check.indexOf('</section>'))

  test('stands below the finding: the capture with the marker in it, and the picture', () => {
    expect(seen).toContain('Capture 5 of agent alice-9: localstorage <code>session ')
    expect(seen).toContain(
      '{"token":"<mark>⟦access_token alice-9#1⟧</mark>'.replaceAll('"', '&quot;').replaceAll('=&quot;', '="'),
    )
    expect(seen).toContain('<figure id="evidence/browser/tour-1.png"><img src="data:image/png;base64,iVBOR')
  })

  test('is in the sequence, and in the evidence', () => {
    expect(check).toContain('<li class="browser"><time>180 ms</time><p><span class="actor">browser</span> alice-9: dialog: ')
    expect(check).toContain('<a href="#evidence/browser/tour.json/5">capture 5</a>')
    expect(check).toContain('2 captures of what the browser held')
    expect(check).toContain('href="./evidence/browser/tour-1.png"')
  })

  test('is looked for in all evidence, since a check may watch the whole run; a picture is in the page once', () => {
    const two: Run = { ...run, checks: [run.checks.at(-1)!, { ...run.checks.at(-1)!, id: 'containment/x/y', evidence: null }] }
    const text = toHtml(two, evidence, { attachments })
    expect(text.match(/Capture 5 of agent/g)).toHaveLength(3)
    expect(text.match(/data:image/g)).toHaveLength(1)
    expect(text).toContain('<a href="#evidence/browser/tour-1.png">above</a>')
  })

  test('is not there for want of one: the page says so at its top', () => {
    expect(page.split('<section')[0]).toContain('<p class="unobserved">Chromium/142.0: memory is read on Linux only.</p>')
    expect(toHtml({ ...run, run: { ...run.run, unobserved: null } }, evidence)).not.toContain('class="unobserved"')
  })
})

describe('size', () => {
  test('a body is cut at 4 KB, with a note', () => {
    expect(page).toContain('The first 4096 characters of 100071 bytes. More is in the evidence file.')
    expect(page.length).toBeLessThan(150_000)
  })

  test('a huge run keeps the evidence of its failures and drops the bytes of what passed', () => {
    const heavy = evidence.get('evidence/tour-viewer.json')!
    const files = new Map<string, EvidenceFile>()
    const checks = Array.from({ length: 1200 }, (_, index): CheckResult => {
      const path = `evidence/${index}.json`
      files.set(path, heavy)
      const verdict = index === 1199 ? 'fail' : 'pass'
      return { ...run.checks[0]!, id: `containment/many/${index}`, verdict, evidence: path }
    })
    const big: Run = { ...run, checks }
    const text = toHtml(big, files)
    expect(text).toContain('7 exchanges recorded; left out here')
    expect(text).toContain('id="evidence/1199.json/6"')
    expect(text.length).toBeLessThan(20_000_000)
  })
})

test('links to evidence files follow the page to where it is written', () => {
  expect(toHtml(run, evidence, { evidenceBase: '../out/7f3a' })).toContain('href="./../out/7f3a/evidence/signed-in.json"')
})

test('an incomplete run and another pattern are told at the top', () => {
  const partial = structuredClone(run)
  partial.run.complete = false
  partial.run.problem = 'interrupted by SIGINT'
  partial.target.pattern = 'token-mediating'
  const top = toHtml(partial, evidence).split('<section')[0]!
  expect(top).toContain('<b>Incomplete.</b> Interrupted by SIGINT. What is missing here was not judged')
  expect(top).toContain('<strong>judged under the pattern token-mediating, not bff')
})
