import { alternatives, type Node } from './json-schema.ts'

/** What may stand there, in words: `a whole number from 1 to 64`. */
export function words(nodes: readonly Node[]): string {
  return list([...new Set(nodes.flatMap(alternatives).flatMap(one))])
}

function one(node: Node): string[] {
  if (node.$ref !== undefined) return ['any JSON value']
  if (node.const !== undefined) return [JSON.stringify(node.const)]
  if (node.enum) return node.enum.map((value) => JSON.stringify(value))
  return [node.type ?? []].flat().map((type) => ofType(type, node))
}

function ofType(type: string, node: Node): string {
  switch (type) {
    case 'string':
      return text(node)
    case 'integer':
      return `a whole number${bounds(node)}`
    case 'number':
      return `a number${bounds(node)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return `a list${node.minItems ? ' that is not empty' : ''}${node.items ? `, each of it ${words([node.items])}` : ''}`
    case 'object':
      return object(node)
    default:
      return type
  }
}

function text({ pattern, format, minLength }: Node): string {
  if (format === 'json-pointer') return 'a JSON pointer such as /data/email'
  if (format === 'uri') return 'an address'
  if (pattern === '^\\/.*') return 'a path that begins with /'
  if (pattern === '^(?:\\/.*)?$') return 'a path that begins with /, or an empty text'
  return minLength ? 'a text that is not empty' : 'a text'
}

function bounds({ minimum, maximum, exclusiveMinimum }: Node): string {
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`
  return least === undefined ? '' : ` from ${least} on`
}

/** More names than these are for the documentation to tell. */
const MOST_NAMED = 3

function object({ required = [], properties, additionalProperties }: Node): string {
  if (typeof additionalProperties === 'object' && !properties)
    return `an object whose values are each ${words([additionalProperties])}`
  return required.length > 0 && required.length <= MOST_NAMED ? `an object with ${list(required, 'and')}` : 'an object'
}

/** `a, b or c` */
export function list(items: readonly string[], last = 'or'): string {
  const end = items.at(-1) ?? ''
  return items.length < 2 ? end : `${items.slice(0, -1).join(', ')} ${last} ${end}`
}
