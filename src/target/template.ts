import { UserError } from '../errors.ts'

/** What templates of a description may name. */
export interface TemplateValues {
  probe: string
  inputs: Record<string, string>
}

const MARKER = /\{(?:probe|input:([\w-]+))\}/g

/** Puts values in place of `{probe}` and `{input:NAME}`; values are never scanned again, and an unknown input is empty. */
export function fill(template: string, { probe, inputs }: TemplateValues, encode: (value: string) => string = String): string {
  return template.replace(MARKER, (_marker, input: string | undefined) =>
    encode(input === undefined ? probe : Object.hasOwn(inputs, input) ? inputs[input]! : ''),
  )
}

/** Whether every input that a template names is there. */
export function isFilled(template: string, { inputs }: TemplateValues): boolean {
  return inputsIn([template]).every((input) => Object.hasOwn(inputs, input))
}

/** Names of the inputs in the templates. */
export function inputsIn(templates: readonly string[]): string[] {
  return templates.flatMap((template) => [...template.matchAll(MARKER)].flatMap(([, input]) => input ?? []))
}

/** Puts credentials of the configuration in place of `{secret:NAME}`. */
export function fillSecrets(template: string, secrets: Readonly<Record<string, string>>): string {
  return template.replace(/\{secret:([\w-]+)\}/g, (_marker, name: string) => {
    if (Object.hasOwn(secrets, name)) return secrets[name]!
    throw new UserError(`The description names {secret:${name}}, which \`secrets\` of the configuration does not hold.`)
  })
}

/** Puts a local user's own values, or credentials of the configuration, in place of `{email}`, `{name}`, `{password}` and `{secret:NAME}`. */
export function fillLocal(
  template: string,
  user: { email: string; name: string; password: string },
  secrets: Readonly<Record<string, string>>,
): string {
  const fields = /\{(?:(email|name|password)|secret:[\w-]+)\}/g
  return template.replace(fields, (marker, field?: keyof typeof user) => (field ? user[field] : fillSecrets(marker, secrets)))
}
