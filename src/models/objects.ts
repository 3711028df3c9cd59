/** Codecs of objects: open ones keep members that they do not know, strict ones refuse them. */
import * as t from 'io-ts'
import { toJsonSchema, withSchema } from '../protocol/json-schema.js'
import { described } from './members.js'

/** In one piece, as an editor shows it best. */
type Flat<T> = { readonly [K in keyof T]: T[K] } & unknown

/** An object of these required and these optional members. */
type ObjectOf<R extends t.Props, O extends t.Props> = Flat<
  { [K in keyof R]: t.TypeOf<R[K]> } & { [K in keyof O]?: t.TypeOf<O[K]> }
>

type None = Record<never, never>

const members = (required: t.Props, optional: t.Props, name: string) => {
  if (Object.keys(optional).length === 0) return t.type(required, name)
  if (Object.keys(required).length === 0) return t.partial(optional, name)
  const codec = t.intersection([t.type(required), t.partial(optional)], name)
  // No member changes on its way out. An intersection asks all the same, and lists of it are copied.
  return Object.assign(codec, { encode: t.identity })
}

/** What an engine tells: members that a newer one adds are kept. */
export const openObject = <R extends t.Props, O extends t.Props = None>(
  name: string,
  description: string,
  required: R,
  optional: O = {} as O,
): t.Type<ObjectOf<R, O>> =>
  described(members(required, optional, name), description) as unknown as t.Type<ObjectOf<R, O>>

/** What an engine is asked: a member that it does not know is a problem, as it may be a mistyped one. */
export const strictObject = <R extends t.Props, O extends t.Props = None>(
  name: string,
  description: string,
  required: R,
  optional: O = {} as O,
): t.Type<ObjectOf<R, O>> => {
  const codec = t.exact(members(required, optional, name), name)
  return described(codec, description) as unknown as t.Type<ObjectOf<R, O>>
}

/**
 * The same codec, for values of which more can be said than member by member. JSON Schema cannot say it, so the
 * description has to.
 *
 * @param condition - follows the codec's name in a problem: `with start ≤ end`
 */
export const refined = <A>(
  codec: t.Type<A>,
  fits: (value: A) => boolean,
  condition: string,
): t.Type<A> =>
  withSchema(t.refinement(codec, fits, `${codec.name} ${condition}`), toJsonSchema(codec))

/** Something that does not end before it starts. */
export const inOrder = <A extends { readonly start: number; readonly end: number }>(
  codec: t.Type<A>,
): t.Type<A> => refined(codec, ({ start, end }) => start <= end, 'with start ≤ end')
