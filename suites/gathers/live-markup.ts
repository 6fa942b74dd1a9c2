import { type StartTag, tags } from '../../src/agent/html.ts'

/**
 * Elements of a page that run that code: event handlers, script elements, `javascript:` addresses. What stands in a page as text, or in a script
 * element that is data, runs nothing.
 */
export function liveMarkup(html: string, code: string): string[] {
  return [...tags(html)].flatMap((tag) => (tag.kind === 'start' && runs(tag, code) ? `<${tag.name}>` : []))
}

function runs({ name, attributes, text }: StartTag, code: string): boolean {
  if (name === 'script' && isScript(attributes.get('type')) && text.includes(code)) return true
  return [...attributes].some(
    ([attribute, value]) => value.includes(code) && (attribute.startsWith('on') || /^\s*javascript:/i.test(value)),
  )
}

/** Whether a browser runs a script element of that type. */
function isScript(type: string | undefined): boolean {
  return !type || type === 'module' || /\b(?:java|ecma)script\b/i.test(type)
}
