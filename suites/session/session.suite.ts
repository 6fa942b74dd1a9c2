import { runSuite } from '../runner.ts'

await runSuite('session')
