/** Writes `docs/surfaces.md` from what the browser agent finds. `node src/agent/browser/write-surfaces.ts` */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportSurfaces, surfacesPage } from './surfaces-report.ts'

writeFileSync(join(import.meta.dirname, '../../../docs/surfaces.md'), surfacesPage(await reportSurfaces()))
