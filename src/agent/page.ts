import { type StartTag, tags } from './html.ts'

export interface Form {
  method: 'GET' | 'POST'
  /** As written; empty means the page itself. */
  action: string
  enctype: string
  /** What a script's `submit()` would send: no buttons. */
  fields: [string, string][]
  /** Something that a person would fill in. */
  asks: boolean
}

export interface Refresh {
  /** Seconds. */
  delay: number
  /** Null: the page itself. */
  url: string | null
}

/** What a page makes a browser do or load. */
export interface Page {
  /** From `<base href>`, as written. */
  base: string | null
  refresh: Refresh | null
  /** The page's only form, when a script submits it at once. */
  autoSubmit: Form | null
  resources: Resource[]
  /** From `<meta name=referrer>`. */
  referrerPolicy: string | null
}

export interface Resource {
  /** As written. */
  url: string
  dest: 'script' | 'style' | 'image' | 'iframe' | 'font' | 'manifest' | 'video' | 'audio' | 'track' | 'object' | 'embed' | 'empty'
  /** CORS mode, as module scripts and `crossorigin` ask for. */
  cors: boolean
}

const SUBMITS = /\.\s*(?:submit|requestSubmit)\s*\(|\.\s*submit\s*\.\s*call\s*\(|\.\s*click\s*\(\s*\)/
const DESTINATIONS = new Set<string>(['script', 'style', 'image', 'font', 'video', 'audio', 'track', 'object', 'embed'])

export function readPage(html: string): Page {
  const page: Page = { base: null, refresh: null, autoSubmit: null, resources: [], referrerPolicy: null }
  const forms: (Form & { id: string | null })[] = []
  const outside: { tag: StartTag; owner: string }[] = []
  let open: (Form & { id: string | null }) | null = null
  let select: { field: string; chosen: string | null; form: Form } | null = null
  let scriptSubmits = false
  let template = 0

  for (const tag of tags(html)) {
    if (tag.name === 'template') template += tag.kind === 'start' ? 1 : -1
    if (template > 0) continue
    if (tag.kind === 'end') {
      if (tag.name === 'form') open = null
      if (tag.name === 'select' && select) {
        if (select.chosen !== null) select.form.fields.push([select.field, select.chosen])
        select = null
      }
      continue
    }
    const get = (name: string) => tag.attributes.get(name)
    const load = (url: string | undefined, dest: Resource['dest'], cors = get('crossorigin') !== undefined) => {
      if (url) page.resources.push({ url, dest, cors })
    }
    switch (tag.name) {
      case 'base':
        page.base ??= get('href') ?? null
        break
      case 'meta':
        if (get('http-equiv')?.toLowerCase() === 'refresh') page.refresh ??= parseRefresh(get('content') ?? '')
        if (get('name')?.toLowerCase() === 'referrer') page.referrerPolicy = get('content') ?? null
        break
      case 'body':
        scriptSubmits ||= SUBMITS.test(get('onload') ?? '')
        break
      case 'script':
        load(get('src'), 'script', get('type') === 'module' || get('crossorigin') !== undefined)
        scriptSubmits ||= SUBMITS.test(tag.text)
        break
      case 'form':
        if (open) break // a form inside a form is not there
        open = formOf(tag)
        forms.push(open)
        break
      case 'input':
      case 'textarea':
        if (get('form') !== undefined) outside.push({ tag, owner: get('form')! })
        else if (open) addField(open, tag)
        break
      case 'select':
        if (open) open.asks = true
        select = open && get('name') && get('disabled') === undefined ? { field: get('name')!, chosen: null, form: open } : null
        break
      case 'option':
        if (select && (select.chosen === null || get('selected') !== undefined)) select.chosen = get('value') ?? ''
        break
      case 'link':
        loadLink(tag, load)
        break
      case 'iframe':
      case 'frame':
        load(get('src'), 'iframe')
        break
      case 'img':
        load(get('src') ?? get('srcset')?.trim().split(/\s+/)[0], 'image')
        break
      case 'video':
        load(get('poster'), 'image')
        load(get('src'), 'video')
        break
      case 'source':
        load(get('src'), 'video')
        load(get('srcset')?.trim().split(/\s+/)[0], 'image')
        break
      case 'audio':
      case 'track':
      case 'embed':
        load(get('src'), tag.name)
        break
      case 'object':
        load(get('data'), 'object')
        break
    }
  }
  for (const { tag, owner } of outside) {
    const form = forms.find(({ id }) => id === owner)
    if (form) addField(form, tag)
  }
  const [only] = forms
  if (only && forms.length === 1 && scriptSubmits && !only.asks) page.autoSubmit = only
  return page
}

/** Content of `Refresh` and of its meta element; null when it means nothing. */
export function parseRefresh(content: string): Refresh | null {
  const found = /^\s*(\d+)?(?:\.[\d.]*)?\s*(?:[;,\s]\s*(.*))?$/s.exec(content)
  if (!found || (found[1] === undefined && !content.trim().startsWith('.'))) return null
  const rest = (found[2] ?? '').replace(/^url\s*=\s*/i, '')
  const quoted = /^(["'])(.*?)(?:\1|$)/s.exec(rest)
  const url = (quoted ? quoted[2]! : rest).trim()
  return { delay: Number(found[1] ?? 0), url: url || null }
}

function formOf({ attributes }: StartTag): Form & { id: string | null } {
  return {
    id: attributes.get('id') ?? null,
    method: attributes.get('method')?.toLowerCase() === 'post' ? 'POST' : 'GET',
    action: attributes.get('action')?.trim() ?? '',
    enctype: attributes.get('enctype')?.toLowerCase() ?? '',
    fields: [],
    asks: false,
  }
}

function addField(form: Form, { name: element, attributes, text }: StartTag): void {
  const type = element === 'textarea' ? 'textarea' : (attributes.get('type')?.toLowerCase() ?? 'text')
  if (['submit', 'button', 'image', 'reset'].includes(type)) return
  if (type !== 'hidden') form.asks = true
  const name = attributes.get('name')
  if (!name || attributes.has('disabled') || type === 'file') return
  const isChoice = type === 'checkbox' || type === 'radio'
  if (isChoice && !attributes.has('checked')) return
  form.fields.push([name, type === 'textarea' ? text.replace(/^\r?\n/, '') : (attributes.get('value') ?? (isChoice ? 'on' : ''))])
}

function loadLink(tag: StartTag, load: (url: string | undefined, dest: Resource['dest'], cors?: boolean) => void): void {
  const rel = new Set((tag.attributes.get('rel') ?? '').toLowerCase().split(/\s+/))
  const href = tag.attributes.get('href')
  const as = tag.attributes.get('as')?.toLowerCase() ?? ''
  if (rel.has('stylesheet')) load(href, 'style')
  else if (rel.has('icon') || rel.has('apple-touch-icon')) load(href, 'image')
  else if (rel.has('manifest')) load(href, 'manifest', true)
  else if (rel.has('modulepreload')) load(href, 'script', true)
  else if (rel.has('preload') || rel.has('prefetch'))
    load(href, DESTINATIONS.has(as) ? (as as Resource['dest']) : 'empty', as === 'fetch' || as === 'font')
}
