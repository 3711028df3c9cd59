/** What errors carry as `data`. */
import * as t from 'io-ts'
import { anyText, described, flag, list, text, whole } from './members.js'
import { openObject } from './objects.js'

const retryable = flag('Whether the same call may succeed later without a change.')

export const ErrorData = openObject(
  'ErrorData',
  'The `data` of an error. Facts that belong to the kind stand beside these.',
  { kind: text('Which error, for programs: `InvalidParams`, `ModelNotFound`, …'), retryable },
)
export type ErrorData = t.TypeOf<typeof ErrorData>

export const ParamProblem = openObject('ParamProblem', 'One thing that is wrong with params.', {
  path: anyText('Where, as a JSON Pointer: `/audio/path`; empty for the params as a whole.'),
  expected: text('What should be there.'),
  got: text('What kind of value is there. Never the value.'),
})
export type ParamProblem = t.TypeOf<typeof ParamProblem>

export const InvalidParamsData = openObject(
  'InvalidParamsData',
  'The `data` of InvalidParams (-32602).',
  {
    kind: described(t.literal('InvalidParams'), 'Which error, for programs.'),
    retryable,
    problems: list(ParamProblem, 'The first eight problems.'),
    count: whole('How many there are; of very many, not all are counted.', { minimum: 1 }),
  },
)
export type InvalidParamsData = t.TypeOf<typeof InvalidParamsData>
