import { vi } from 'vitest'
import './ending.cases.ts'
import './hostile.cases.ts'
import './several.cases.ts'
import './start.cases.ts'
import './usage.cases.ts'

// One file, so that those that wait for a hanging target and those that work run side by side.
vi.setConfig({ maxConcurrency: 4 })
