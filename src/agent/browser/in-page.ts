/** What a call of the harness needs to know inside a page. Nothing in it is secret, except what client code would send itself. */
export interface AskedCall {
  url: string
  method: string
  headers: Record<string, string>
  /** Base64; null without a body. */
  body: string | null
  follow: boolean
  /** An event stream is listened to for this long. */
  streamMs: number
}

/** Runs inside a page of the harness: a call as client code makes it. Its answer is read to the end and dropped, since the wire has it. */
export async function fetchInPage({ url, method, headers, body, follow, streamMs }: AskedCall): Promise<string> {
  const bytes = body === null ? null : Uint8Array.from(atob(body), (character) => character.charCodeAt(0))
  const ending = new AbortController()
  try {
    const response = await fetch(url, {
      ...{ method, headers, body: bytes, redirect: follow ? 'follow' : 'manual', signal: ending.signal, cache: 'no-store' },
    })
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    if (isStream) setTimeout(() => ending.abort(), streamMs)
    await response.arrayBuffer()
    return 'done'
  } catch (error) {
    return String(error)
  }
}

interface Tree {
  querySelector(selector: string): { textContent: string | null } | null
  querySelectorAll(selector: '*'): Iterable<{ shadowRoot: Tree | null }>
}

/**
 * Runs beside a page: the text of the first element that a CSS selector selects, in open shadow roots, too, as soon as there is one. Null when there
 * was none for so long.
 */
export async function textOf({ selector, milliseconds }: { selector: string; milliseconds: number }): Promise<string | null> {
  const { document } = globalThis as unknown as { document: Tree }
  const find = (tree: Tree): { textContent: string | null } | null => {
    const found = tree.querySelector(selector)
    if (found) return found
    for (const { shadowRoot } of tree.querySelectorAll('*')) {
      const inner = shadowRoot && find(shadowRoot)
      if (inner) return inner
    }
    return null
  }
  for (const until = performance.now() + milliseconds; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const found = find(document)
    if (found) return found.textContent ?? ''
    if (performance.now() >= until) return null
  }
}

interface FormElement {
  method: string
  action: string
  enctype: string
  append(child: object): void
  submit(): void
}

/** What is used of a page's globals. */
interface PageGlobals {
  document: { createElement(name: string): FormElement & { name: string; value: string }; body: { append(child: object): void } }
  HTMLFormElement: { prototype: { submit(): void } }
}

/** Runs inside a page: submits a form to that address, as a person would. */
export function submitForm({ url, fields, enctype }: { url: string; fields: [string, string][]; enctype: string }): void {
  const { document, HTMLFormElement } = globalThis as unknown as PageGlobals
  const form = document.createElement('form')
  form.method = 'post'
  form.action = url
  if (enctype) form.enctype = enctype
  for (const [name, value] of fields) {
    const input = document.createElement('textarea')
    input.name = name
    input.value = value
    form.append(input)
  }
  document.body.append(form)
  // A field may be called `submit`.
  HTMLFormElement.prototype.submit.call(form)
}
