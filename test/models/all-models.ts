/** Every model by its name. */
import type * as t from 'io-ts'
import { families } from '../../src/models/schemas.js'

export const models: Readonly<Record<string, t.Mixed>> = Object.assign(
  {},
  ...Object.values(families),
)
