import { createHash } from 'node:crypto'
import { html, type Markup, trusted } from './markup.ts'

export interface DocumentParts {
  title: string
  description?: string
  style: string
  /** Null: a page without script and pictures. */
  script: string | null
  bodyClass?: string
  content: Markup
}

/** A self-contained page: it opens offline, and its policy lets nothing run or load but what it brings along. */
export function documentOf({ title, description, style, script, bodyClass, content }: DocumentParts): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const pictures = script === null ? '' : ' img-src data:;'
  const scripts = script === null ? '' : ` script-src ${hash(script)};`
  const policy = `default-src 'none';${pictures} style-src ${hash(style)};${scripts} base-uri 'none'; form-action 'none'`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
${description && html`<meta name="description" content="${description}">\n`}<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body${bodyClass && html` class="${bodyClass}"`}>
${content}
${script !== null && html`<script type="module">${trusted(script)}</script>\n`}</body>
</html>`
  return `${page.markup}\n`
}
