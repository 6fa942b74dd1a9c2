export { defineConfig } from './config/define.ts'
export type { Config, ConfigInput } from './config/schema.ts'
export { defineTarget, type ModuleDescription, type TargetModule, type Worked } from './target/module.ts'
