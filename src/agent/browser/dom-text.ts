import type { Session } from './sessions.ts'

interface Snapshot {
  documents: {
    documentURL: number
    nodes: {
      parentIndex: number[]
      nodeType: number[]
      nodeName: number[]
      nodeValue: number[]
      attributes: number[][]
      textValue: { index: number[]; value: number[] }
      inputValue: { index: number[]; value: number[] }
    }
  }[]
  strings: string[]
}

/** Elements whose text is source, not page: it came over the wire, where it is told, or a script made it, and then the heap has it. */
const SOURCE = new Set(['SCRIPT', 'STYLE'])
const TEXT = 3
const COMMENT = 8

/**
 * Everything that the DOM shows, of the page and its frames of the same process: texts, attributes, what was typed or set into fields, shadow
 * roots whether open or closed. The contents of templates are no part of it; they are pulled with the storages.
 */
export async function textOfDocuments(session: Session): Promise<{ url: string; text: string }[]> {
  const { documents, strings } = (await session.send('DOMSnapshot.captureSnapshot', {
    computedStyles: [],
  })) as unknown as Snapshot
  const at = (index: number | undefined) => (index === undefined || index < 0 ? '' : strings[index]!)
  return documents.map(({ documentURL, nodes }) => {
    const texts: string[] = []
    for (const [i, name] of nodes.nodeName.entries()) {
      const type = nodes.nodeType[i]
      const parent = at(nodes.nodeName[nodes.parentIndex[i]!])
      if ((type === TEXT || type === COMMENT) && !SOURCE.has(parent.toUpperCase())) texts.push(at(nodes.nodeValue[i]))
      const attributes = nodes.attributes[i] ?? []
      for (let j = 0; j + 1 < attributes.length; j += 2) texts.push(`${at(name)} ${at(attributes[j])}=${at(attributes[j + 1])}`)
    }
    for (const { value } of [nodes.textValue, nodes.inputValue]) texts.push(...value.map(at))
    return { url: at(documentURL), text: texts.filter((text) => text.trim() !== '').join('\n') }
  })
}
