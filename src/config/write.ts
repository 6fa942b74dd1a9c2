/** Regenerates what follows from the schema of the configuration: tokenward.schema.json and the fields in docs/targets.md. `node src/config/write.ts` */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { schemaText, withReference } from './reference.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = join(ROOT, 'docs/targets.md')

writeFileSync(join(ROOT, 'tokenward.schema.json'), schemaText())
writeFileSync(PAGE, withReference(readFileSync(PAGE, 'utf8')))
