/** Settings that name a file or a folder. */
import * as t from 'io-ts'
import type { SettingCodec } from './setting.js'

const isPath = (value: unknown): value is string => typeof value === 'string' && value !== ''

/**
 * The path of a file or folder. In a config file it counts from that file's folder, elsewhere from the working directory;
 * `~/` is the user's home. Decodes to an absolute path.
 */
export const path: SettingCodec<string, string> = Object.assign(
  new t.Type<string, string, unknown>(
    'a path',
    isPath,
    (value, context) => (isPath(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  ),
  { jsonSchema: { type: 'string', minLength: 1 }, isPath: true },
)
