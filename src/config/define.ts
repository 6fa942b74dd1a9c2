import type { ConfigInput } from './schema.ts'

/** Types a configuration file: `export default defineConfig({ … })`. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}
