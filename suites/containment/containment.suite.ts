import { runSuite } from '../runner.ts'

await runSuite('containment')
