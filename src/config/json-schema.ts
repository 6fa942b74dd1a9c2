import { z } from 'zod'
import { descriptionOf } from './descriptions.ts'
import { configSchema } from './schema.ts'

/** As much of a JSON Schema as the configuration's uses. */
export interface Node {
  type?: string | string[]
  description?: string
  examples?: unknown[]
  default?: unknown
  const?: unknown
  enum?: unknown[]
  format?: string
  pattern?: string
  minLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minItems?: number
  properties?: Record<string, Node>
  required?: string[]
  additionalProperties?: Node | boolean
  items?: Node
  anyOf?: Node[]
  $ref?: string
}

/** What an author may write, as JSON Schema: without descriptions, which are for people. */
export function bareSchema(): Node {
  return z.toJSONSchema(configSchema, { io: 'input' }) as Node
}

/** The same for editors: with what each field means. */
export function describedSchema(): Node {
  const root = bareSchema()
  for (const { path, node } of everyField(root)) {
    const { about, example } = descriptionOf(path) ?? {}
    if (about !== undefined) node.description = about
    if (example !== undefined) node.examples = [example]
  }
  return { title: 'Configuration of tokenward', ...root } as Node
}

/** The nodes that may stand at a path: of a value that may be several things, all of them. Numbers are places in lists. */
export function nodesAt(root: Node, path: readonly PropertyKey[]): Node[] {
  return path.reduce<Node[]>(
    (nodes, key) => nodes.flatMap((node) => alternatives(node).flatMap((one) => below(one, key))),
    [root],
  )
}

/** A value that may be several things, taken apart. */
export function alternatives(node: Node): Node[] {
  return node.anyOf ? node.anyOf.flatMap(alternatives) : [node]
}

function below({ properties, additionalProperties, items }: Node, key: PropertyKey): Node[] {
  if (typeof key === 'number') return items ? [items] : []
  const named = properties && Object.hasOwn(properties, key) ? properties[String(key)] : undefined
  if (named) return [named]
  return typeof additionalProperties === 'object' ? [additionalProperties] : []
}

/** The keys that an object at that path may have. */
export function keysAt(root: Node, path: readonly PropertyKey[]): string[] {
  return nodesAt(root, path)
    .flatMap(alternatives)
    .flatMap(({ properties }) => Object.keys(properties ?? {}))
}

/** A field of the configuration: `target.surfaces[].path`, `secrets.*`. */
export interface Field {
  path: string
  node: Node
  required: boolean
}

/** Every field, each object's before those of the objects in it; what several alternatives have is one. */
export function fieldsOf(root: Node): Field[] {
  return [...new Map(everyField(root).map((field) => [field.path, field])).values()]
}

function everyField(node: Node, prefix = ''): Field[] {
  const forms = alternatives(node)
  // What one of several forms requires is not required of the field's author.
  const several = forms.filter(({ properties }) => properties).length > 1
  return forms.flatMap((one): Field[] => {
    const own = Object.entries(one.properties ?? {}).map(([key, child]) => ({
      path: prefix ? `${prefix}.${key}` : key,
      node: child,
      required: !several && (one.required?.includes(key) ?? false),
    }))
    return [
      ...own,
      ...own.flatMap(({ path, node: child }) => everyField(child, path)),
      ...(one.items ? everyField(one.items, `${prefix}[]`) : []),
      ...(typeof one.additionalProperties === 'object' ? everyField(one.additionalProperties, `${prefix}.*`) : []),
    ]
  })
}
