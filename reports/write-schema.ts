/** Regenerates the committed JSON Schema files: `node reports/write-schema.ts`. */
import { writeFile } from 'node:fs/promises'
import { jsonSchemas } from './schema.ts'

for (const [name, text] of Object.entries(jsonSchemas())) await writeFile(new URL(name, import.meta.url), text)
